/** Reads and writes `sync_page`: compares a new page with the earlier ones, and records it. */
import { preparedSql, sql, type Executor } from "../../database/client.ts";
import type { WriteCounts } from "../../mirror/tables.ts";
import { addWalkers } from "../runs/runs.ts";
import type { Decision } from "./decide.ts";
import { JOIN_PAGES, STITCH_PAGES, type Walker } from "./walker.ts";

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
export async function readBefore(tx: Executor, run: number, walker: Walker, ids: readonly string[]) {
  const [row] = await tx.$queryRaw<BeforeRow[]>(
    preparedSql(sql`
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
      on previous.run_id = ${run} and previous.walker = ${walker.index} and previous.step = ${walker.step - 1}`),
  );
  return {
    open: row?.open ?? 0,
    isDue: row?.is_due ?? false,
    absorbed: row?.absorbed ?? false,
    joinsLater: row?.joins_later ?? false,
    sharesRow: row?.shares ?? false,
    repeatsPrevious: (row?.repeats ?? false) && ids.length > 0,
    fresh: row?.fresh ?? ids.length,
  };
}

/** What was read and written of a page. */
interface PageRecord {
  readonly ids: readonly string[];
  readonly received: number;
  readonly counts: WriteCounts;
  readonly quarantined: number;
}

/**
 * Records a page with its ids, the new position of its walker, and the walkers to add. It uses raw SQL, because Prisma would
 * keep a query plan for every list of ids.
 */
export async function writeStep(
  tx: Executor,
  run: number,
  asked: Walker,
  { walker, contiguous, overlapping, total, added }: Decision,
  { ids, received, counts, quarantined }: PageRecord,
): Promise<void> {
  await tx.$executeRaw(
    preparedSql(sql`
      with position as (
        update public.sync_walker set step = ${walker.step}, next_page = ${walker.nextPage}, per_page = ${walker.perPage},
          page_rows = ${walker.pageRows}, own_pages = ${walker.ownPages}, repeats = ${walker.repeats},
          total = ${walker.total}, fresh = ${walker.fresh}, header = ${walker.header}, ended_by = ${walker.endedBy},
          covered_through = ${walker.coveredThrough}, expected_shift = ${walker.expectedShift},
          reads_since_shrink = ${walker.readsSinceShrink}, overlap_reads_left = ${walker.overlapReadsLeft}
        where run_id = ${run} and "index" = ${asked.index})
      insert into public.sync_page (run_id, walker, step, page, per_page, total, ids, received, contiguous, overlapping,
        inserted, updated, restored, unchanged, quarantined)
      values (${run}, ${asked.index}, ${asked.step}, ${asked.nextPage}, ${asked.perPage},
        ${total}, ${packIds(ids)}, ${received}, ${contiguous}, ${overlapping},
        ${counts.inserted}, ${counts.updated}, ${counts.restored}, ${counts.unchanged}, ${quarantined})`),
  );
  if (added.length > 0) await addWalkers(tx, run, added);
}

/**
 * The ids of a page as `sync_page` keeps them: each as its distance from the one before, zigzag and in base 128, the
 * lowest seven bits first. `unpack_ids` of the database reads them. A page of 50 neighbouring ids needs some 50 bytes.
 */
export function packIds(ids: readonly string[]): Uint8Array<ArrayBuffer> {
  const numbers = ids.map(BigInt);
  return Uint8Array.from(numbers.flatMap((id, i) => bytesOf(zigzag(id - (numbers[i - 1] ?? 0n)))));
}

/** 0, -1, 1, -2, … as 0, 1, 2, 3, …: of two positive ids at most 64 bits. */
function zigzag(distance: bigint): bigint {
  return distance >= 0n ? distance << 1n : (-distance << 1n) - 1n;
}

function bytesOf(value: bigint): readonly number[] {
  const low = Number(value & 127n);
  return value < 128n ? [low] : [low | 128, ...bytesOf(value >> 7n)];
}
