/** What Postgres keeps of former rows in its files, and how that goes. */
import { withClient } from "../../database/connect.ts";
import { hasCode } from "../../platform/errors.ts";
import { TABLES_OF_PEOPLE } from "../find/rows.ts";

const TABLES = [...TABLES_OF_PEOPLE, "import_request"] as const;
/** Larger tables are not written anew beside a running worker: that would keep it waiting for many seconds. In bytes. */
const REWRITTEN = 64 * 1024 * 1024;
const LOCK_MS = 5_000;
/** Files of the write-ahead log that were kept to be used again: the least that Postgres keeps is five. */
const MOST_WAL_FILES = 32;

export interface CleanedUp {
  /** Tables in whose files former values stay until they are written over, because nothing rewrote them. */
  readonly left: readonly string[];
}

interface Postgres {
  readonly databaseUrl: string;
  /** Ours: its files are our concern, too. */
  readonly isEmbedded: boolean;
}

/**
 * Removes former rows of the tables of people and what statistics hold of them. In the embedded Postgres the tables are written anew and the
 * former write-ahead log goes, so that its files hold nothing of a person who was erased before. Runs after the transaction: what fails
 * here is done by the next call.
 */
export function cleanUp({ databaseUrl, isEmbedded }: Postgres): Promise<CleanedUp> {
  return withClient(databaseUrl, async (client) => {
    const run = async (text: string) => void (await client.query(text));
    if (!isEmbedded) {
      for (const table of TABLES) await run(`vacuum (analyze) public.${table}`);
      return { left: TABLES };
    }
    await run(`set lock_timeout = ${LOCK_MS}`);
    const left: string[] = [];
    for (const table of TABLES) {
      const { rows } = await client.query<{ bytes: string }>("select pg_total_relation_size($1::regclass) as bytes", [
        `public.${table}`,
      ]);
      const isSmall = Number(rows[0]?.bytes) <= REWRITTEN;
      if (!isSmall || !(await succeeds(() => run(`vacuum (full, analyze) public.${table}`)))) {
        await run(`vacuum (analyze) public.${table}`);
        left.push(table);
      }
    }
    // Statistics hold the most common values of a column.
    if (!(await succeeds(() => run("vacuum full pg_catalog.pg_statistic")))) left.push("pg_statistic");
    for (let files = MOST_WAL_FILES; files > 0; files -= 1) {
      await run("checkpoint");
      const { rows } = await client.query<{ files: number }>("select count(*)::int as files from pg_ls_waldir()");
      if (files < MOST_WAL_FILES && (rows[0]?.files ?? 0) <= 1) break;
      await run("select pg_logical_emit_message(false, 'applicant-sync', 'next file')");
      await run("select pg_switch_wal()");
    }
    return { left };
  });
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
