/** What was seen of a database, kept outside it: the highest number of steps that its outbox had made. */
import { hasCode } from "../../platform/errors.ts";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Numbers by name that only grow. A store that forgets makes us notice less, never more. */
export interface Marks {
  /** Null where nothing was kept. */
  readonly read: (name: string) => Promise<bigint | null>;
  readonly raise: (name: string, to: bigint) => Promise<void>;
}

/**
 * Marks as empty files whose names are the numbers: made at once or not at all, and several processes may raise the same one
 * without undoing each other's. They survive the process, not the machine: nothing waits for the disk.
 */
export function createFileMarks(directory: string): Marks {
  const folderOf = (name: string): string => join(directory, "seen", encodeURIComponent(`mark ${name}`));

  async function numbersIn(folder: string): Promise<readonly bigint[]> {
    try {
      const names = await readdir(folder);
      return names.filter((one) => /^\d{1,19}$/.test(one)).map(BigInt);
    } catch (error) {
      if (hasCode(error, "ENOENT")) return [];
      throw error;
    }
  }

  return {
    async read(name) {
      return (await numbersIn(folderOf(name))).reduce<bigint | null>(larger, null);
    },

    async raise(name, to) {
      const folder = folderOf(name);
      const before = await numbersIn(folder);
      if (before.some((one) => one >= to)) return;
      if (before.length === 0) {
        await mkdir(directory, { recursive: true });
        await mkdir(folder, { recursive: true, mode: 0o700 });
      }
      await writeFile(join(folder, String(to)), "");
      await Promise.all(before.map((one) => rm(join(folder, String(one)), { force: true })));
    },
  };
}

/** The larger of two numbers, where null is less than any. */
export function larger(one: bigint | null, other: bigint | null): bigint | null {
  if (one === null || other === null) return one ?? other;
  return one > other ? one : other;
}
