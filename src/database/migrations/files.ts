import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export interface Migration {
  /** Name of its directory, which starts with a time: `20261124000000_init`. */
  readonly name: string;
  readonly sql: string;
  /** SHA-256 of the file, in hexadecimal, as Prisma records it. */
  readonly checksum: string;
}

/** `prisma/migrations` of this package; the same three steps up from `src/database/migrations` and from `dist/database/migrations`. */
export const OUR_MIGRATIONS = fileURLToPath(new URL("../../../prisma/migrations", import.meta.url));

/** All migrations of a directory in the order in which they are to be applied, which is that of their names. */
export async function readMigrations(directory: string): Promise<readonly Migration[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  // By code unit, as Prisma does: the order must not depend on the machine's language.
  names.sort((a, b) => (a < b ? -1 : 1));
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(join(directory, name, "migration.sql"), "utf8");
      return { name, sql, checksum: checksumOf(sql) };
    }),
  );
}

/** Whether `checksum` is that of the migration with Unix or with Windows line endings, which Git may change. */
export function isChecksumOf(migration: Migration, checksum: string): boolean {
  const unix = migration.sql.replaceAll("\r\n", "\n");
  return [migration.sql, unix, unix.replaceAll("\n", "\r\n")].some((sql) => checksumOf(sql) === checksum);
}

function checksumOf(sql: string): string {
  return createHash("sha256").update(sql).digest("hex");
}
