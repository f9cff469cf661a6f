import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { hasCode } from "../../platform/errors.ts";

/*
 * A directory with one empty file for each process that uses something. The name of a file says whether its process still runs, so
 * that any process can remove the file of a killed one at any time, without a race.
 */

/** Registers this process. Returns the path of its entry, for `leave`. */
export async function enter(directory: string): Promise<string> {
  const entry = join(directory, [process.pid, startOf(process.pid) ?? 0, randomBytes(4).toString("hex")].join("-"));
  await writeFile(entry, "", { flag: "wx", mode: 0o600 });
  return entry;
}

export async function leave(entry: string): Promise<void> {
  await rm(entry, { force: true });
}

/** The entries of running processes; removes the others. */
export async function present(directory: string): Promise<readonly string[]> {
  const names = await readdir(directory);
  const dead = names.filter((name) => !ownerLives(name));
  await Promise.all(dead.map((name) => leave(join(directory, name))));
  return names.filter((name) => !dead.includes(name)).map((name) => join(directory, name));
}

/**
 * Runs `work` while no other process of ours does so on this directory. Each process registers first and looks for others afterwards, so
 * that of two at least one sees the other and tries again. `onWait` is called once if the wait exceeds about a second.
 */
export async function withLock<T>(directory: string, work: () => Promise<T>, onWait: () => void): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    const mine = await enter(directory);
    try {
      const others = (await present(directory)).filter((entry) => entry !== mine);
      if (others.length === 0) return await work();
    } finally {
      await leave(mine);
    }
    if (attempt === 20) onWait();
    await delay(20 + Math.random() * 60);
  }
}

function ownerLives(name: string): boolean {
  const [pid, start] = name.split("-");
  if (!isRunning(Number(pid))) return false;
  const now = startOf(Number(pid));
  // The process id may belong to another process by now.
  return now === null || start === "0" || now === start;
}

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return hasCode(error, "EPERM");
  }
}

/** When the process began, in ticks since boot; `dead` for a zombie, null if the system does not report it. */
function startOf(pid: number): string | null {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(")").at(-1)?.trim().split(" ") ?? [];
    return fields[0] === "Z" ? "dead" : (fields[19] ?? null);
  } catch {
    return null;
  }
}
