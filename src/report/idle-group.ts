/** A control group of Linux for processes that leave the processor at once to those of the groups beside it. */
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { hasCode } from "../platform/errors.ts";

const ROOT = "/sys/fs/cgroup";
const IDLE = "applicant-sync-reports";
const OTHERS = "applicant-sync";
const PROCESSES = "cgroup.procs";
const FLAG = "cpu.idle";
/** What was started meanwhile is found when the group is read again. */
const READS = 10;

/**
 * Returns what moves a process into the group, as far as it can. The group is made when it is first needed, where this process may make
 * one, and stays, empty. Beside tasks that are idle by themselves, one that woke up was seen to wait for three ticks of them (Linux 6.18);
 * an idle group (Linux 5.15) leaves at once. Source: docs.kernel.org/admin-guide/cgroup-v2.html (cpu.idle).
 */
export function idleGroup(): (pid: number) => Promise<void> {
  // Not tried again: once divided, the group of this process is another one.
  let group: Promise<string> | null = null;
  return async (pid) => {
    try {
      await writeFile(join(await (group ??= make()), PROCESSES), String(pid));
    } catch {
      // The process has ended, or there is no such group.
    }
  };
}

async function make(): Promise<string> {
  const group = join(await findParent(), IDLE);
  await makeDirectory(group);
  await writeFile(join(group, FLAG), "1");
  return group;
}

/**
 * The control group that may have groups within it: with version 2, that of a service to which systemd delegates it (`Delegate=cpu`); with
 * version 1, the uppermost, for root. Throws what the system says, or that it is not ours.
 */
async function findParent(): Promise<string> {
  const lines = (await readFile("/proc/self/cgroup", "utf8")).split("\n");
  // `number:controllers:/path`; version 2 has no controllers there.
  const groups = lines.map((line) => /^\d+:(?<controllers>[^:]*):(?<path>.*)$/.exec(line)?.groups);
  const pathOf = (controller: string) =>
    groups.find((one) => one?.["controllers"]?.split(",").includes(controller))?.["path"];
  const first = pathOf("cpu");
  // Further down, the reports would leave the limits of this process, or stand beside its tasks.
  if (first !== undefined && first !== "/") throw new Error("not the uppermost");
  if (first !== undefined) return join(ROOT, "cpu");
  const second = join(ROOT, pathOf("") ?? "");
  await divide(second);
  return second;
}

/**
 * Makes a group of version 2 ready for groups within it, which is allowed where no process is left in itself.
 * Source: docs.kernel.org/admin-guide/cgroup-v2.html (No Internal Process Constraint), systemd.io/CGROUP_DELEGATION.
 */
async function divide(group: string): Promise<void> {
  // A group of an ordinary user was delegated, and what else runs in that of a service was started by its first process.
  const { uid } = await stat(join(group, PROCESSES));
  if (uid === 0 || process.ppid !== 1) throw new Error("not delegated");
  await stat(join(group, FLAG));
  const leaf = join(group, OTHERS);
  await makeDirectory(leaf);
  for (let read = 1; read <= READS; read += 1) {
    const pids = (await readFile(join(group, PROCESSES), "utf8")).split("\n").filter((pid) => pid !== "");
    for (const pid of pids)
      await writeFile(join(leaf, PROCESSES), pid).catch((error: unknown) => {
        if (!hasCode(error, "ESRCH")) throw error;
      });
  }
  await writeFile(join(group, "cgroup.subtree_control"), "+cpu");
}

async function makeDirectory(path: string): Promise<void> {
  await mkdir(path).catch((error: unknown) => {
    if (!hasCode(error, "EEXIST")) throw error;
  });
}
