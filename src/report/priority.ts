/** The priority of reports beside a sync, on the machine that both share: that of the embedded Postgres. */
import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { constants, setPriority } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { preparedSql, sql, type Database } from "../database/client.ts";
import { withoutPrisma } from "../database/statements.ts";
import { hasCode } from "../platform/errors.ts";

const LOWEST = constants.priority.PRIORITY_LOW;
/** A page of a sync comes every half second: no new reader disturbs more than one. */
const EVERY_MS = 250;

/**
 * Lets reports have the processor time that a sync leaves: the sessions of roles that were granted reports get the lowest priority, for
 * good, within a quarter of a second. Returns what ends that.
 */
export function yieldReports(database: Database): () => void {
  const over = new AbortController();
  const lowered = new Set<number>();
  void (async () => {
    while (!over.signal.aborted) {
      const pids = await readers(database).catch((): readonly number[] => []);
      const news = pids.filter((pid) => !lowered.has(pid));
      const done = await Promise.all(news.map(lower));
      for (const [i, pid] of news.entries()) if (done[i] === true) lowered.add(pid);
      for (const pid of lowered) if (!pids.includes(pid)) lowered.delete(pid);
      await sleep(EVERY_MS, undefined, { signal: over.signal, ref: false }).catch(() => {});
    }
  })();
  return () => over.abort();
}

/** The server processes of the roles that were granted reports, as the grant says it: their own settings are theirs to change. */
async function readers(database: Database): Promise<readonly number[]> {
  const rows = await withoutPrisma(database).$queryRaw<{ pid: number }[]>(
    preparedSql(sql`
    select a.pid from pg_catalog.pg_stat_activity a
    where a.datname = current_database() and exists (
      select from pg_catalog.pg_default_acl d, aclexplode(d.defaclacl) g
      where d.defaclnamespace = to_regnamespace('report') and g.grantee = a.usesysid)`),
  );
  return rows.map(({ pid }) => pid);
}

/**
 * Returns whether it has that priority now. It has not where it ended, where its server belongs to another user, or where Linux wants
 * a tenth of a second between two such changes of who is not root.
 */
async function lower(pid: number): Promise<boolean> {
  try {
    setPriority(pid, LOWEST);
    if (process.platform === "linux") {
      // A processor that runs only idle tasks counts as free where a page write wakes up. Some systems have no such program.
      await promisify(execFile)("chrt", ["-i", "-p", "0", String(pid)]).catch(() => {});
      // Linux weighs sessions against each other, and each process of Postgres is a session: there, priority counts within one alone.
      await writeFile(`/proc/${pid}/autogroup`, String(LOWEST));
    }
    return true;
  } catch (error) {
    // A kernel without such groups.
    return hasCode(error, "ENOENT");
  }
}
