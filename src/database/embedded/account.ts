import type { Stats } from "node:fs";
import { readFile, realpath, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { hasCode } from "../../platform/errors.ts";

/** The user under which the server runs if we are root, because Postgres refuses to run as root. */
export interface ServerAccount {
  readonly uid: number;
  readonly gid: number;
}

const CANDIDATES = ["postgres", "nobody"] as const;
const LAST_RESORT: ServerAccount = { uid: 65534, gid: 65534 };

export function weAreRoot(): boolean {
  return process.getuid?.() === 0;
}

/** `postgres` if the machine has such a user, else `nobody`. */
export async function unprivilegedAccount(passwdFile = "/etc/passwd"): Promise<ServerAccount> {
  const passwd = await readFile(passwdFile, "utf8").catch(() => "");
  const entries = passwd.split("\n").map((line) => line.split(":"));
  for (const name of CANDIDATES) {
    const entry = entries.find(([user]) => user === name);
    const [uid, gid] = [Number(entry?.[2]), Number(entry?.[3])];
    if (uid > 0 && gid > 0) return { uid, gid };
  }
  return LAST_RESORT;
}

/** The account that owns `path`; null when there is no such path or root owns it. */
export async function ownerOf(path: string): Promise<ServerAccount | null> {
  try {
    const { uid, gid } = await stat(path);
    return uid === 0 ? null : { uid, gid };
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTDIR")) return null;
    throw error;
  }
}

/** Whether `account` may pass through every existing directory on the way to `path`, `path` included. */
export async function canEnter(path: string, account: ServerAccount): Promise<boolean> {
  const parent = dirname(path);
  const found = await stat(path).catch(() => null);
  if (found && !allowsTraversal(found, account)) return false;
  return parent === path || canEnter(found ? dirname(await realpath(path)) : parent, account);
}

function allowsTraversal(found: Stats, account: ServerAccount): boolean {
  // A file in place of a directory: creating the directory will fail with its own message.
  if (!found.isDirectory()) return true;
  const bit = found.uid === account.uid ? 0o100 : found.gid === account.gid ? 0o010 : 0o001;
  return (found.mode & bit) !== 0;
}

/** `path` without symbolic links in its existing part. */
export async function realPathOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    const parent = dirname(path);
    if (!hasCode(error, "ENOENT") || parent === path) return path;
    return join(await realPathOf(parent), basename(path));
  }
}
