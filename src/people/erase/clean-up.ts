/** What ends an erasure after its commit: former rows go from the files of Postgres, at once or in a quiet moment. */
import { statfs } from "node:fs/promises";
import { withClient } from "../../database/connect.ts";
import type { Database, Executor } from "../../database/client.ts";
import type { PostgresClient } from "../../database/postgres-client.ts";
import { hasCode } from "../../platform/errors.ts";
import { bytesOf, CLEANED, isUnseen, nextTransaction, owns, renewLog, rewrite } from "./files.ts";

/** Larger tables, with their indexes, are not rewritten beside a sync: that would keep it waiting for seconds. In bytes. */
const REWRITTEN = 64 * 1024 * 1024;
/** Of the bytes of a table, what its rewriting may need: a new one beside the former one, and its write-ahead log. */
const SPACE = 2;

export interface CleanedUp {
  /** Tables in whose files former values stay until they are written over, because nothing rewrites them, and `pg_wal` for the log. */
  readonly left: readonly string[];
  /** Large tables that a worker rewrites in a quiet moment, and all while another process is at it. */
  readonly later: readonly string[];
}

interface Needs {
  readonly databaseUrl: string;
  /** Of the files of a Postgres of ours, whose write-ahead log and space are our concern, too; null: it is another one. */
  readonly directory: string | null;
  readonly account: string;
}

/** Notes that the clean-up is due, in the transaction that empties rows of somebody; where one is suppressed in it, a trigger does. */
export async function requestCleanUp(tx: Executor, account: string): Promise<void> {
  await tx.$executeRaw`select public.request_clean_up(${account})`;
}

/**
 * Removes former rows of the tables of people and what statistics hold of them: tables up to 64 MB are rewritten, larger ones vacuumed, or,
 * in the embedded Postgres, left to `cleanUpIfDue`. There the former write-ahead log goes, too, so that its files hold nothing of a person
 * who was erased before. Runs after the transaction, which has noted in `clean_up` that it is due: that ends here, unless another
 * transaction was in the way, or another process is at it.
 */
export async function cleanUp(needs: Needs): Promise<CleanedUp> {
  const done = await alone(needs, (turn) => removeFormer(turn, needs));
  if (typeof done === "object") return done;
  return { left: needs.directory === null ? ["pg_wal"] : [], later: done === "busy" ? Object.keys(CLEANED) : [] };
}

/** Whether an erasure of the account has left anything for `cleanUpIfDue`, which opens connections of its own. */
export async function isCleanUpDue(database: Database, account: string): Promise<boolean> {
  return (await database.cleanUp.findUnique({ where: { account }, select: { account: true } })) !== null;
}

/**
 * Ends what an erasure of the account has left after its commit, if anything: its process was killed, a sync or an import found a person of
 * whom something was stored meanwhile, or large tables are to be rewritten: one at a time, while no sync and no import is on its way, and
 * if the disk has room. `keepFiles` is that of an erasure. Null: there was nothing to do, it is no time for it, or another process is at
 * it.
 */
export async function cleanUpIfDue(needs: Needs, keepFiles: () => Promise<void>): Promise<CleanedUp | null> {
  const done = await alone(needs, async (turn) => {
    const { directory } = needs;
    // A database that was copied from the embedded Postgres into another one may still name large tables.
    if (turn.due.later !== null && directory !== null)
      return rewriteNext(turn, turn.due.later, { ...needs, directory });
    await keepFiles();
    return removeFormer(turn, needs);
  });
  return typeof done === "object" ? done : null;
}

interface Due {
  readonly requests: string;
  /** The large tables that are still to be rewritten; null: nothing was done yet. */
  readonly later: readonly string[] | null;
  /** The id of the next transaction when all that is due had been committed. */
  readonly next: string;
}

/** What one process at a time does. */
interface Turn {
  readonly client: PostgresClient;
  readonly due: Due;
}

/**
 * Does what is due, in one process at a time. `busy`: another process does it. A
 * transaction of a connection of its own holds the lock, which ends with the process, also behind a pooler. It writes and sees no rows, so
 * that `vacuum` keeps none for it.
 */
function alone<T>(
  { databaseUrl, account }: Needs,
  work: (turn: Turn) => Promise<T>,
): Promise<T | "busy" | "nothing due"> {
  return withClient(databaseUrl, async (holder) => {
    // Not in the transaction: a statement with values keeps its snapshot until that ends.
    const { rows } = await holder.query<Due>(
      "select requests, later, pg_snapshot_xmax(pg_current_snapshot())::xid::text as next from public.clean_up where account = $1",
      [account],
    );
    const [due] = rows;
    if (due === undefined) return "nothing due";
    await holder.query("begin");
    // A process that is suspended does not hold it for ever.
    await holder.query("set local idle_in_transaction_session_timeout = '1h'");
    try {
      await holder.query("lock table public.clean_up in share update exclusive mode nowait");
    } catch (error) {
      if (hasCode(error, "database_locked")) return "busy";
      throw error;
    }
    return withClient(databaseUrl, (client) => work({ client, due }));
  });
}

/** Notes what is left to do of what was due, unless it is due again since. */
async function note(client: PostgresClient, account: string, due: Due, later: readonly string[]): Promise<void> {
  const values = [account, due.requests];
  await (later.length === 0
    ? client.query("delete from public.clean_up where account = $1 and requests = $2", values)
    : client.query("update public.clean_up set later = $3 where account = $1 and requests = $2", [...values, later]));
}

async function removeFormer({ client, due }: Turn, { directory, account }: Needs): Promise<CleanedUp> {
  let isDone = await isUnseen(client, due.next);
  const left: string[] = [];
  const large: string[] = [];
  for (const [table, columns] of Object.entries(CLEANED)) {
    const isSmall = (await bytesOf(client, table)) <= REWRITTEN;
    const isRewritten = isDone && isSmall && (await rewrite(client, `public.${table}`));
    if (!isSmall && directory !== null) large.push(table);
    else if (!isRewritten) {
      left.push(table);
      isDone &&= !isSmall;
      await client.query(`vacuum (index_cleanup on) public.${table}`);
    }
    await client.query(`analyze public.${table} (${columns.join(", ")})`);
  }
  // Statistics hold the most common values of a column. Most roles may not rewrite them.
  if (isDone && (await owns(client, "pg_catalog.pg_statistic"))) {
    isDone =
      (await isUnseen(client, await nextTransaction(client))) && (await rewrite(client, "pg_catalog.pg_statistic"));
  } else left.push("pg_statistic");
  if (!isDone) return { left: [...left, ...large, "pg_wal"], later: [] };
  if (directory !== null) await renewLog(client);
  await note(client, account, due, large);
  return { left: directory === null ? [...left, "pg_wal"] : left, later: large };
}

/** Rewrites the first of the large tables. Null: it is no time for it. */
async function rewriteNext(
  { client, due }: Turn,
  [table, ...later]: readonly string[],
  { directory, account }: Needs & { readonly directory: string },
): Promise<CleanedUp | null> {
  if (table === undefined) return null;
  const { bavail, bsize } = await statfs(directory);
  if (bavail * bsize < SPACE * (await bytesOf(client, table)) || !(await isQuiet(client))) return null;
  if (!(await isUnseen(client, due.next)) || !(await rewrite(client, `public.${table}`))) return null;
  if (later.length === 0) await renewLog(client);
  await note(client, account, due, later);
  return { left: [], later };
}

/** Whether no run and no request of an import is on its way, of any account: none has to wait until a table is rewritten. */
async function isQuiet(client: PostgresClient): Promise<boolean> {
  const { rowCount } = await client.query(
    `select from public.sync_run where state = 'running'
     union all select from public.applicant_import where state in ('sending', 'unknown') limit 1`,
  );
  return rowCount === 0;
}
