import { hasNext, type ListAnswer } from "../api/pagination.ts";
import type { Database, Executor } from "../database.ts";
import type { Misfit } from "../mapping/item.ts";
import { countWindow } from "../mirror/reads.ts";
import type { WriteCounts } from "../mirror/tables.ts";
import { inNet, type WriteRows } from "../mirror/write-net.ts";
import { noteDetail } from "./details.ts";
import { packIds } from "./packed-ids.ts";
import { advancePoll } from "./poll.ts";
import { readIds, sortItems, type AccountKind, type Resource, type SortedItems } from "./resources.ts";
import { addWalkers, lockRun, type Run, type RunWalker } from "./runs.ts";
import { writeSorted } from "./shown.ts";
import {
  advance,
  fullPage,
  HEAD,
  JOIN_PAGES,
  newWalker,
  segmentStarts,
  startsList,
  STITCH_PAGES,
  type Step,
} from "./walk.ts";

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

/** The largest count that an integer of Postgres holds. No list is longer: a larger total tells nothing. */
const MAX_COUNT = 2_147_483_647;

/**
 * Records one answer of a walk in one transaction: rows, misfits, the page itself and the walker's new place, all or
 * nothing. A row that Postgres refuses is a misfit like any other; where its id can be read, it counts as seen. The first
 * answer of a full run cuts the list into segments; the last end of a segment calls for the head.
 * The lists of parents are short: each is read by one walker, and what arrives meanwhile is there the next time.
 * Returns the walkers that have a step to do now, or null where another worker had recorded this step before.
 */
export function recordPage(deps: PageDeps, at: At, answer: ListAnswer): Promise<readonly RunWalker[] | null> {
  const { pagination } = answer;
  const isCountable = pagination === null || (pagination.total ?? 0) <= MAX_COUNT;
  const told = isCountable ? answer : { ...answer, pagination: { ...pagination, total: null } };
  const sorted = sortItems(at.resource, answer.items, at.walker.parent);
  return inNet(deps.database, (tx, write) => record({ tx, write }, deps, at, told, sorted));
}

async function record(
  { tx, write }: { readonly tx: Executor; readonly write: WriteRows },
  deps: PageDeps,
  at: At,
  answer: ListAnswer,
  sorted: SortedItems,
): Promise<readonly RunWalker[] | null> {
  const { run, walker, resource } = at;
  const ids = readIds(sorted);
  await lockRun(tx, run.id);
  const before = await readBefore(tx, run.id, walker, ids);
  if (!before.isDue) return null;
  const { counts, misfits } = await writeSorted({ tx, write }, deps, run, sorted);
  await noteDetail(tx, deps, resource, { items: answer.items, ids, written: counts.written });

  const step = run.kind === "full" ? walk(at, answer, before) : await poll(tx, deps, at, answer, counts);
  await writePage(tx, run.id, walker, step, { answer, ids, counts, misfits });
  const { index, ...place } = step.walker;
  await tx.syncWalker.update({ where: { runId_index: { runId: run.id, index } }, data: place });

  const added = run.kind === "full" ? await walkersToAdd(deps, at, step.walker, answer, before.open) : [];
  await addWalkers(tx, run.id, added);
  return [...(step.walker.endedBy === null ? [step.walker] : []), ...added];
}

type Before = Awaited<ReturnType<typeof readBefore>>;

function walk({ walker }: At, answer: ListAnswer, before: Before): Step<RunWalker> {
  return advance(walker, {
    received: answer.items.length,
    total: answer.pagination?.total ?? null,
    hasNext: goesOn(walker, answer),
    sharesRow: before.shares,
    takenOver: before.takenOver,
    meetsLater: before.meetsLater,
    repeatsPrevious: before.repeats,
  });
}

async function poll(
  tx: Executor,
  { account }: PageDeps,
  { walker, resource }: At,
  answer: ListAnswer,
  counts: WriteCounts,
): Promise<Step<RunWalker>> {
  const { status, since } = walker;
  const next = advancePoll(walker, {
    total: answer.pagination?.total ?? null,
    hasNext: goesOn(walker, answer),
    unchanged: counts.inserted + counts.updated + counts.restored === 0,
    mirror:
      status === null || since === null ? null : await countWindow(tx, account, resource.table, { status, since }),
  });
  return { walker: next, contiguous: true, overlapping: false };
}

/** Where the API tells nothing of the end, a page is the last that has fewer rows than a page has, once that is known. */
function goesOn(walker: RunWalker, { pagination, items }: ListAnswer): boolean {
  return hasNext(pagination, {
    page: walker.nextPage,
    perPage: walker.perPage,
    received: items.length,
    previousReceived: startsList(walker) ? null : fullPage(walker),
  });
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
  const headIsOpen = run.walkers.some(({ index }) => index === HEAD);
  const readAtOnce = run.walkers.length === 1 && walker.step === 0;
  return lastToEnd && !headIsOpen && !readAtOnce ? [{ ...newWalker(HEAD, 1, next), ...list }] : [];
}

interface BeforeRow {
  readonly open: number;
  readonly is_due: boolean;
  readonly taken_over: boolean;
  readonly meets_later: boolean;
  readonly shares: boolean;
  readonly repeats: boolean | null;
}

/** How many walkers of a run that goes are open, whether this step is still to be recorded, and what the pages read before say of it. */
async function readBefore(tx: Executor, run: number, walker: RunWalker, ids: readonly string[]) {
  const [row] = await tx.$queryRaw<BeforeRow[]>`
    select walkers.open, walkers.is_due,
      ${walker.step} = 0 and exists (select from public.sync_page
        where run_id = ${run} and walker between 0 and ${walker.index} - 1 and contiguous
          and span && this.span and public.page_holds(ids, this.ids)) as taken_over,
      exists (select from public.sync_page join public.sync_walker using (run_id)
        where run_id = ${run} and walker = "index" and walker > ${walker.index} and sync_page.step < ${STITCH_PAGES}
          and contiguous and ended_by is distinct from 'taken-over'
          and span && this.span and public.page_holds(ids, this.ids)) as meets_later,
      exists (select from public.sync_page
        where run_id = ${run} and walker = ${walker.index} and step >= ${walker.step - JOIN_PAGES}
          and contiguous and span && this.span and public.page_holds(ids, this.ids)) as shares,
      not exists (select unnest(this.ids) except select public.unpack_ids(previous.ids)) as repeats
    from (select ids, (select numrange(min(id), max(id), '[]') from unnest(ids) as id) as span
        from (select ${ids}::bigint[] as ids) as given) as this,
      (select count(*)::int as open, coalesce(bool_or("index" = ${walker.index} and step = ${walker.step}), false) as is_due
        from public.sync_walker join public.sync_run on sync_run.id = run_id
        where run_id = ${run} and ended_by is null and state = 'running') as walkers
    left join public.sync_page previous
      on previous.run_id = ${run} and previous.walker = ${walker.index} and previous.step = ${walker.step - 1}`;
  return {
    open: row?.open ?? 0,
    isDue: row?.is_due ?? false,
    takenOver: row?.taken_over ?? false,
    meetsLater: row?.meets_later ?? false,
    shares: row?.shares ?? false,
    repeats: (row?.repeats ?? false) && ids.length > 0,
  };
}

/** In SQL of our own: Prisma would keep a query plan for every list of ids that it has seen. */
async function writePage(
  tx: Executor,
  run: number,
  walker: RunWalker,
  { contiguous, overlapping }: Step<RunWalker>,
  page: {
    readonly answer: ListAnswer;
    readonly ids: readonly string[];
    readonly counts: WriteCounts;
    readonly misfits: readonly Misfit[];
  },
): Promise<void> {
  const { answer, ids, counts, misfits } = page;
  await tx.$executeRaw`
    insert into public.sync_page (run_id, walker, step, page, per_page, total, ids, received, contiguous, overlapping,
      inserted, updated, restored, unchanged, quarantined)
    values (${run}, ${walker.index}, ${walker.step}, ${walker.nextPage}, ${walker.perPage},
      ${answer.pagination?.total ?? null}, ${packIds(ids)}, ${answer.items.length}, ${contiguous}, ${overlapping},
      ${counts.inserted}, ${counts.updated}, ${counts.restored}, ${counts.unchanged}, ${misfits.length})`;
}
