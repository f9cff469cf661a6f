import type { AccountKind } from "../../../src/api/kelio.ts";
import type { Database } from "../../../src/database/client.ts";
import type { Variants } from "../../../src/sandbox/variants.ts";
import { between } from "../../support/fault-between.ts";
import { importSubjects, subjectsOf, wrongsOfSubjects, type Subject } from "../../support/fault-people.ts";
import { openOutpost, type Outpost, type OutpostOptions } from "../../support/outpost.ts";
import type { FaultCase } from "./cases.ts";

/** Cases that meet an account together, under the same variants. */
export interface Share {
  readonly name: string;
  readonly variants: Partial<Variants>;
  readonly cases: readonly FaultCase[];
}

const NEWER_ROWS = 60;

/** What is wrong after the cases have met an account of their kind under these variants; `meanwhile` runs once they are imported. */
export async function play(
  database: Database,
  kind: AccountKind,
  { variants, cases }: Share,
  onEnd: OutpostOptions["onEnd"],
  meanwhile: (outpost: Outpost, subjects: readonly Subject[]) => Promise<void> = async () => {},
) {
  const subjects = subjectsOf(cases);
  const outpost = await openOutpost({
    database,
    kind,
    sandbox: { variants },
    ...(onEnd === undefined ? {} : { onEnd }),
    between: between(subjects, () => outpost.sandbox),
  });
  await importSubjects(outpost, subjects);
  await meanwhile(outpost, subjects);
  await meddle(outpost, subjects);
  await outpost.outbox.reconcilePending();
  await outpost.drain();
  pushOffTheFirstPages(outpost);
  await outpost.settle();
  return wrongsOfSubjects(outpost, subjects, variants);
}

/** The first job of those whose fault is in the queue is lost, or handed to two workers. */
async function meddle({ account, queue, database }: Outpost, subjects: readonly Subject[]): Promise<void> {
  const rows = await database.applicantImport.findMany({ where: { account } });
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
  for (let left = NEWER_ROWS; left > 0; left -= 1) data.applications.insert({ campaign_id: campaign?.id ?? 0 });
}
