import type { ListAnswer } from "../../api/answer/pagination.ts";
import type { Executor } from "../../database/client.ts";
import { countLiving, countWindow } from "../../mirror/queries.ts";
import { inNet } from "../../mirror/write-row-by-row.ts";
import type { SyncContext } from "../context.ts";
import { noteDetail } from "../details/details.ts";
import { resources } from "../resources.ts";
import type { Run } from "../runs/load-run.ts";
import { readIds, sortItems, writeAnswer } from "./answer.ts";
import { decidePage, isFirstStep, wantsHeld, type ReadPage } from "./decide.ts";
import { lockAndReadFacts, writeStep } from "./page-rows.ts";
import type { Walker } from "./walker.ts";

/**
 * Records one answer of a walk in one transaction: locks the run, reads the facts, writes rows and invalid items, decides
 * (decide.ts), and writes the page and the walker's new position. A row that Postgres refuses is treated as an invalid item;
 * it counts as seen if its id can be read.
 * Returns the walkers that have a step to do now, or null if another worker has already recorded this step.
 */
export async function recordPage(
  context: SyncContext,
  run: Run,
  walker: Walker,
  answer: ListAnswer,
): Promise<readonly Walker[] | null> {
  const sorted = sortItems(resources[run.resource], answer.items, walker.parent);
  const ids = readIds(sorted);
  const page = { answer, rows: ids.length };
  // Before the transaction: pages that each waited for a second connection would keep all of them.
  const latencyMs = isFirstStep(walker) ? await context.latencyMs() : null;
  return inNet(context.database, async (tx, write) => {
    const { isDue, mirror, offers, ...seen } = await lockAndReadFacts(tx, context, run, walker, sorted);
    if (!isDue) return null;
    const { counts, invalid } = await writeAnswer({ tx, write }, context, run, sorted, mirror);
    const { items } = answer;
    if (offers !== null)
      await noteDetail(tx, context.account, run.resource, { items, ids, written: counts.written }, offers);
    const decision = decidePage(run, walker, page, {
      ...seen,
      ...(await readMirror(tx, context, run, walker, page)),
      slotMs: context.slotMs,
      latencyMs,
      unchanged: counts.inserted + counts.updated + counts.restored === 0,
    });
    const record = { ids, received: items.length, counts, quarantined: invalid.length };
    await writeStep(tx, run.id, walker, decision, record);
    return [...(decision.walker.endedBy === null ? [decision.walker] : []), ...decision.added];
  });
}

/** How many rows the mirror holds now of the list or of its window, if the decision depends on it. */
async function readMirror(tx: Executor, { account }: SyncContext, run: Run, walker: Walker, page: ReadPage) {
  const { table, parent } = resources[run.resource];
  const { status, since } = walker;
  if (status !== null && since !== null) return { window: await countWindow(tx, account, table, { status, since }) };
  if (!wantsHeld(run, walker, page)) return {};
  const ofParent = parent === null || walker.parent === null ? null : { key: parent.key, id: walker.parent };
  return { held: await countLiving(tx, account, table, ofParent) };
}
