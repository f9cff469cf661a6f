import { expect, it } from "vitest";
import { createDatabase } from "../../src/database/client.ts";
import { applyMigrations } from "../../src/database/migrations/migrations.ts";
import { databaseBefore } from "../support/older-database.ts";
import { lead } from "../support/outbox.ts";
import { onServer } from "../support/postgres.ts";

it("keeps every value of the columns, states and reason codes that are renamed", async () => {
  const url = await databaseBefore("20261126220000");
  const insert = "insert into public.applicant_import (account, key, source, intake, email) values";
  await onServer(
    url,
    `${insert} ('a', 'first', 's', 'file', 'lea@example.org'), ('a', 'waits', 's', 'file', 'noe@example.org')`,
    `update public.applicant_import set applicant_state = 'held',
      reason_code = case key when 'first' then 'first_n_approval' else 'awaits_first_n' end,
      looks = 1, look_page = 3, looked_at = '2026-01-02', email_foreseen = true, waived = '{first_n_approval:7,deleted_there}'`,
    "insert into public.import_pause (account, trouble) values ('a', 5)",
    `insert into public.import_request (account, key, fingerprint, answer) values ('a', 'k', 'f',
      '{"imports": [{"email_foreseen": true, "reason_code": "first_n_approval"}], "rejected": [{"detail": "not \\"email_foreseen\\":"}]}')`,
    "insert into public.sync_run (account, resource, kind, trigger, state) values ('a', 'applicants', 'full', 'command', 'failed')",
    ...["doubtful", "unsettled", "open"].map(
      (state, n) =>
        `insert into public.sync_candidate (run_id, id, state) select id, ${n}, '${state}' from public.sync_run`,
    ),
  );
  await applyMigrations({ url });
  const database = createDatabase(url, { connections: 1 });
  try {
    const kept = {
      lookups: 1,
      lookupPage: 3,
      lookedUpAt: new Date("2026-01-02"),
      emailExpected: true,
      waived: ["source_approval:7", "deleted_there"],
    };
    const rows = await database.applicantImport.findMany({ orderBy: { id: "asc" } });
    expect(rows).toMatchObject([
      { ...kept, state: "held", reasonCode: "source_approval" },
      { ...kept, state: "held", reasonCode: "awaits_source_approval" },
    ]);
    const events = await database.importEvent.findMany({ where: { toState: "held" }, orderBy: { id: "asc" } });
    expect(events.map(({ reasonCode }) => reasonCode)).toEqual(["source_approval", "awaits_source_approval"]);
    expect(await database.importPause.findMany()).toMatchObject([{ failures: 5 }]);
    expect((await database.importRequest.findFirstOrThrow()).answer).toEqual({
      imports: [{ email_expected: true, reason_code: "source_approval" }],
      rejected: [{ detail: 'not "email_foreseen":' }],
    });
    const candidates = await database.syncCandidate.findMany({ orderBy: { id: "asc" } });
    expect(candidates.map(({ state }) => state)).toEqual(["unconfirmed", "undetermined", "open"]);
    for (const { id } of rows) await lead({ database }, id, ["ready", "sending", "unknown"]);
    const reset = await database.applicantImport.findMany();
    expect(reset).toMatchObject([
      { lookups: 0, lookupPage: 0 },
      { lookups: 0, lookupPage: 0 },
    ]);
  } finally {
    await database.$disconnect();
  }
});
