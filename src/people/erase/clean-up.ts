/** What Postgres keeps of former rows in its files, and how that goes. */
import { withClient } from "../../database/connect.ts";
import type { Database, Executor } from "../../database/client.ts";
import type { PostgresClient } from "../../database/postgres-client.ts";
import { hasCode } from "../../platform/errors.ts";
import { TABLES_OF_PEOPLE } from "../find/rows.ts";

const TABLES = [...TABLES_OF_PEOPLE, "import_request"] as const;
/** Larger tables are not rewritten beside a running worker: that would keep it waiting for many seconds. In bytes. */
const REWRITTEN = 64 * 1024 * 1024;
const LOCK_MS = 5_000;
/** Files of the write-ahead log that were kept to be used again: the least that Postgres keeps is five. */
const MOST_WAL_FILES = 32;
/** How often to look whether transactions that see former rows have ended, 100 ms apart. */
const LOOKS = 30;

export interface CleanedUp {
  /** Tables in whose files former values stay until they are written over, because nothing rewrote them. */
  readonly left: readonly string[];
}

interface Postgres {
  readonly databaseUrl: string;
  /** Ours: its files are our concern, too. */
  readonly isEmbedded: boolean;
}

/** Notes that the clean-up is due, in the transaction that empties rows of somebody; where they are suppressed in it, a trigger does. */
export async function requestCleanUp(tx: Executor): Promise<void> {
  await tx.$executeRaw`
    insert into public.clean_up as c (only_one) values (true) on conflict (only_one) do update set requests = c.requests + 1`;
}

/**
 * Ends what an erasure has left after its commit, if anything: its process was killed, or a sync or an import found a person of whom something
 * was stored meanwhile. `keepFiles` is that of an erasure. Null: there was nothing to do.
 */
export async function cleanUpIfDue(
  database: Pick<Database, "cleanUp">,
  postgres: Postgres,
  keepFiles: () => Promise<void>,
): Promise<CleanedUp | null> {
  if ((await database.cleanUp.count()) === 0) return null;
  await keepFiles();
  return cleanUp(postgres);
}

/**
 * Removes former rows of the tables of people and what statistics hold of them. In the embedded Postgres the tables are rewritten and the
 * former write-ahead log goes, so that its files hold nothing of a person who was erased before. Runs after the transaction, which has noted
 * in `clean_up` that it is due: that ends here, unless another transaction was in the way.
 */
export function cleanUp({ databaseUrl, isEmbedded }: Postgres): Promise<CleanedUp> {
  return withClient(databaseUrl, async (client) => {
    const { rows: due } = await client.query<{ requests: string }>("select requests from public.clean_up");
    const { left, isDone } = isEmbedded ? await rewrite(client) : await vacuum(client);
    const [request] = due;
    if (isDone && request !== undefined) {
      await client.query("delete from public.clean_up where requests = $1", [request.requests]);
    }
    return { left };
  });
}

type Outcome = CleanedUp & { readonly isDone: boolean };

async function vacuum(client: PostgresClient): Promise<Outcome> {
  for (const table of TABLES) await client.query(`vacuum (analyze) public.${table}`);
  return { left: TABLES, isDone: true };
}

async function rewrite(client: PostgresClient): Promise<Outcome> {
  const run = async (text: string) => void (await client.query(text));
  await run(`set lock_timeout = ${LOCK_MS}`);
  if (!(await formerRowsUnseen(client))) return { left: TABLES, isDone: false };
  let isDone = true;
  const left: string[] = [];
  const full = async (table: string): Promise<void> => {
    if (await succeeds(() => run(`vacuum (full, analyze) ${table}`))) return;
    isDone = false;
    left.push(table.replace(/^\w+\./, ""));
  };
  for (const table of TABLES) {
    const { rows } = await client.query<{ bytes: string }>("select pg_total_relation_size($1::regclass) as bytes", [
      `public.${table}`,
    ]);
    if (Number(rows[0]?.bytes) <= REWRITTEN) await full(`public.${table}`);
    else left.push(table);
    if (left.includes(table)) await run(`vacuum (analyze) public.${table}`);
  }
  // Statistics hold the most common values of a column.
  await full("pg_catalog.pg_statistic");
  for (let files = MOST_WAL_FILES; files > 0; files -= 1) {
    await run("checkpoint");
    const { rows } = await client.query<{ files: number }>("select count(*)::int as files from pg_ls_waldir()");
    if (files < MOST_WAL_FILES && (rows[0]?.files ?? 0) <= 1) break;
    await run("select pg_logical_emit_message(false, 'applicant-sync', 'next file')");
    await run("select pg_switch_wal()");
  }
  return { left, isDone };
}

/** Whether no transaction is open any more that began before now: what it may see, `vacuum` keeps. Waits some seconds for their ends. */
async function formerRowsUnseen(client: PostgresClient): Promise<boolean> {
  const { rows } = await client.query<{ now: string }>("select clock_timestamp()::text as now");
  for (let look = 0; look < LOOKS; look += 1) {
    const { rowCount } = await client.query(
      `select pg_sleep(0.1) from (select from pg_stat_activity where backend_xmin is not null and pid <> pg_backend_pid()
        and datname = current_database() and backend_type = 'client backend' and xact_start < $1::timestamptz limit 1) seeing`,
      [rows[0]?.now],
    );
    if (rowCount === 0) return true;
  }
  return false;
}

/** Whether it did not have to wait too long for a lock. */
async function succeeds(run: () => Promise<void>): Promise<boolean> {
  try {
    await run();
    return true;
  } catch (error) {
    if (hasCode(error, "55P03")) return false;
    throw error;
  }
}
