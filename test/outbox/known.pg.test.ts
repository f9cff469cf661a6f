import { describe, expect, it } from "vitest";
import { loadConfig } from "../../src/config/config.ts";
import { outboxOptionsOf } from "../../src/outbox/context.ts";
import { dryRunFile } from "../../src/outbox/intake/file/dry-run.ts";
import type { ImportFile } from "../../src/outbox/intake/file/rows.ts";
import { releaseImport } from "../../src/outbox/operations/hold.ts";
import { useDatabase } from "../support/database.ts";
import { PERSON } from "../support/decider.ts";
import { importPeople, type Person } from "../support/imports.ts";
import { openOutpost, type Outpost } from "../support/outpost.ts";
import { statesOf } from "../support/outbox.ts";

const database = useDatabase();

/** What a dry run says of a file with these lines. */
function dryRun(outpost: Outpost, people: readonly Person[]) {
  const file: ImportFile = {
    path: "people.jsonl",
    format: "jsonl",
    encoding: "utf-8",
    bytes: 100,
    head: null,
    async *rows() {
      yield people.map((submitted, n) => ({
        line: n + 1,
        submitted,
        resume: null,
        faults: [],
        original: { json: JSON.stringify(submitted) },
      }));
    },
  };
  const config = loadConfig(outpost.env, { keys: true });
  return dryRunFile(database(), file, {
    ...outboxOptionsOf(config),
    source: "file",
    directory: "/",
    errors: null,
    signal: new AbortController().signal,
    requestsPerMinute: config.api.requestsPerMinute,
  });
}

/** Marks what the mirror holds of the outpost as deleted at the vendor, as a proven sync does. */
async function deleteThere(outpost: Outpost, table: "applicant" | "application"): Promise<void> {
  const { account } = outpost;
  const rows = await database().applicantImport.findMany({ where: { account } });
  const id = (table === "applicant" ? rows[0]?.applicantId : rows[0]?.applicationId) ?? 0n;
  const own = { account, id, raw: {}, hash: "", deleted_at: new Date() };
  if (table === "applicant")
    await database().applicant.create({ data: { ...own, email: "lea@example.org", email_key: "lea@example.org" } });
  else await database().application.create({ data: own });
}

describe("somebody who was imported and then deleted at the vendor", () => {
  it("is held when they are imported again, as the dry run said, until a person releases them", async () => {
    const outpost = await openOutpost({ database: database(), kind: "customer" });
    await importPeople(outpost, [{ email: "lea@example.org", key: "1" }]);
    await outpost.settle();
    await deleteThere(outpost, "applicant");
    const again = { email: "lea@example.org", key: "2" };
    expect(await dryRun(outpost, [again])).toMatchObject({
      deletedThere: 1,
      applicants: 0,
      knownPeople: 0,
      requests: 0,
    });
    await importPeople(outpost, [again]);
    await outpost.settle();
    expect(await statesOf(outpost)).toEqual(["done", "held (deleted_there)"]);
    expect(outpost.sandbox.effects).toHaveLength(1);
    const held = await database().applicantImport.findFirstOrThrow({ where: { account: outpost.account, key: "2" } });
    await releaseImport({ database: database(), account: outpost.account, by: PERSON }, held.id);
    await outpost.settle();
    expect((await statesOf(outpost))[1]).toMatch(/^done/);
  });

  it("is held if only the mirror knows them", async () => {
    const outpost = await openOutpost({ database: database(), kind: "customer" });
    const own = { account: outpost.account, id: 9n, raw: {}, hash: "", deleted_at: new Date() };
    await database().applicant.create({ data: { ...own, email: "Noé@example.org", email_key: "noe@bucher.example" } });
    const [one] = [{ email: "noe@bucher.example" }];
    expect(await dryRun(outpost, one === undefined ? [] : [one])).toMatchObject({ deletedThere: 1, applicants: 0 });
    await importPeople(outpost, [{ email: "noe@bucher.example" }]);
    await outpost.settle();
    expect(await statesOf(outpost)).toEqual(["held (deleted_there)"]);
  });

  it("is known if they are there again", async () => {
    const outpost = await openOutpost({ database: database(), kind: "customer" });
    const own = { account: outpost.account, raw: {}, hash: "", email: "lea@example.org", email_key: "lea@example.org" };
    await database().applicant.create({ data: { ...own, id: 9n, deleted_at: new Date() } });
    await database().applicant.create({ data: { ...own, id: 10n } });
    expect(await dryRun(outpost, [{ email: "lea@example.org" }])).toMatchObject({ deletedThere: 0, knownPeople: 1 });
    await importPeople(outpost, [{ email: "lea@example.org" }]);
    await outpost.settle();
    expect(await statesOf(outpost)).toEqual(["done"]);
    expect(outpost.sandbox.effects).toEqual([]);
  });
});

describe("an application that was deleted at the vendor", () => {
  it("is held when it is imported again, as the dry run said", async () => {
    const outpost = await openOutpost({ database: database(), kind: "jobboard" });
    const campaign = outpost.sandbox.data.campaigns.all().find(({ status }) => status === "online");
    const wanted = { email: "lea@example.org", company_id: campaign?.company_id, campaign_id: campaign?.id };
    await importPeople(outpost, [{ ...wanted, key: "1" }]);
    await outpost.settle();
    await deleteThere(outpost, "application");
    expect(await dryRun(outpost, [{ ...wanted, key: "2" }])).toMatchObject({ deletedThere: 1, applications: 0 });
    await importPeople(outpost, [{ ...wanted, key: "2" }]);
    await outpost.settle();
    expect(await statesOf(outpost)).toEqual(["done", "held (deleted_there)"]);
  });
});
