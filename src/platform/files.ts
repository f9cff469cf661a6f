/** What the system says of files. */
import { open } from "node:fs/promises";
import { codeOf, hasCode, UsageError } from "./errors.ts";

/** What was asked of a file; null: there is no such file. */
export async function ifThere<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (hasCode(error, "ENOENT")) return null;
    throw error;
  }
}

/** The error for a file that the system does not let us use, by its code; itself for anything else. */
export function unusableFile(code: string, cause: unknown, message: (systemCode: string) => string): unknown {
  if (!hasCode(cause, "EACCES", "EPERM", "EROFS", "ENOTDIR", "EISDIR", "ENOSPC")) return cause;
  return new UsageError(code, message(codeOf(cause) ?? ""), { cause });
}

/** Writes a file that is not there yet, which only its user may read. `refused`: the error for one that cannot be created. */
export async function writeNew(
  path: string,
  content: string | Buffer,
  refused: (cause: unknown) => UsageError,
): Promise<void> {
  const file = await open(path, "wx", 0o600).catch((cause: unknown) => {
    throw refused(cause);
  });
  try {
    await file.writeFile(content);
  } finally {
    await file.close();
  }
}
