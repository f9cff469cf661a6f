/** One page of a list: the request for it, and the transaction that records its answer. */
import { isNotFound } from "../../api/answer/body.ts";
import type { ListAnswer } from "../../api/answer/pagination.ts";
import type { CallContext } from "../../api/client.ts";
import { ApiError } from "../../api/errors.ts";
import type { Statements } from "../../database/statements.ts";
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
 * Requests the page of a walker's next step. `refused`: the API answers 404 for the list of a parent, for example because the parent
 * was deleted meanwhile. This must not stop the lists of other parents.
 */
export async function requestPage(
  { api, accountKind }: SyncContext,
  { resource: name }: Run,
  walker: Walker,
  context: CallContext,
): Promise<ListAnswer | "refused"> {
  try {
    return await api.list(name, queryOf(walker, resources[name].embed[accountKind]), context);
  } catch (error) {
    if (walker.parent !== null && error instanceof ApiError && isNotFound(error.status ?? 0)) return "refused";
    throw error;
  }
}

/** The query of a walker's next step. */
function queryOf({ nextPage, perPage, orderBy, status, since, parent }: Walker, embed: readonly string[]) {
  const filters =
    status === null || since === null
      ? {}
      : { "status[value]": status, "status[date][gte]": since.toISOString().slice(0, 10) };
  const list = parent === null ? {} : { parent: String(parent) };
  return { ...list, page: nextPage, perPage, order: orderBy, sort: "desc", embed, filters } as const;
}

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
async function readMirror(tx: Statements, { account }: SyncContext, run: Run, walker: Walker, page: ReadPage) {
  const { table, parent } = resources[run.resource];
  const { status, since } = walker;
  if (status !== null && since !== null) return { window: await countWindow(tx, account, table, { status, since }) };
  if (!wantsHeld(run, walker, page)) return {};
  const ofParent = parent === null || walker.parent === null ? null : { key: parent.key, id: walker.parent };
  return { held: await countLiving(tx, account, table, ofParent) };
}
