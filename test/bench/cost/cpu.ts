import { readdir, readFile } from "node:fs/promises";
import { UsageError } from "../../../src/platform/errors.ts";

/** What Linux counts in: USER_HZ is 100 on every architecture that Node runs on. */
const TICK_MS = 10;

interface Stat {
  readonly parent: number;
  /** Of the process itself, milliseconds. */
  readonly own: number;
  /** Of its children that have ended, milliseconds. */
  readonly ended: number;
}

/** CPU of a process, user and system, in milliseconds; with `children`, of those too, also of those that have ended. */
export async function cpuOf(pid: number, { children = false } = {}): Promise<number> {
  const stat = await statOf(pid);
  if (stat === null) throw new UsageError("no_proc", "Only Linux tells the CPU of a process.");
  if (!children) return stat.own;
  const names = await readdir("/proc");
  const others = await Promise.all(names.filter((name) => /^\d+$/.test(name)).map((name) => statOf(Number(name))));
  const living = others.filter((other) => other?.parent === pid).reduce((sum, other) => sum + (other?.own ?? 0), 0);
  return stat.own + stat.ended + living;
}

export async function parentOf(pid: number): Promise<number> {
  return (await statOf(pid))?.parent ?? 0;
}

/** https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html; null: there is no such process, or no /proc. */
async function statOf(pid: number): Promise<Stat | null> {
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => null);
  if (text === null) return null;
  // The name of the command stands in parentheses, and may hold spaces: the fields after it begin with the third.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const field = (number: number) => Number(fields[number - 3]);
  return {
    parent: field(4),
    own: (field(14) + field(15)) * TICK_MS,
    ended: (field(16) + field(17)) * TICK_MS,
  };
}
