/** The purges of retention: what goes row by row, whoever the person is. */
import type { Database, Executor } from "../../database/client.ts";
import { columnsOf, ERASED, namesArray } from "../classes.ts";
import { TABLES } from "../tables.ts";
import { dueOn, type Clock } from "./clocks.ts";

/** Blocks of one transaction, of 8 kB: some thousand rows, so that a sync does not wait long for its locks. */
const BLOCKS = 256;

/** Rows that a clock is about. */
interface Purge {
  readonly clock: Clock;
  readonly table: "change" | "application" | "quarantine" | "api_request" | "import_request";
  /** SQL: with which moment the period of a row `t` begins. */
  readonly since: string;
  /** SQL: whether there is still something to erase in a row `t`. */
  readonly isLeft: string;
  /** What erases rows; null: they are deleted. */
  readonly set: string | null;
}

/** The columns of a table whose values are a person's, as keys of a document. */
const keysOf = (table: "applicant" | "application" | "manager") => namesArray(TABLES[table], ERASED);
const HISTORY_KEYS = `case t.resource when 'applicant' then ${keysOf("applicant")} when 'application' then ${keysOf("application")}
  when 'manager' then ${keysOf("manager")} else '{}' end`;
/** What a later answer may leave out of an application, and the row must then keep. */
const KEPT_RAW = "array['applicant_id', 'campaign_id', 'comments', 'skills', 'status_history', 'tags']";
const EMPTY = columnsOf(TABLES.application, ERASED).filter((name) => name !== "raw" && name !== "status_history");

const PURGES: readonly Purge[] = [
  {
    clock: "history",
    table: "change",
    since: "t.at",
    isLeft: `(t.before ?| ${HISTORY_KEYS} or t.after ?| ${HISTORY_KEYS})`,
    // Statuses and dates stay: reports are made of them.
    set: `before = t.before - ${HISTORY_KEYS}, after = t.after - ${HISTORY_KEYS}`,
  },
  {
    clock: "raw",
    table: "application",
    since: "t.changed_at",
    isLeft: `t.raw - ${KEPT_RAW} <> '{}'`,
    set: `raw = (select coalesce(jsonb_object_agg(key, t.raw -> key), '{}') from unnest(${KEPT_RAW}) key where t.raw ? key)`,
  },
  {
    clock: "deleted",
    table: "application",
    since: "t.deleted_at",
    isLeft: `(t.raw <> '{}' or ${EMPTY.map((name) => `t.${name} is not null`).join(" or ")})`,
    set: `raw = '{}', status_history = public.states_only(t.status_history), ${EMPTY.map((name) => `${name} = null`).join(", ")}`,
  },
  { clock: "quarantine", table: "quarantine", since: "t.last_seen_at", isLeft: "true", set: null },
  { clock: "requests", table: "api_request", since: "t.at", isLeft: "true", set: null },
  { clock: "requests", table: "import_request", since: "t.at", isLeft: "true", set: null },
];

/** SQL: when a row `t` of account $1 goes, with the period $2. */
const dueDay = ({ since }: Purge) => dueOn(since, "(select timezone from public.account where account = $1)", "$2");

/**
 * Erases what is due of a clock until `isLate`, from the beginning of each table to its end. A locked row is left for the next day: to wait
 * for it might be a deadlock. Returns how many rows, and whether that was all of them.
 */
export async function purge(
  database: Database,
  account: string,
  { clock, period, today }: { readonly clock: Clock; readonly period: string; readonly today: string },
  isLate: () => boolean,
): Promise<{ readonly rows: number; readonly isDone: boolean }> {
  let rows = 0;
  for (const one of PURGES.filter((each) => each.clock === clock)) {
    const due = `select t.ctid from public.${one.table} t where t.ctid >= $4::tid and t.ctid < $5::tid
      and t.account = $1 and ${one.isLeft} and ${dueDay(one)} <= $3::date for update skip locked`;
    const statement =
      one.set === null
        ? `delete from public.${one.table} where ctid = any(array(${due}))`
        : `update public.${one.table} t set ${one.set} where t.ctid = any(array(${due}))`;
    const blocks = await blocksOf(database, one.table);
    for (let block = 0; block < blocks; block += BLOCKS) {
      if (isLate()) return { rows, isDone: false };
      const window = [`(${block},0)`, `(${block + BLOCKS},0)`];
      rows += await database.$executeRawUnsafe(statement, account, period, today, ...window);
    }
  }
  return { rows, isDone: true };
}

async function blocksOf(database: Database, table: Purge["table"]): Promise<number> {
  const [row] = await database.$queryRawUnsafe<{ blocks: number }[]>(
    "select (pg_relation_size($1::regclass) / current_setting('block_size')::int)::float8 as blocks",
    `public.${table}`,
  );
  return row?.blocks ?? 0;
}

/** How many rows of a clock go on which day. */
export async function countPurges(
  executor: Executor,
  account: string,
  clock: Clock,
  period: string,
): Promise<readonly { readonly day: string; readonly count: number }[]> {
  const parts = PURGES.filter((each) => each.clock === clock).map(
    (one) => `select ${dueDay(one)} as day, count(*)::int as count from public.${one.table} t
      where t.account = $1 and ${one.since} is not null and ${one.isLeft} group by 1`,
  );
  if (parts.length === 0) return [];
  return executor.$queryRawUnsafe(
    `select day::text, sum(count)::int as count from (${parts.join(" union all ")}) p group by 1 order by 1`,
    account,
    period,
  );
}
