import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AccountKind } from "../../src/api/scopes.ts";
import { createDatabase, type Database } from "../../src/database.ts";
import { chooseReadings, type Readings } from "../../src/sandbox/readings.ts";
import { between } from "../support/fault-between.ts";
import { importSubjects, subjectsOf } from "../support/fault-people.ts";
import { openOutpost } from "../support/outpost.ts";
import { createTestDatabase, type TestDatabase } from "../support/postgres.ts";
import { wrongsOf } from "../support/truth.ts";
import { CASES } from "./faults/cases.ts";
import { endOf } from "./faults/ends.ts";
import { pairwiseReadings } from "./faults/readings.ts";

let owned: TestDatabase;
let database: Database;
beforeAll(async () => {
  owned = await createTestDatabase();
  database = createDatabase(owned.url);
});
afterAll(async () => {
  await database.$disconnect();
  await owned.drop();
});

/** What is wrong after every fault has met an account of this kind under these readings. */
async function play(kind: AccountKind, readings: Partial<Readings>): Promise<readonly string[]> {
  const subjects = subjectsOf(CASES[kind]);
  const outpost = await openOutpost({
    database,
    databaseUrl: owned.url,
    kind,
    sandbox: { readings },
    between: between(subjects, () => outpost.sandbox),
  });
  try {
    await importSubjects(outpost, subjects);
    const fates = new Map(subjects.flatMap(({ email, fault }) => (fault.job === undefined ? [] : [[email, fault]])));
    const rows = await database.applicantImport.findMany({ where: { account: outpost.account } });
    const left = new Map(rows.map(({ id, email }) => [Number(id), fates.get(email ?? "")]));
    outpost.queue.meddle((job) => {
      const fault = left.get(job.import);
      left.delete(job.import);
      if (fault === undefined || fault.death !== undefined) return "kept";
      return fault.job === "twice" || fault.job === "lost" ? fault.job : "kept";
    });
    await outpost.settle();
    const ends = await database.applicantImport.findMany({ where: { account: outpost.account } });
    const byEmail = new Map(ends.map((row) => [row.email, row]));
    const wrong = await wrongsOf(outpost, subjects.length);
    return subjects.flatMap((subject) => {
      const row = byEmail.get(subject.email);
      const end = endOf(subject, chooseReadings(readings));
      const own = wrong.filter((text) => text.startsWith(`${subject.email}:`));
      const other = row?.state === end ? [] : [`ends as ${row?.state} (${row?.reasonCode}), not as ${end}`];
      return [...other, ...own].map((text) => `${subject.name}: ${text}`);
    });
  } finally {
    await outpost.close();
  }
}

describe.each<AccountKind>(["customer", "jobboard"])("every fault at every step of a %s", (kind) => {
  it.each(pairwiseReadings().map((readings) => [JSON.stringify(readings), readings] as const))(
    "leaves every import in a true state where the readings are %s",
    async (_, readings) => {
      expect(await play(kind, readings)).toEqual([]);
    },
  );
});
