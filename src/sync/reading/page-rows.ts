/** Reads and writes `sync_page`: compares a new page with the earlier ones, and records it. */
import { prepared, type Executor } from "../../database/client.ts";
import { offersOf, type Offers } from "../../mirror/embed-offers.ts";
import type { WriteCounts } from "../../mirror/tables.ts";
import type { SyncContext } from "../context.ts";
import { completableEmbeds } from "../details/details.ts";
import { resources } from "../resources.ts";
import { WALK_COLUMNS, type Run } from "../runs/load-run.ts";
import { addWalkers } from "../runs/runs.ts";
import { locksOf, mirrorFactsOf, readIds, type MirrorFacts, type SortedItems } from "./answer.ts";
import type { PageDecision } from "./decide.ts";
import { JOIN_PAGES, STITCH_PAGES, type Walker } from "./walker.ts";

/** What Postgres knows when a page is to be recorded. */
export interface StepFacts {
  /** How many walkers of the running run have not ended. */
  readonly open: number;
  /** The step is still to be recorded. */
  readonly isDue: boolean;
  readonly absorbed: boolean;
  readonly joinsLater: boolean;
  readonly sharesRow: boolean;
  readonly repeatsPrevious: boolean;
  readonly fresh: number;
  readonly mirror: MirrorFacts;
  /** Null if no row of the resource can be completed. */
  readonly offers: Offers | null;
}

/**
 * Locks the run, and the tables that other runs write too, and reads the facts in a second statement, whose snapshot is younger
 * than the locks. The second is planned each time: a plan made while the tables were empty would scan them as they grow.
 */
export async function lockAndReadFacts(
  tx: Executor,
  context: SyncContext,
  run: Run,
  { index, step, kind }: Walker,
  answer: SortedItems,
): Promise<StepFacts> {
  const { account } = context;
  const locks = ["pg_advisory_xact_lock(hashtextextended('sync_run', $1::integer))", ...locksOf(answer, "$2")];
  await tx.$executeRawUnsafe(prepared(`select ${locks.join(", ")}`), run.id, ...(locks.length > 1 ? [account] : []));
  const values: (string | number)[] = [run.id, index, step, kind, readIds(answer).join(","), account, run.resource];
  const bind = (value: string) => `$${values.push(value)}`;
  const embeds = completableEmbeds(context, run.resource);
  const { table } = resources[run.resource];
  const offers =
    embeds.length === 0 ? "null" : offersOf("$6", "$7", table.name, `string_to_array(${bind(embeds.join(","))}, ',')`);
  const statement = `${COMPARISON}, ${mirrorFactsOf(answer, "$6", "$7", bind)} as mirror, ${offers} as offers ${COMPARED}`;
  const [row] = await tx.$queryRawUnsafe<[StepFacts]>(statement, ...values);
  return row;
}

/** How the ids of a page ($5) compare with earlier pages of the run ($1), of its own walker ($2, at step $3, of kind $4) and of others. */
const COMPARISON = `
  select walkers.open, walkers.is_due as "isDue",
    $3::integer = 0 and $4::text = 'segment' and exists (select from public.sync_page
      where run_id = $1::integer and walker between 0 and $2::integer - 1 and contiguous
        and span && this.span and public.page_holds(ids, this.ids)) as absorbed,
    exists (select from public.sync_page join public.sync_walker using (run_id)
      where run_id = $1 and walker = "index" and kind = 'segment'
        and ($4 = 'head' or walker > $2) and sync_page.step < ${STITCH_PAGES}
        and contiguous and ended_by is distinct from 'absorbed'
        and span && this.span and public.page_holds(ids, this.ids)) as "joinsLater",
    exists (select from public.sync_page
      where run_id = $1 and walker = $2 and step >= $3 - ${JOIN_PAGES}
        and contiguous and span && this.span and public.page_holds(ids, this.ids)) as "sharesRow",
    cardinality(this.ids) > 0
      and not exists (select unnest(this.ids) except select public.unpack_ids(previous.ids)) as "repeatsPrevious",
    (select count(*)::int from (select unnest(this.ids) except select public.unpack_ids(sync_page.ids) from public.sync_page
      where run_id = $1 and walker = $2 and span && this.span) as new) as fresh`;
const COMPARED = `
  from (select ids, (select numrange(min(id), max(id), '[]') from unnest(ids) as id) as span
      from (select string_to_array($5::text, ',')::bigint[] as ids) as page) as this,
    (select count(*)::int as open, coalesce(bool_or("index" = $2 and step = $3), false) as is_due
      from public.sync_walker join public.sync_run on sync_run.id = run_id
      where run_id = $1 and ended_by is null and state = 'running') as walkers
  left join public.sync_page previous on previous.run_id = $1 and previous.walker = $2 and previous.step = $3 - 1`;

/** What was read and written of a page. */
interface PageRecord {
  readonly ids: readonly string[];
  readonly received: number;
  readonly counts: WriteCounts;
  readonly quarantined: number;
}

/** Records a page with its ids, the new position of its walker, and the walkers to add. */
export async function writeStep(
  tx: Executor,
  run: number,
  asked: Walker,
  { walker, contiguous, overlapping, total, added }: PageDecision,
  { ids, received, counts, quarantined }: PageRecord,
): Promise<void> {
  const { inserted, updated, restored, unchanged } = counts;
  const page = [asked.nextPage, asked.perPage, total, packIds(ids), received, contiguous, overlapping];
  const values = [
    ...page,
    inserted,
    updated,
    restored,
    unchanged,
    quarantined,
    ...WALK_COLUMNS.map(([name]) => walker[name]),
  ];
  await tx.$executeRawUnsafe(WRITE_STEP, run, asked.index, asked.step, ...values);
  await addWalkers(tx, run, added);
}

const WRITE_STEP = prepared(`
  with recorded as (
    insert into public.sync_page (run_id, walker, step, page, per_page, total, ids, received, contiguous, overlapping,
      inserted, updated, restored, unchanged, quarantined)
    values (${Array.from({ length: 15 }, (_, i) => `$${i + 1}`).join(", ")}))
  update public.sync_walker set ${WALK_COLUMNS.map(([, column], i) => `${column} = $${i + 16}`).join(", ")}
  where run_id = $1 and "index" = $2`);

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
