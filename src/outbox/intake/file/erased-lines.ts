/** Takes the lines of erased people out of the files of rejected lines that `import --errors` wrote on this machine. */
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { resolve } from "node:path";
import type { Database } from "../../../database/client.ts";
import { addressesIn } from "../../../platform/email-key.ts";
import { hasCode } from "../../../platform/errors.ts";
import type { IntakeSettings } from "../../context.ts";
import { suppressedEmails } from "../../import/suppressed.ts";

/** Addresses of one query. */
const BATCH = 5_000;

/** Notes where a file of rejected lines begins. */
export async function noteErrorsFile(database: Database, account: string, path: string): Promise<void> {
  const file = { account, host: hostname(), path: resolve(path) };
  await database.importErrorsFile.createMany({ data: file, skipDuplicates: true });
}

/** Forgets a file that was removed because no line was rejected. */
export async function forgetErrorsFile(database: Database, account: string, path: string): Promise<void> {
  await database.importErrorsFile.deleteMany({ where: { account, host: hostname(), path: resolve(path) } });
}

/**
 * Removes each line with an e-mail of a suppressed person, in any spelling. A file of which only the header is left goes, and one that
 * somebody removed is forgotten. Done again, it finds nothing more to do: the suppression alone shows whose lines they are.
 */
export async function dropErasedLines(
  database: Database,
  settings: Pick<IntakeSettings, "account" | "keyring">,
): Promise<void> {
  const { account } = settings;
  const files = await database.importErrorsFile.findMany({ where: { account, host: hostname() } });
  for (const { path } of files) {
    try {
      if (!(await dropFrom(database, settings, path))) await forgetErrorsFile(database, account, path);
    } catch (error) {
      // The file of another user: whoever erases as that user finds it still noted.
      if (!hasCode(error, "EACCES", "EPERM", "EROFS")) throw error;
    }
  }
}

/** Returns whether the file is still there. */
async function dropFrom(
  database: Database,
  settings: Pick<IntakeSettings, "account" | "keyring">,
  path: string,
): Promise<boolean> {
  const text = await readOrNull(path);
  if (text === null) return false;
  const isJson = /\.(jsonl|ndjson)$/.test(path);
  const lines = text.match(isJson ? /[^\n]*\n|[^\n]+$/g : CSV_RECORD)?.filter((line) => line !== "") ?? [];
  const addresses = lines.map((line) => addressesIn(line));
  const all = [...new Set(addresses.flat())];
  const erased = new Set<string>();
  for (let from = 0; from < all.length; from += BATCH) {
    for (const one of await suppressedEmails(database, settings, all.slice(from, from + BATCH))) erased.add(one);
  }
  const kept = lines.filter((_, n) => !(addresses[n] ?? []).some((one) => erased.has(one)));
  if (kept.length === lines.length) return true;
  if (kept.length === (isJson ? 0 : 1)) {
    await rm(path, { force: true });
    return false;
  }
  const next = `${path}.next`;
  await writeFile(next, kept.join(""), { mode: 0o600 });
  await rename(next, path);
  return true;
}

/** A line of a CSV with the line breaks that its quoted cells hold. */
const CSV_RECORD = /(?:[^"\n]+|"[^"]*"?)*\n?/g;

async function readOrNull(path: string): Promise<string | null> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTDIR", "EISDIR")) return null;
    throw error;
  }
}
