import { chmod, chown, open, rename, stat, writeFile } from "node:fs/promises";
import type { DataDirectory } from "./directory.ts";

const ROTATE_BYTES = 10_000_000;
const TAIL_BYTES = 8_000;

/** Makes the log file ready for the server's account, puts a long one aside; returns its length in bytes. */
export async function prepareLog(directory: DataDirectory): Promise<number> {
  const size = await stat(directory.log).then(
    (found) => found.size,
    () => 0,
  );
  if (size > ROTATE_BYTES) await rename(directory.log, `${directory.log}.1`);
  await writeFile(directory.log, "", { flag: "a", mode: 0o600 });
  await chmod(directory.log, 0o600);
  if (directory.account) await chown(directory.log, directory.account.uid, directory.account.gid);
  return size > ROTATE_BYTES ? 0 : size;
}

/** The last lines, at most 20, that were written after byte `from`. */
export async function readLogTail(directory: DataDirectory, from: number): Promise<string> {
  const file = await open(directory.log, "r");
  try {
    const { size } = await file.stat();
    const start = Math.max(from, size - TAIL_BYTES);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.max(0, size - start)), 0, null, start);
    return buffer.toString("utf8", 0, bytesRead).trim().split("\n").slice(-20).join("\n");
  } finally {
    await file.close();
  }
}
