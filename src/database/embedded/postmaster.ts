import { execFile } from "node:child_process";
import { readFile, readlink, realpath, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import type { DataDirectory } from "./directory.ts";
import { hasCode } from "../../platform/errors.ts";
import { isRunning } from "./presence.ts";

/** The server process of a data directory, from its `postmaster.pid`. */
export interface Postmaster {
  readonly pid: number;
  /** Not known in the first moments of a start. */
  readonly port: number | null;
  readonly ready: boolean;
}

/** The server that runs on this data directory, started by a living process or not; null if there is none. */
export async function findPostmaster(directory: DataDirectory): Promise<Postmaster | null> {
  const lines = await readPidFile(directory);
  const pid = Number(lines[0]);
  if (!(pid > 0) || !(await isPostgres(pid, directory.cluster))) return null;
  const port = Number(lines[3]);
  return { pid, port: port > 0 ? port : null, ready: lines[7] === "ready" };
}

/**
 * Removes the `postmaster.pid` of a server that has ended. Postgres refuses to start if the process id in it now belongs to
 * another process of the same user, which is common in containers. It still detects remaining processes of its own
 * through shared memory.
 */
export async function forgetDeadPostmaster(directory: DataDirectory): Promise<void> {
  if ((await findPostmaster(directory)) === null) await rm(join(directory.cluster, "postmaster.pid"), { force: true });
}

async function readPidFile(directory: DataDirectory): Promise<readonly string[]> {
  try {
    const text = await readFile(join(directory.cluster, "postmaster.pid"), "utf8");
    return text.split("\n").map((line) => line.trim());
  } catch (error) {
    if (hasCode(error, "ENOENT")) return [];
    throw error;
  }
}

/** Whether process `pid` is a running Postgres server of `cluster`. */
async function isPostgres(pid: number, cluster: string): Promise<boolean> {
  if (process.platform === "linux") {
    // The working directory is decisive, but in most containers even root cannot read that of another user.
    const directory = await readlink(`/proc/${pid}/cwd`).catch(() => null);
    if (directory !== null) return directory === (await realpath(cluster));
    const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
    return isServerOf(command.split("\0"), cluster);
  }
  if (process.platform === "win32") return isRunning(pid);
  const { stdout } = await promisify(execFile)("ps", ["-o", "command=", "-p", String(pid)]).catch(() => ({
    stdout: "",
  }));
  return stdout.includes("postgres") && stdout.includes(cluster);
}

function isServerOf(command: readonly string[], cluster: string): boolean {
  return basename(command[0] ?? "") === "postgres" && command.includes(cluster);
}
