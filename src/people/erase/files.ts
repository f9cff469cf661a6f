/** What Postgres keeps of former rows in its files, and how that goes. */
import type { PostgresClient } from "../../database/postgres-client.ts";
import { columnsOf, ERASED, type Relation } from "../classes.ts";
import { TABLES_OF_PEOPLE } from "../find/rows.ts";
import { TABLES } from "../tables.ts";

const RELATIONS: Readonly<Record<string, Relation>> = TABLES;
/** Columns that an erasure empties, or whose rows it deletes, though their class is another. */
const OTHERS: Readonly<Record<string, readonly string[]>> = {
  applicant_import: ["key", "file"],
  import_request: ["key"],
  import_errors_file: ["path"],
  sync_run: ["error_message"],
};

/**
 * The tables that an erasure changes, with the columns whose values go. Statistics of these have a target of 1, so that they hold hardly
 * any values and a sample of 300 rows is enough for new ones.
 */
export const CLEANED: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  [...new Set([...TABLES_OF_PEOPLE, "audit", "import_control", ...Object.keys(OTHERS)])].map((table) => [
    table,
    [...columnsOf(RELATIONS[table] ?? {}, ERASED), ...(OTHERS[table] ?? [])],
  ]),
);

/** Files of the write-ahead log that were kept to be used again: the least that Postgres keeps is five. */
const MOST_WAL_FILES = 32;
/** How often to try what somebody else's transaction is in the way of, 100 ms apart. */
const TRIES = 15;

/** With its indexes. */
export async function bytesOf(client: PostgresClient, table: string): Promise<number> {
  const { rows } = await client.query<{ bytes: string }>("select pg_total_relation_size($1::regclass) as bytes", [
    `public.${table}`,
  ]);
  return Number(rows[0]?.bytes);
}

export async function owns(client: PostgresClient, table: string): Promise<boolean> {
  const { rowCount } = await client.query(
    "select from pg_class where oid = $1::regclass and pg_has_role(relowner, 'USAGE')",
    [table],
  );
  return rowCount === 1;
}

/** Writes a table and its indexes anew. Returns whether it could: it waits for a lock without keeping others waiting behind it. */
export async function rewrite(client: PostgresClient, table: string): Promise<boolean> {
  const fileOf = async () => {
    const { rows } = await client.query<{ file: number }>("select pg_relation_filenode($1::regclass) as file", [table]);
    return rows[0]?.file;
  };
  const former = await fileOf();
  return succeeds(client, async () => {
    await client.query(`vacuum (full, skip_locked) ${table}`);
    return (await fileOf()) !== former;
  });
}

/** The id of the next transaction: all that has ended is older. */
export async function nextTransaction(client: PostgresClient): Promise<string> {
  const { rows } = await client.query<{ next: string }>(
    "select pg_snapshot_xmax(pg_current_snapshot())::xid::text as next",
  );
  return rows[0]?.next ?? "";
}

/** Whether every transaction that is older than the one with this id has ended: `vacuum` keeps what an open one may see. */
export function isUnseen(client: PostgresClient, next: string): Promise<boolean> {
  return succeeds(client, async () => {
    const { rowCount } = await client.query(
      `select from pg_stat_activity where greatest(age(backend_xid), age(backend_xmin)) > age($1::xid)
        and pid <> pg_backend_pid() and datname = current_database() and backend_type = 'client backend' limit 1`,
      [next],
    );
    return rowCount === 0;
  });
}

async function succeeds(client: PostgresClient, attempt: () => Promise<boolean>): Promise<boolean> {
  for (let tries = 1; !(await attempt()); tries += 1) {
    if (tries === TRIES) return false;
    await client.query("select pg_sleep(0.1)");
  }
  return true;
}

/** Uses new files for the write-ahead log until the former ones are gone. */
export async function renewLog(client: PostgresClient): Promise<void> {
  for (let files = MOST_WAL_FILES; files > 0; files -= 1) {
    await client.query("checkpoint");
    const { rows } = await client.query<{ files: number }>("select count(*)::int as files from pg_ls_waldir()");
    if (files < MOST_WAL_FILES && (rows[0]?.files ?? 0) <= 1) break;
    await client.query("select pg_logical_emit_message(false, 'applicant-sync', 'next file')");
    await client.query("select pg_switch_wal()");
  }
}
