import { execFile } from "node:child_process";
import { once } from "node:events";
import { readFile, rm, stat } from "node:fs/promises";
import { connect } from "node:net";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import type { DataDirectory } from "./directory.ts";
import { ifThere } from "../../platform/files.ts";
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
  const { pid, port, ready, holder } = await readPidFile(directory);
  if (holder === "none") return null;
  // A server that starts has no port yet.
  if (holder === "unclear" && port !== null && !(await listens(port))) return null;
  return { pid, port, ready };
}

/**
 * Removes the `postmaster.pid` of a server that has ended. Postgres refuses to start if the process id in it now belongs to
 * another process of the same user, which is common in containers. It still detects remaining processes of its own
 * through shared memory. If the process may be the server, the file stays: a server whose file is gone shuts down.
 */
export async function forgetDeadPostmaster(directory: DataDirectory): Promise<void> {
  const { holder } = await readPidFile(directory);
  if (holder === "none") await rm(join(directory.cluster, "postmaster.pid"), { force: true });
}

/**
 * Whether the process of a `postmaster.pid` is the server. Unclear: it runs, but the system hides what it is, as it does from a
 * service of systemd (`ProtectProc`, `PrivateUsers`) and with the mount option `hidepid`.
 */
type Holder = "server" | "none" | "unclear";

interface PidFile extends Postmaster {
  readonly holder: Holder;
}

async function readPidFile({ cluster }: DataDirectory): Promise<PidFile> {
  const lines = ((await ifThere(readFile(join(cluster, "postmaster.pid"), "utf8"))) ?? "")
    .split("\n")
    .map((line) => line.trim());
  const [pid, port] = [Number(lines[0]), Number(lines[3])];
  const holder = pid > 0 && isRunning(pid) ? await holderOf(pid, cluster) : "none";
  return { pid, port: port > 0 ? port : null, ready: lines[7] === "ready", holder };
}

/** What the running process `pid` is to `cluster`. */
async function holderOf(pid: number, cluster: string): Promise<Holder> {
  if (process.platform === "win32") return "server";
  if (process.platform !== "linux") return holderByPs(pid, cluster);
  // Its working directory is decisive, whatever its path reads there or here (links, chroot, mounts).
  const [theirs, ours] = await Promise.all([stat(`/proc/${pid}/cwd`).catch(() => null), stat(cluster)]);
  if (theirs !== null) return theirs.dev === ours.dev && theirs.ino === ours.ino ? "server" : "none";
  // In most containers even root cannot read that of another user.
  const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => null);
  if (command === null) return "unclear";
  const [program = "", ...args] = command.split("\0");
  if (basename(program) !== "postgres") return "none";
  return args.includes(cluster) ? "server" : "unclear";
}

async function holderByPs(pid: number, cluster: string): Promise<Holder> {
  const { stdout } = await promisify(execFile)("ps", ["-o", "command=", "-p", String(pid)]).catch(() => ({
    stdout: "",
  }));
  if (!stdout.includes("postgres")) return stdout === "" ? "unclear" : "none";
  return stdout.includes(cluster) ? "server" : "unclear";
}

/** Whether a server accepts connections to `port` on this machine. */
async function listens(port: number): Promise<boolean> {
  const socket = connect({ port, host: "127.0.0.1" });
  return once(socket, "connect")
    .then(
      () => true,
      () => false,
    )
    .finally(() => socket.destroy());
}
