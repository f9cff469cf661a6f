/** Reads and writes `sync_page`: compares a new page with the earlier ones, and records it. */
import type { ListAnswer } from "../../api/answer/pagination.ts";
import type { Executor } from "../../database/client.ts";
import type { InvalidItem } from "../../mirror/items/item.ts";
import type { WriteCounts } from "../../mirror/tables.ts";
import { packIds } from "./packed-ids.ts";
import type { RunWalker } from "../runs/runs.ts";
import { JOIN_PAGES, STITCH_PAGES, type WalkStep } from "./walker.ts";

interface BeforeRow {
  readonly open: number;
  readonly is_due: boolean;
  readonly absorbed: boolean;
  readonly joins_later: boolean;
  readonly shares: boolean;
  readonly repeats: boolean | null;
  readonly fresh: number;
}

/** Returns how many walkers of a running run are open, whether this step is still to be recorded, and how its ids compare with earlier pages. */
export async function readBefore(tx: Executor, run: number, walker: RunWalker, ids: readonly string[]) {
  const [row] = await tx.$queryRaw<BeforeRow[]>`
    select walkers.open, walkers.is_due,
      ${walker.step} = 0 and ${walker.kind} = 'segment' and exists (select from public.sync_page
        where run_id = ${run} and walker between 0 and ${walker.index} - 1 and contiguous
          and span && this.span and public.page_holds(ids, this.ids)) as absorbed,
      exists (select from public.sync_page join public.sync_walker using (run_id)
        where run_id = ${run} and walker = "index" and kind = 'segment'
          and (${walker.kind} = 'head' or walker > ${walker.index}) and sync_page.step < ${STITCH_PAGES}
          and contiguous and ended_by is distinct from 'absorbed'
          and span && this.span and public.page_holds(ids, this.ids)) as joins_later,
      exists (select from public.sync_page
        where run_id = ${run} and walker = ${walker.index} and step >= ${walker.step - JOIN_PAGES}
          and contiguous and span && this.span and public.page_holds(ids, this.ids)) as shares,
      not exists (select unnest(this.ids) except select public.unpack_ids(previous.ids)) as repeats,
      (select count(*)::int from (select unnest(this.ids) except select public.unpack_ids(sync_page.ids) from public.sync_page
        where run_id = ${run} and walker = ${walker.index} and span && this.span) as new) as fresh
    from (select ids, (select numrange(min(id), max(id), '[]') from unnest(ids) as id) as span
        from (select ${ids}::bigint[] as ids) as page) as this,
      (select count(*)::int as open, coalesce(bool_or("index" = ${walker.index} and step = ${walker.step}), false) as is_due
        from public.sync_walker join public.sync_run on sync_run.id = run_id
        where run_id = ${run} and ended_by is null and state = 'running') as walkers
    left join public.sync_page previous
      on previous.run_id = ${run} and previous.walker = ${walker.index} and previous.step = ${walker.step - 1}`;
  return {
    open: row?.open ?? 0,
    isDue: row?.is_due ?? false,
    absorbed: row?.absorbed ?? false,
    joinsLater: row?.joins_later ?? false,
    shares: row?.shares ?? false,
    repeats: (row?.repeats ?? false) && ids.length > 0,
    fresh: row?.fresh ?? ids.length,
  };
}

/** Records a page and its ids. It uses raw SQL, because Prisma would keep a query plan for every list of ids. */
export async function writePage(
  tx: Executor,
  run: number,
  walker: RunWalker,
  { contiguous, overlapping }: WalkStep<RunWalker>,
  page: {
    readonly answer: ListAnswer;
    readonly ids: readonly string[];
    readonly counts: WriteCounts;
    readonly invalid: readonly InvalidItem[];
  },
): Promise<void> {
  const { answer, ids, counts, invalid } = page;
  await tx.$executeRaw`
    insert into public.sync_page (run_id, walker, step, page, per_page, total, ids, received, contiguous, overlapping,
      inserted, updated, restored, unchanged, quarantined)
    values (${run}, ${walker.index}, ${walker.step}, ${walker.nextPage}, ${walker.perPage},
      ${answer.pagination?.total ?? null}, ${packIds(ids)}, ${answer.items.length}, ${contiguous}, ${overlapping},
      ${counts.inserted}, ${counts.updated}, ${counts.restored}, ${counts.unchanged}, ${invalid.length})`;
}
