import { hasNext, type ListAnswer } from "../api/pagination.ts";
import type { Executor } from "../database.ts";
import type { Misfit } from "../mapping/item.ts";
import { quarantine } from "../mirror/quarantine.ts";
import { writeItems } from "../mirror/write-items.ts";
import type { WriteCounts } from "../mirror/tables.ts";
import { sortItems, type Resource } from "./resources.ts";
import { addWalkers, type Run } from "./runs.ts";
import { advance, HEAD, newWalker, segmentStarts, type Walker } from "./walk.ts";

/** Later walkers are met at the rows they covered first; so many of their pages are enough to recognise them. */
const STITCH_PAGES = 20;

export interface PageDeps {
  readonly account: string;
  /** The time the quota gives each request, in milliseconds. */
  readonly slotMs: number;
  readonly latencyMs: () => Promise<number | null>;
}

/**
 * Records one answer of a walk in the transaction `tx`: rows, misfits, the page itself and the walker's new place, all
 * or nothing. The first answer of a run cuts the list into segments; the last end of a segment calls for the head.
 * Returns the walkers that have a step to do now, or null where another worker had recorded this step before.
 */
export async function recordPage(
  tx: Executor,
  deps: PageDeps,
  at: { readonly run: Run; readonly walker: Walker; readonly resource: Resource },
  answer: ListAnswer,
): Promise<readonly Walker[] | null> {
  const { run, walker, resource } = at;
  await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended('sync_run', ${run.id}))`;
  const open = await tx.syncWalker.findMany({ where: { runId: run.id, endedBy: null, run: { state: "running" } } });
  if (!open.some(({ index, step }) => index === walker.index && step === walker.step)) return null;

  const { main, parts, misfits } = sortItems(resource, answer.items);
  const ids = main.items.map((item) => item.id);
  const before = await readNeighbours(tx, run.id, walker, ids);
  const next = advance(walker, {
    total: answer.pagination?.total ?? null,
    hasNext: hasNext(answer.pagination, {
      page: walker.nextPage,
      perPage: walker.perPage,
      received: answer.items.length,
      previousReceived: before.received,
    }),
    takenOver: before.takenOver,
    meetsLater: before.meetsLater,
    repeatsPrevious: before.repeats,
  });

  const counts = await writeItems(tx, deps.account, main.table, main.items);
  for (const part of parts) {
    await writeItems(tx, deps.account, part.table, part.items);
  }
  await quarantine(tx, { account: deps.account, resource: run.resource, run: run.id }, misfits);
  await writePage(tx, run.id, walker, next.total, ids, counts, misfits);
  const { index, ...place } = next;
  await tx.syncWalker.update({ where: { runId_index: { runId: run.id, index } }, data: place });

  const added = await walkersToAdd(deps, at, next, answer, open.length);
  await addWalkers(tx, run.id, added);
  return [...(next.endedBy === null ? [next] : []), ...added];
}

async function walkersToAdd(
  deps: PageDeps,
  { run, walker }: { readonly run: Run; readonly walker: Walker },
  next: Walker,
  answer: ListAnswer,
  open: number,
): Promise<readonly Walker[]> {
  if (walker.index === 0 && walker.step === 0 && next.endedBy === null) {
    const facts = { total: next.total, pageSize: answer.items.length, slotMs: deps.slotMs };
    const starts = segmentStarts({ ...facts, latencyMs: await deps.latencyMs() });
    return starts.map((page, i) => newWalker(i + 1, page));
  }
  const lastToEnd = next.endedBy !== null && open === 1;
  const headIsOpen = run.walkers.some(({ index }) => index === HEAD);
  const readAtOnce = run.walkers.length === 1 && walker.step === 0;
  return lastToEnd && !headIsOpen && !readAtOnce ? [newWalker(HEAD, 1)] : [];
}

interface Neighbours {
  readonly taken_over: boolean;
  readonly meets_later: boolean;
  readonly repeats: boolean | null;
  readonly received: number | null;
}

/** What the pages read before say of a new one. */
async function readNeighbours(tx: Executor, run: number, walker: Walker, ids: readonly string[]) {
  const [row] = await tx.$queryRaw<Neighbours[]>`
    select
      ${walker.step} = 0 and exists (select from sync_page
        where run_id = ${run} and walker between 0 and ${walker.index} - 1 and ids && ${ids}::bigint[]) as taken_over,
      exists (select from sync_page join sync_walker using (run_id)
        where run_id = ${run} and walker = "index" and walker > ${walker.index} and sync_page.step < ${STITCH_PAGES}
          and ended_by is distinct from 'taken-over' and ids && ${ids}::bigint[]) as meets_later,
      previous.ids @> ${ids}::bigint[] and cardinality(previous.ids) > 0 as repeats,
      cardinality(previous.ids) + previous.quarantined as received
    from (select 1) as one
    left join sync_page previous
      on previous.run_id = ${run} and previous.walker = ${walker.index} and previous.step = ${walker.step - 1}`;
  return {
    takenOver: row?.taken_over ?? false,
    meetsLater: row?.meets_later ?? false,
    repeats: (row?.repeats ?? false) && ids.length > 0,
    received: row?.received ?? null,
  };
}

/** In SQL of our own: Prisma would keep a query plan for every list of ids that it has seen. */
async function writePage(
  tx: Executor,
  run: number,
  walker: Walker,
  total: number | null,
  ids: readonly string[],
  counts: WriteCounts,
  misfits: readonly Misfit[],
): Promise<void> {
  await tx.$executeRaw`
    insert into sync_page
      (run_id, walker, step, page, per_page, total, ids, inserted, updated, unchanged, quarantined)
    values (${run}, ${walker.index}, ${walker.step}, ${walker.nextPage}, ${walker.perPage}, ${total}, ${ids}::bigint[],
      ${counts.inserted}, ${counts.updated}, ${counts.unchanged}, ${misfits.length})`;
}
