/** What Postgres keeps of former rows in its files, and how that goes. */
import { withClient } from "../../database/connect.ts";
import type { Database, Executor } from "../../database/client.ts";
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
 * The tables that an erasure changes, with the columns whose values go. Statistics of these have a target of 1, so that they hold hardly any
 * values and a sample of 300 rows is enough for new ones.
 */
export const CLEANED: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  [...new Set([...TABLES_OF_PEOPLE, "audit", "import_control", ...Object.keys(OTHERS)])].map((table) => [
    table,
    [...columnsOf(RELATIONS[table] ?? {}, ERASED), ...(OTHERS[table] ?? [])],
  ]),
);

/** Larger tables, with their indexes, are not rewritten beside a running worker: that would keep it waiting for seconds. In bytes. */
const REWRITTEN = 64 * 1024 * 1024;
/** Files of the write-ahead log that were kept to be used again: the least that Postgres keeps is five. */
const MOST_WAL_FILES = 32;
/** A process that began and is not done by then was killed. Two at a time would be in each other's way. */
const LONGEST = "10 s";
/** How often to try what somebody else's transaction is in the way of, 100 ms apart. */
const TRIES = 15;

export interface CleanedUp {
  /** Tables in whose files former values stay until they are written over, because nothing rewrote them, and `pg_wal` for the log. */
  readonly left: readonly string[];
}

interface Postgres {
  readonly databaseUrl: string;
  /** Ours: its write-ahead log is our concern, too. */
  readonly isEmbedded: boolean;
}

interface Needs extends Postgres {
  readonly account: string;
}

/** Notes that the clean-up is due, in the transaction that empties rows of somebody; where one is suppressed in it, a trigger does. */
export async function requestCleanUp(tx: Executor, account: string): Promise<void> {
  await tx.$executeRaw`select public.request_clean_up(${account})`;
}

/**
 * Ends what an erasure of the account has left after its commit, if anything: its process was killed, or a sync or an import found a person
 * of whom something was stored meanwhile. `keepFiles` is that of an erasure. Null: there was nothing to do, or another process is at it.
 */
export async function cleanUpIfDue(
  database: Pick<Database, "$executeRaw">,
  needs: Needs,
  keepFiles: () => Promise<void>,
): Promise<CleanedUp | null> {
  const claimed = await database.$executeRaw`
    update public.clean_up set claimed_at = clock_timestamp() where account = ${needs.account}
      and (claimed_at is null or claimed_at < clock_timestamp() - ${LONGEST}::interval)`;
  if (claimed === 0) return null;
  await keepFiles();
  return cleanUp(needs);
}

/**
 * Removes former rows of the tables of people and what statistics hold of them: tables up to 64 MB are rewritten, larger ones vacuumed. In the
 * embedded Postgres the former write-ahead log goes, too, so that its files hold nothing of a person who was erased before. Runs after the
 * transaction, which has noted in `clean_up` that it is due: that ends here, unless another transaction was in the way.
 */
export function cleanUp({ databaseUrl, isEmbedded, account }: Needs): Promise<CleanedUp> {
  return withClient(databaseUrl, async (client) => {
    const due = await client.query<{ requests: string }>(
      "update public.clean_up set claimed_at = clock_timestamp() where account = $1 returning requests",
      [account],
    );
    const { left, isDone } = await clean(client);
    if (isEmbedded && isDone) await renewLog(client);
    const [request] = due.rows;
    if (isDone && request !== undefined) {
      const values = [account, request.requests];
      await client.query("delete from public.clean_up where account = $1 and requests = $2", values);
    }
    await client.query("update public.clean_up set claimed_at = null where account = $1", [account]);
    return { left: isEmbedded && isDone ? left : [...left, "pg_wal"] };
  });
}

async function clean(client: PostgresClient): Promise<CleanedUp & { readonly isDone: boolean }> {
  let isDone = await formerRowsUnseen(client);
  const left: string[] = [];
  for (const [table, columns] of Object.entries(CLEANED)) {
    const isSmall = (await bytesOf(client, table)) <= REWRITTEN;
    const isRewritten = isDone && isSmall && (await rewrite(client, `public.${table}`));
    if (!isRewritten) {
      left.push(table);
      isDone &&= !isSmall;
      await client.query(`vacuum (index_cleanup on) public.${table}`);
    }
    await client.query(`analyze public.${table} (${columns.join(", ")})`);
  }
  // Statistics hold the most common values of a column. Most roles may not rewrite them.
  if (isDone && (await owns(client, "pg_catalog.pg_statistic"))) {
    isDone = await rewrite(client, "pg_catalog.pg_statistic");
  } else left.push("pg_statistic");
  return { left, isDone };
}

async function bytesOf(client: PostgresClient, table: string): Promise<number> {
  const { rows } = await client.query<{ bytes: string }>("select pg_total_relation_size($1::regclass) as bytes", [
    `public.${table}`,
  ]);
  return Number(rows[0]?.bytes);
}

async function owns(client: PostgresClient, table: string): Promise<boolean> {
  const { rowCount } = await client.query(
    "select from pg_class where oid = $1::regclass and pg_has_role(relowner, 'USAGE')",
    [table],
  );
  return rowCount === 1;
}

/** Writes a table and its indexes anew. Returns whether it could: it waits for a lock without keeping others waiting behind it. */
async function rewrite(client: PostgresClient, table: string): Promise<boolean> {
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

/** Whether no transaction is open any more that began before now: what it may see, `vacuum` keeps. */
async function formerRowsUnseen(client: PostgresClient): Promise<boolean> {
  const { rows } = await client.query<{ now: string }>("select clock_timestamp()::text as now");
  return succeeds(client, async () => {
    const { rowCount } = await client.query(
      `select from pg_stat_activity where backend_xmin is not null and pid <> pg_backend_pid()
        and datname = current_database() and backend_type = 'client backend' and xact_start < $1::timestamptz limit 1`,
      [rows[0]?.now],
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
async function renewLog(client: PostgresClient): Promise<void> {
  for (let files = MOST_WAL_FILES; files > 0; files -= 1) {
    await client.query("checkpoint");
    const { rows } = await client.query<{ files: number }>("select count(*)::int as files from pg_ls_waldir()");
    if (files < MOST_WAL_FILES && (rows[0]?.files ?? 0) <= 1) break;
    await client.query("select pg_logical_emit_message(false, 'applicant-sync', 'next file')");
    await client.query("select pg_switch_wal()");
  }
}
