import { Client } from "pg";
import { describe, expect, it, onTestFinished } from "vitest";
import { createDatabase, type Database } from "../../src/database/client.ts";
import { applyMigrations } from "../../src/database/migrations/migrations.ts";
import { fillEmailKeys } from "../../src/mirror/email-key.ts";
import { emailKey } from "../../src/platform/email-key.ts";
import { releaseAll, releaseImport } from "../../src/outbox/operations/hold.ts";
import { eraseOld } from "../../src/outbox/retention.ts";
import { retryImport } from "../../src/outbox/operations/review.ts";
import { packIds } from "../../src/sync/reading/page-rows.ts";
import { PERSON } from "../support/decider.ts";
import { databaseBefore } from "../support/older-database.ts";
import { onServer } from "../support/postgres.ts";

it("knows people of a database that was filled by an older version, by every spelling of their e-mail", async () => {
  const url = await databaseBefore("20261126150000");
  const emails = [
    "Lea@Example.org",
    "lea@bücher.example",
    "A@XN--BCHER-KVA.example",
    " noe@example.org ",
    "x@y.org.",
    "\u00a0",
  ];
  const values = emails.map((email, n) => `('a', ${n}, '${email}', '{}', '')`).join(", ");
  await onServer(url, `insert into public.applicant (account, id, email, raw, hash) values ${values}`);
  await applyMigrations({ url });
  const database = createDatabase(url, { connections: 1 });
  try {
    const keys = async () =>
      (await database.applicant.findMany({ orderBy: { id: "asc" } })).map(({ email_key: key }) => key);
    expect(await keys()).toEqual(["lea@example.org", null, null, null, null, null]);
    expect(await fillEmailKeys(database)).toBe(5);
    expect(await keys()).toEqual(emails.map(emailKey));
  } finally {
    await database.$disconnect();
  }
});

/** Imports of an account by their keys, each led through states with the reason codes it had; `set` comes with the last one. */
const IMPORTS: readonly {
  readonly key: string;
  readonly intake?: "file" | "http" | "sql";
  readonly campaign?: number;
  readonly way?: readonly (readonly [state: string, reasonCode?: string])[];
  readonly set?: string;
}[] = [
  { key: "ready", way: [["ready"]] },
  { key: "sent", way: [["ready"], ["sending"], ["sent"]], set: "applicant_id = 1, applicant_origin = 'created'" },
  { key: "sending", way: [["ready"], ["sending"]] },
  { key: "unknown", way: [["ready"], ["sending"], ["unknown", "timeout"]] },
  { key: "under review", way: [["ready"], ["sending"], ["unknown", "timeout"], ["needs_review", "not_found"]] },
  { key: "refused by the API", way: [["ready"], ["sending"], ["rejected", "api_invalid"]] },
  { key: "dropped unknown", way: [["ready"], ["sending"], ["unknown", "timeout"], ["rejected", "dropped"]] },
  {
    key: "dropped before",
    way: [
      ["held", "by_hand"],
      ["rejected", "dropped"],
    ],
  },
  { key: "held by the switch", way: [["ready"], ["held", "kill_switch"]] },
  { key: "held", campaign: 7, way: [["held", "consent_evidence"]] },
  {
    key: "released",
    campaign: 7,
    way: [
      ["held", "consent_evidence"],
      ["ready", "released_by_hand"],
    ],
  },
  {
    key: "submitted again",
    campaign: 7,
    way: [
      ["held", "consent_evidence"],
      ["ready", "released_by_hand"],
      ["rejected", "invalid"],
      ["held", "resubmitted"],
    ],
  },
  { key: "first", way: [["held", "first_n_approval"]] },
  { key: "waits", way: [["held", "awaits_first_n"]] },
  { key: "waits by HTTP", intake: "http", way: [["held", "awaits_first_n"]] },
  { key: "waits by HTTP too", intake: "http", way: [["held", "awaits_first_n"]] },
  { key: "draft", intake: "sql" },
  { key: "long draft", intake: "sql", set: "first_name = repeat('é', 500000)" },
  { key: "long resume", intake: "sql" },
  { key: "refused", intake: "sql", way: [["rejected", "invalid"]] },
  {
    key: "refused and long",
    intake: "sql",
    way: [["rejected", "invalid"]],
    set: "source = repeat('s', 500000), consent_wording = repeat('€', 500000), bio_url = repeat('u', 20000)",
  },
];

/** Reason codes that have been renamed since. */
const RENAMED = new Map([
  ["first_n_approval", "source_approval"],
  ["awaits_first_n", "awaits_source_approval"],
]);

/** What a database of an older version may hold. */
async function fillOlder(url: string): Promise<void> {
  const statements = IMPORTS.flatMap(({ key, intake = "file", campaign, way = [], set }) => {
    const insert = `insert into applicant_import (account, key, source, intake, email, campaign_id)
      values ('a', '${key}', 'careers', '${intake}', '${key.replaceAll(" ", ".")}@example.org', ${campaign ?? null})`;
    const steps = [...(way.length === 0 ? [["draft"] as const] : way)].map(([state, code], n, all) => {
      const last = n === all.length - 1 && set !== undefined ? `, ${set}` : "";
      return `update applicant_import set applicant_state = '${state}', reason_code = ${code === undefined ? null : `'${code}'`}${last}
        where key = '${key}'`;
    });
    return [insert, ...steps];
  });
  const ids = `'\\x${Buffer.from(packIds(["7", "300", "9007199254740993"])).toString("hex")}'`;
  await onServer(
    url,
    "insert into account values ('a', 'customer', 'sandbox', 'api.example.org'), ('b', 'customer', 'sandbox', 'api.example.org')",
    ...statements,
    `insert into import_resume (import_id, size, sha256, bytes)
      select id, 20000001, '', convert_to(repeat('x', 20000001), 'UTF8') from applicant_import where key = 'long resume'`,
    `insert into import_control values ('a', true, 'wrong offers', now(), 4, '2099-01-01')`,
    "insert into import_source values ('a', 'careers', 5), ('a', 'nobody', 2)",
    `insert into sync_run (account, resource, kind, trigger, state) values ('a', 'campaigns', 'full', 'command', 'running')`,
    `insert into sync_walker (run_id, "index", next_page, per_page, total) select id, 0, 2, 50, 90 from sync_run`,
    `insert into sync_page (run_id, walker, step, page, per_page, ids, inserted, updated, unchanged, quarantined)
      select id, 0, 0, 1, 50, ${ids}, 3, 0, 0, 1 from sync_run`,
    `insert into sync_walker (run_id, "index", next_page, per_page, ended_by, reach, drift, calm, wary)
      select id, walker, 2, 50, ended_by, 100, 2, 3, 4
      from sync_run, (values (1, 'met'), (2, 'taken-over'), (3, 'blind'), (4, 'end'), (-1, null)) as walkers (walker, ended_by)`,
    `insert into sync_page (run_id, walker, step, page, per_page, ids, inserted, updated, unchanged, quarantined)
      select id, -1, 0, 1, 50, ${ids}, 0, 0, 3, 0 from sync_run`,
    "update sync_run set witness = 'answers'",
    "insert into quarantine (account, resource, fingerprint, reason, raw, run_id) select 'a', 'campaigns', 'f', 'no id', '{}', id from sync_run",
    "insert into undetailed (account, resource, id) values ('a', 'applications', 1)",
  );
}

describe("a database that an older version filled", () => {
  async function upgraded(): Promise<Database> {
    const url = await databaseBefore("20261126110000");
    await fillOlder(url);
    // Somebody who reads meanwhile still sees the former versions of rows.
    const reader = new Client({ connectionString: url });
    await reader.connect();
    onTestFinished(() => reader.end());
    await reader.query("begin isolation level repeatable read");
    await reader.query("select from pg_class");
    await applyMigrations({ url });
    const database = createDatabase(url, { connections: 1 });
    onTestFinished(() => database.$disconnect());
    return database;
  }
  const byKey = async (database: Database) =>
    new Map((await database.applicantImport.findMany()).map((row) => [row.key ?? "", row]));

  it("keeps the states of its imports, and what people have decided on them", async () => {
    const database = await upgraded();
    const rows = await byKey(database);
    const changed = new Map([
      ["long draft", ["rejected", "invalid"] as const],
      ["long resume", ["rejected", "invalid"] as const],
      ["waits by HTTP", ["held", "source_approval"] as const],
    ]);
    for (const { key, way = [] } of IMPORTS) {
      const [state, code = null] = changed.get(key) ?? way.at(-1) ?? ["draft"];
      const { applicantState, reasonCode } = rows.get(key) ?? {};
      const expected = RENAMED.get(code ?? "") ?? code;
      expect({ key, applicantState, reasonCode }).toEqual({ key, applicantState: state, reasonCode: expected });
    }
    const keysWith = (has: (row: NonNullable<ReturnType<typeof rows.get>>) => boolean) =>
      [...rows.values()].flatMap((row) => (has(row) ? [row.key] : []));
    const never = new Set(["draft", "long draft", "long resume", "refused", "refused and long"]);
    expect(new Set(keysWith(({ admitted }) => !admitted))).toEqual(never);
    expect(keysWith(({ droppedUnknown }) => droppedUnknown)).toEqual(["dropped unknown"]);
    expect(keysWith(({ waived }) => waived.length > 0)).toEqual(["released"]);
    expect(rows.get("released")?.waived).toEqual(["consent_evidence:7"]);
    expect(await database.importControl.findMany({ orderBy: { account: "asc" } })).toMatchObject([
      { account: "a", held: true, heldReason: "wrong offers" },
      { account: "b", held: false },
    ]);
    expect(await database.importPause.findMany()).toEqual([
      { account: "a", failures: 4, pausedUntil: new Date("2099-01-01T00:00:00Z") },
    ]);
    expect(await database.importSource.findMany({ orderBy: { intake: "asc" } })).toMatchObject([
      { source: "careers", intake: "file", seen: 5n },
      { source: "careers", intake: "http", seen: 5n },
    ]);
  });

  it("has no import wait for the first ones of another intake", async () => {
    const database = await upgraded();
    const deps = { database, account: "a", by: PERSON, enqueue: async () => {} };
    const first = (await byKey(database)).get("waits by HTTP");
    await releaseAll(deps);
    await releaseImport(deps, first?.id ?? 0n);
    const rows = await byKey(database);
    expect(["first", "waits", "waits by HTTP", "waits by HTTP too"].map((key) => rows.get(key)?.state)).toEqual([
      "held",
      "held",
      "ready",
      "ready",
    ]);
  });

  it("keeps the run that was going, and what was in quarantine", async () => {
    const database = await upgraded();
    const covered = { coveredThrough: 100, expectedShift: 2, readsSinceShrink: 3, overlapReadsLeft: 4 };
    expect(await database.syncWalker.findMany({ orderBy: { index: "asc" } })).toMatchObject([
      { index: 0, kind: "segment", nextPage: 2, endedBy: null, fresh: 0, header: "believed" },
      { index: 1, kind: "segment", endedBy: "joined", ...covered },
      { index: 2, kind: "segment", endedBy: "absorbed", ...covered },
      { index: 3, kind: "segment", endedBy: "unprovable", ...covered },
      { index: 4, kind: "segment", endedBy: "end", ...covered },
      { index: 5, kind: "head", endedBy: null, ...covered },
    ]);
    expect(await database.syncRun.findMany()).toMatchObject([{ state: "running", controlRow: "answers" }]);
    const page = { span: "[7,9007199254740993]", holds: true };
    expect(
      await database.$queryRaw`select walker, span::text as span, public.page_holds(ids, array[300]) as holds
        from public.sync_page order by walker`,
    ).toEqual([
      { walker: 0, ...page },
      { walker: 5, ...page },
    ]);
    expect(await database.quarantine.findMany()).toMatchObject([{ reason: "no id", copies: 1, resolvedAt: null }]);
    expect(await database.pendingDetail.count()).toBe(1);
  });

  it("has refused imports whose values were too long erased, and tried again", async () => {
    const database = await upgraded();
    const long = (await byKey(database)).get("refused and long");
    const decided = await retryImport({ database, account: "a", by: PERSON, enqueue: async () => {} }, long?.id ?? 0n);
    expect(decided).toMatchObject({ isDone: true });
    await database.applicantImport.updateMany({
      where: { id: long?.id ?? 0n },
      data: { applicantState: "rejected", finishedAt: new Date() },
    });
    const erased = await eraseOld({ database, account: "a", imports: { resumeRetentionDays: 0, retentionDays: 0 } });
    expect(erased.imports).toBe(8);
    expect(await database.applicantImport.count({ where: { state: "rejected", email: { not: null } } })).toBe(0);
  });
});
