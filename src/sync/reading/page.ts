import type { ListAnswer } from "../../api/answer/pagination.ts";
import type { Database, Executor } from "../../database/client.ts";
import { countLiving, countWindow } from "../../mirror/queries.ts";
import type { WriteCounts } from "../../mirror/tables.ts";
import { inNet, type WriteRows } from "../../mirror/write-row-by-row.ts";
import { noteDetail } from "../details/details.ts";
import { believe } from "./header-trust.ts";
import { endAfter, pollGoesOn, leastRowsBefore } from "./list-end.ts";
import { readBefore, writePage } from "./page-rows.ts";
import { advancePoll } from "./poll.ts";
import { readIds, sortItems, type AccountKind, type Resource, type SortedItems } from "../resources.ts";
import { addWalkers, lockRun, type Run, type RunWalker } from "../runs/runs.ts";
import { writeSorted } from "../details/shown.ts";
import {
  advance,
  newHeadWalker,
  newWalker,
  segmentStarts,
  startsList,
  type PageFacts,
  type WalkStep,
} from "./walker.ts";

export interface PageDeps {
  readonly database: Database;
  readonly account: string;
  /** The time the quota gives each request, in milliseconds. */
  readonly slotMs: number;
  readonly latencyMs: () => Promise<number | null>;
  readonly accountKind: AccountKind;
}

interface At {
  readonly run: Run;
  readonly walker: RunWalker;
  readonly resource: Resource;
}

/**
 * Records one answer of a walk in one transaction: rows, invalid items, the page itself and the walker's new position. A
 * row that Postgres refuses is treated as an invalid item; it counts as seen if its id can be read. The first answer of a
 * full run divides the list into segments. When the last segment has ended, the head walker is added. The list of a parent
 * is short: one walker reads it, and the next run finds what arrives meanwhile.
 * Returns the walkers that have a step to do now, or null if another worker has already recorded this step.
 */
export function recordPage(deps: PageDeps, at: At, answer: ListAnswer): Promise<readonly RunWalker[] | null> {
  const sorted = sortItems(at.resource, answer.items, at.walker.parent);
  return inNet(deps.database, (tx, write) => record({ tx, write }, deps, at, answer, sorted));
}

async function record(
  { tx, write }: { readonly tx: Executor; readonly write: WriteRows },
  deps: PageDeps,
  asked: At,
  original: ListAnswer,
  sorted: SortedItems,
): Promise<readonly RunWalker[] | null> {
  const ids = readIds(sorted);
  const { at, answer } = believed(asked, original, ids.length);
  const { run, walker, resource } = at;
  await lockRun(tx, run.id);
  const before = await readBefore(tx, run.id, walker, ids);
  if (!before.isDue) return null;
  const { counts, invalid } = await writeSorted({ tx, write }, deps, run, sorted);
  await noteDetail(tx, deps, resource, { items: answer.items, ids, written: counts.written });

  const facts = factsOf(at, answer, { before, unreadable: ids.length === 0 ? answer.items.length : 0 });
  const step =
    run.kind === "full"
      ? await walk(tx, deps, at, answer, facts)
      : await poll(tx, deps, at, answer, { ...counts, facts });
  await writePage(tx, run.id, walker, step, { answer, ids, counts, invalid });
  const { index, ...position } = step.walker;
  await tx.syncWalker.update({ where: { runId_index: { runId: run.id, index } }, data: position });

  const added = run.kind === "full" ? await walkersToAdd(deps, at, step.walker, answer, before.open) : [];
  await addWalkers(tx, run.id, added);
  return [...(step.walker.endedBy === null ? [step.walker] : []), ...added];
}

/** The position and the answer, without the pagination header if that is not trusted. */
function believed(
  { run, walker, resource }: At,
  original: ListAnswer,
  rows: number,
): { readonly at: At; readonly answer: ListAnswer } {
  const page = walker.nextPage;
  // A poll does not know the page size of the API: all pages may be as short as this one.
  const before = run.kind === "full" ? leastRowsBefore(walker) : (page - 1) * rows;
  const isFirst = startsList(walker) && walker.index === 0 && walker.step === 0;
  const { header, answer } = believe(walker.header, original, { page, before, received: rows, isFirst });
  return { at: { run, walker: { ...walker, header }, resource }, answer };
}

type Before = Awaited<ReturnType<typeof readBefore>>;
type Facts = Omit<PageFacts, "hasNext">;

function factsOf(
  { walker, run }: At,
  { items, pagination }: ListAnswer,
  { before, unreadable }: { readonly before: Before; readonly unreadable: number },
): Facts {
  return {
    received: items.length,
    total: pagination?.total ?? null,
    sharesRow: before.shares,
    absorbed: before.absorbed,
    joinsLater: before.joinsLater,
    repeatsPrevious: before.repeats,
    fresh: before.fresh,
    unreadable,
    ...(walker.parent === null ? { reads: run.walkers.reduce((sum, { step }) => sum + step, 0) } : {}),
  };
}

async function walk(
  tx: Executor,
  { account }: PageDeps,
  { walker, resource }: At,
  answer: ListAnswer,
  facts: Facts,
): Promise<WalkStep<RunWalker>> {
  const end = endAfter(walker, answer);
  const holdsMore = async (): Promise<boolean> =>
    (await countLiving(tx, account, resource.table, parentOf(resource, walker))) > (facts.total ?? 0);
  const hasNext = end === "goes-on" || (end === "unless-more-held" && (await holdsMore()));
  return advance(walker, { ...facts, hasNext });
}

function parentOf({ parent }: Resource, walker: RunWalker): { readonly key: string; readonly id: bigint } | null {
  return parent === null || walker.parent === null ? null : { key: parent.key, id: walker.parent };
}

async function poll(
  tx: Executor,
  { account }: PageDeps,
  { walker, resource }: At,
  answer: ListAnswer,
  { facts, ...counts }: WriteCounts & { readonly facts: Facts },
): Promise<WalkStep<RunWalker>> {
  const { status, since } = walker;
  const next = advancePoll(walker, {
    total: facts.total,
    hasNext: pollGoesOn(walker, answer),
    unchanged: counts.inserted + counts.updated + counts.restored === 0,
    isNew: facts.fresh !== 0 || facts.unreadable !== 0,
    mirror:
      status === null || since === null ? null : await countWindow(tx, account, resource.table, { status, since }),
  });
  return { walker: next, contiguous: true, overlapping: false };
}

async function walkersToAdd(
  deps: PageDeps,
  { run, walker }: At,
  next: RunWalker,
  answer: ListAnswer,
  open: number,
): Promise<readonly RunWalker[]> {
  const { orderBy, status, since, parent } = walker;
  if (parent !== null) return [];
  const list = { orderBy, status, since, parent };
  if (walker.index === 0 && walker.step === 0 && next.endedBy === null) {
    const facts = { total: next.total, pageSize: answer.items.length, slotMs: deps.slotMs };
    const starts = segmentStarts({ ...facts, latencyMs: await deps.latencyMs() });
    return starts.map((page, i) => ({ ...newWalker(i + 1, page, next), ...list }));
  }
  const lastToEnd = next.endedBy !== null && open === 1;
  const hasHead = run.walkers.some(({ kind }) => kind === "head");
  const readAtOnce = run.walkers.length === 1 && walker.step === 0;
  return lastToEnd && !hasHead && !readAtOnce ? [{ ...newHeadWalker(run.walkers.length, next), ...list }] : [];
}
