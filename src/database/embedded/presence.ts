import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

/*
 * Who is here: a directory with one empty file per holder, named after its process. A name tells whether its process still lives, so
 * what a killed process left behind counts for nothing and can be removed by anyone, at any time, without a race.
 */

/** Signs this process in; returns the path of the entry, to be handed to `leave`. */
export async function enter(directory: string): Promise<string> {
  const entry = join(directory, [process.pid, startOf(process.pid) ?? 0, randomBytes(4).toString("hex")].join("-"));
  await writeFile(entry, "", { flag: "wx", mode: 0o600 });
  return entry;
}

export async function leave(entry: string): Promise<void> {
  await rm(entry, { force: true });
}

/** The entries of processes that live; removes those of processes that do not. */
export async function present(directory: string): Promise<readonly string[]> {
  const names = await readdir(directory);
  const dead = names.filter((name) => !ownerLives(name));
  await Promise.all(dead.map((name) => leave(join(directory, name))));
  return names.filter((name) => !dead.includes(name)).map((name) => join(directory, name));
}

/**
 * Runs `work` while no other process of ours does the same on this directory. Each contender signs in first and looks around afterwards, so
 * of two at least one sees the other and steps back. `onWait` is called once when the wait exceeds about a second.
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
  // The number may have been assigned to another process since.
  return now === null || start === "0" || now === start;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** When the process began, in ticks since boot, `dead` for a zombie; null where the system does not tell. */
function startOf(pid: number): string | null {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(")").at(-1)?.trim().split(" ") ?? [];
    return fields[0] === "Z" ? "dead" : (fields[19] ?? null);
  } catch {
    return null;
  }
}
