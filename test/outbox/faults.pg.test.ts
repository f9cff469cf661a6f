import { describe, expect, it } from "vitest";
import type { AccountKind } from "../../src/api/scopes.ts";
import type { Readings } from "../../src/sandbox/readings.ts";
import { useDatabase } from "../support/database.ts";
import { between } from "../support/fault-between.ts";
import { importSubjects, subjectsOf, wrongsOfSubjects, type Subject } from "../support/fault-people.ts";
import { openOutpost, type Outpost } from "../support/outpost.ts";
import { CASES, spread, type FaultCase } from "./faults/cases.ts";
import { readingSets } from "./faults/readings.ts";

const database = useDatabase();
const SETS = readingSets();
const STRANGERS = 60;

/** What is wrong after the cases have met an account of their kind under these readings. */
async function play(kind: AccountKind, readings: Partial<Readings>, cases: readonly FaultCase[]) {
  const subjects = subjectsOf(cases);
  const outpost = await openOutpost({
    database: database(),
    kind,
    sandbox: { readings },
    between: between(subjects, () => outpost.sandbox),
  });
  await importSubjects(outpost, subjects);
  await meddle(outpost, subjects);
  await outpost.outbox.sweep();
  await outpost.drain();
  pushOffTheFirstPages(outpost);
  await outpost.settle();
  return wrongsOfSubjects(outpost, subjects, readings);
}

/** The first job of those whose fault is in the queue is lost, or given to two workers. */
async function meddle({ account, queue }: Outpost, subjects: readonly Subject[]): Promise<void> {
  const rows = await database().applicantImport.findMany({ where: { account } });
  const faults = new Map(subjects.map(({ email, fault }) => [email, fault]));
  const open = new Map(rows.map(({ id, email }) => [Number(id), faults.get(email ?? "")]));
  queue.meddle(({ import: id }) => {
    const fault = open.get(id);
    open.delete(id);
    return fault?.death === undefined && (fault?.job === "lost" || fault?.job === "twice") ? fault.job : "kept";
  });
}

/** What others do at the same time: whoever is looked for is no longer among the newest. */
function pushOffTheFirstPages({ sandbox: { data } }: Outpost): void {
  const campaign = data.campaigns.all().find(({ status }) => status === "online");
  for (let left = STRANGERS; left > 0; left -= 1) data.applications.insert({ campaign_id: campaign?.id ?? 0 });
}

// Each case meets every reading of Q9 and Q10, and any two readings of these meet in one set.
describe.each<AccountKind>(["customer", "jobboard"])("every fault at every step of a %s, in every reading", (kind) => {
  const shares = [...spread(CASES[kind], SETS)].filter(([, cases]) => cases.length > 0);
  it.each(shares.map(([readings, cases]) => [JSON.stringify(readings), readings, cases] as const))(
    "leaves every import in a true state where the readings are %s",
    async (_, readings, cases) => {
      expect(await play(kind, readings, cases)).toEqual([]);
    },
  );
});
