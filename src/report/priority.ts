/** The priority of reports beside a sync, on the machine that both share: that of the embedded Postgres. */
import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { constants, setPriority } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import type { Database } from "../database/client.ts";
import { hasCode } from "../platform/errors.ts";

const LOWEST = constants.priority.PRIORITY_LOW;
const EVERY_MS = 2_000;
/** Linux lets who is not root change one group in a tenth of a second. */
const BETWEEN_GROUPS_MS = 120;

/**
 * Lets reports have the processor time that a sync leaves: every two seconds, the sessions of roles that were granted reports get the
 * lowest priority, for good. Returns what ends that.
 */
export function yieldReports(database: Database): () => void {
  const over = new AbortController();
  const lowered = new Set<number>();
  void (async () => {
    while (!over.signal.aborted) {
      const pids = await readers(database).catch((): readonly number[] => []);
      for (const pid of pids) {
        if (lowered.has(pid) || over.signal.aborted) continue;
        if (await lower(pid)) lowered.add(pid);
        await sleep(BETWEEN_GROUPS_MS);
      }
      for (const pid of lowered) if (!pids.includes(pid)) lowered.delete(pid);
      await sleep(EVERY_MS, undefined, { signal: over.signal, ref: false }).catch(() => {});
    }
  })();
  return () => over.abort();
}

/** The server processes of the roles that were granted reports, as the grant says it: their own settings are theirs to change. */
async function readers(database: Database): Promise<readonly number[]> {
  const rows = await database.$queryRaw<{ pid: number }[]>`
    select a.pid from pg_catalog.pg_stat_activity a
    where a.datname = current_database() and exists (
      select from pg_catalog.pg_default_acl d, aclexplode(d.defaclacl) g
      where d.defaclnamespace = to_regnamespace('report') and g.grantee = a.usesysid)`;
  return rows.map(({ pid }) => pid);
}

/** Returns whether it has that priority now. It has not where it ended, or where its server belongs to another user. */
async function lower(pid: number): Promise<boolean> {
  try {
    setPriority(pid, LOWEST);
    if (process.platform === "linux") {
      // A processor that runs only idle tasks counts as free where a page write wakes up. Measured beside 8 readers: its p99 is 1.4 times that without them, and 2.0 times
      // where the system has no such program.
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
