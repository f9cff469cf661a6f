/** Reads and writes `sync_page`: compares a new page with the earlier ones, and records it. */
import { prepared } from "../../database/client.ts";
import type { Statements } from "../../database/statements.ts";
import { offersOf, type Offers } from "../../mirror/embed-offers.ts";
import type { WriteCounts } from "../../mirror/tables.ts";
import type { SyncContext } from "../context.ts";
import { completableEmbeds } from "../details/details.ts";
import { resources } from "../resources.ts";
import type { Run } from "../runs/load-run.ts";
import { addWalkers, WALK_COLUMNS } from "../runs/walkers.ts";
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
  readonly uncovered: number;
  readonly mirror: MirrorFacts;
  /** Null if no row of the resource can be completed. */
  readonly offers: Offers | null;
}

/**
 * Locks the run, and the tables that other runs write too, and reads the facts in a second statement, whose snapshot is younger
 * than the locks. Its plan is kept, because planning takes three times as long as reading, and is made without scans of
 * whole tables: those of an empty table would stay while it grows.
 */
export async function lockAndReadFacts(
  tx: Statements,
  context: Pick<SyncContext, "account" | "accountKind" | "latestErasure">,
  run: Run,
  { index, step, kind }: Walker,
  answer: SortedItems,
): Promise<StepFacts> {
  const { account } = context;
  const latest = await context.latestErasure();
  const locks = locksOf(answer, "$2");
  const first = ["pg_advisory_xact_lock(hashtextextended('sync_run', $1::integer))", ...locks, SEQUENTIAL_SCANS.off];
  await tx.$executeRawUnsafe(prepared(`select ${first.join(", ")}`), run.id, ...(locks.length > 0 ? [account] : []));
  const values: (string | number)[] = [run.id, index, step, kind, readIds(answer).join(","), account, run.resource];
  const bind = (value: string) => `$${values.push(value)}`;
  const embeds = completableEmbeds(context, run.resource);
  const { table } = resources[run.resource];
  const offers =
    embeds.length === 0 ? "null" : offersOf("$6", "$7", table.name, `string_to_array(${bind(embeds.join(","))}, ',')`);
  const mirror = mirrorFactsOf(answer, "$6", "$7", bind, latest);
  const statement = `${COMPARISON}, ${mirror} as mirror, ${offers} as offers, ${SEQUENTIAL_SCANS.on} from page, due`;
  const [row] = await tx.$queryRawUnsafe<[StepFacts]>(prepared(statement), ...values);
  return row;
}

/** Parts of a select list: whether the statements that are planned after it in its transaction may scan whole tables. */
const SEQUENTIAL_SCANS = {
  off: "set_config('enable_seqscan', 'off', true)",
  on: "set_config('enable_seqscan', 'on', true)",
} as const;

/**
 * How the ids of a page ($5) compare with earlier pages of the run ($1), of its own walker ($2, at step $3, of kind $4) and of
 * others. Only pages whose span meets that of the page can share an id with it: they are looked up once.
 */
const COMPARISON = `
  with page as materialized (select string_to_array($5::text, ',')::bigint[] as ids),
  walkers as materialized (select "index", step, kind, ended_by, state from public.sync_walker,
    (select state from public.sync_run where id between $1 and $1 order by id limit 1) as run where run_id = $1::integer),
  near as materialized (select walker, step, contiguous, ids from public.sync_page where run_id = $1
    and span && (select numrange(min(id), max(id), '[]') from page, unnest(ids) as id having count(*) > 0)),
  due as (select count(*)::int as open, coalesce(bool_or("index" = $2::integer and step = $3::integer), false) as is_due
    from walkers where ended_by is null and state = 'running')
  select due.open, due.is_due as "isDue",
    $3 = 0 and $4::text = 'segment' and exists (select from near
      where walker between 0 and $2 - 1 and contiguous and public.page_holds(near.ids, page.ids)) as absorbed,
    exists (select from near join walkers on walker = "index"
      where kind = 'segment' and ($4 = 'head' or walker > $2) and near.step < ${STITCH_PAGES}
        and contiguous and ended_by is distinct from 'absorbed' and public.page_holds(near.ids, page.ids)) as "joinsLater",
    exists (select from near where walker = $2 and step >= $3 - ${JOIN_PAGES}
      and contiguous and public.page_holds(near.ids, page.ids)) as "sharesRow",
    cardinality(page.ids) > 0 and not exists (select unnest(page.ids)
      except select public.unpack_ids(ids) from near where walker = $2 and step = $3 - 1) as "repeatsPrevious",
    (select count(*)::int from (select unnest(page.ids)
      except select public.unpack_ids(ids) from near where walker = $2) as new) as fresh,
    (select count(*)::int from (select unnest(page.ids)
      except select public.unpack_ids(ids) from near where walker = $2 and contiguous) as new) as uncovered`;

/** What was read and written of a page. */
interface PageRecord {
  readonly ids: readonly string[];
  readonly received: number;
  readonly counts: WriteCounts;
  readonly quarantined: number;
}

/** Records a page with its ids, the new position of its walker, and the walkers to add. */
export async function writeStep(
  tx: Statements,
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
