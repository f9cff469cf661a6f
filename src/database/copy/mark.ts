import { stat } from "node:fs/promises";
import { join } from "node:path";

/**
 * What tells the directory of an embedded database from a copy of it, which has the same content: the file that Postgres overwrites
 * for as long as the database lives. A directory that is moved or mounted elsewhere keeps it.
 */
export async function directoryIdOf(directory: string): Promise<string> {
  const { ino, birthtimeMs } = await stat(join(directory, "global", "pg_control"), { bigint: true });
  return `${ino}:${birthtimeMs}`;
}
