/** The priority of reports beside a sync, on the machine that both share: that of the embedded Postgres. */
import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { constants, setPriority } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { preparedSql, sql, type Database } from "../database/client.ts";
import { withoutPrisma } from "../database/statements.ts";
import { hasCode } from "../platform/errors.ts";
import { idleGroup } from "./idle-group.ts";

const LOWEST = constants.priority.PRIORITY_LOW;
/** A page of a sync comes every half second: no new reader disturbs more than one. */
const EVERY_MS = 250;
const BUSY_MS = 100;

/**
 * Lets reports have the processor time that a sync leaves: the sessions of roles that were granted reports get the lowest priority, for
 * good, as far as the system allows it. Returns what ends that.
 */
export function yieldReports(database: Database): () => void {
  const over = new AbortController();
  const moveToIdle = idleGroup();
  let known: ReadonlySet<number> = new Set();
  void (async () => {
    while (!over.signal.aborted) {
      const pids = await readers(database).catch((): readonly number[] => [...known]);
      const news = pids.filter((pid) => !known.has(pid));
      known = new Set(pids);
      await Promise.all(news.map((pid) => Promise.all([lower(pid), moveToIdle(pid)])));
      for (const pid of news) await lowerGroup(pid, over.signal);
      await pause(EVERY_MS, over.signal);
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

/** A process that has ended needs none, and one of another user keeps its own. */
async function lower(pid: number): Promise<void> {
  try {
    setPriority(pid, LOWEST);
  } catch {
    return;
  }
  // A processor that runs only idle tasks counts as free where a page write wakes up. Some systems have no such program.
  if (process.platform === "linux") await promisify(execFile)("chrt", ["-i", "-p", "0", String(pid)]).catch(() => {});
}

/**
 * Linux weighs sessions against each other, and each process of Postgres is a session: there, priority counts within one alone. It
 * wants a tenth of a second between two changes of their weight by whoever is not root.
 */
async function lowerGroup(pid: number, signal: AbortSignal): Promise<void> {
  if (process.platform !== "linux") return;
  const file = `/proc/${pid}/autogroup`;
  const write = async (): Promise<boolean> => {
    const text = await readFile(file, "utf8");
    if (!text.includes(`nice ${LOWEST}`)) await writeFile(file, String(LOWEST));
    return true;
  };
  // Another of our processes may lower them at the same time.
  while (!signal.aborted && !(await write().catch((error: unknown) => !hasCode(error, "EAGAIN"))))
    await pause(BUSY_MS, signal);
}

const pause = (ms: number, signal: AbortSignal) => sleep(ms, undefined, { signal, ref: false }).catch(() => {});
