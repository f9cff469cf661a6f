/**
 * The list of erasures outside the database: what a restored backup does not know. It holds hashes, ids and times, a line of JSON each,
 * and is only appended to. What only one of the two has is added to the other.
 */
import { constants, existsSync } from "node:fs";
import { mkdir, open, readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import type { Database } from "../../database/client.ts";
import { UsageError } from "../../platform/errors.ts";
import { ifThere, unusableFile } from "../../platform/files.ts";

const entrySchema = z.object({
  id: z.uuid(),
  account: z.string(),
  /** The host of the API: ids are those of one vendor's environment. */
  source: z.string(),
  at: z.iso.datetime(),
  what: z.enum(["erased", "suppressed", "unsuppressed"]),
  key: z.string(),
  /** Hashes. */
  emails: z.array(z.string()),
  applicants: z.array(z.string().regex(/^\d{1,19}$/)),
  ticket: z.string().nullable(),
});
export type ListEntry = z.infer<typeof entrySchema>;

/** Whose entries: a list may serve several accounts and databases. */
export interface ListOwner {
  readonly database: Database;
  readonly account: string;
  readonly source: string;
}

/** Where the list is kept. */
export interface ListFile {
  /** Null: no list is kept. */
  readonly list: string | null;
  /** A setting names it. */
  readonly isListNamed: boolean;
}

/** Appends what the database knows and the list does not, to the disk before this returns. Makes the list if there is none. */
export async function keepList(owner: ListOwner, { list }: ListFile): Promise<void> {
  if (list === null) return;
  const text = await readOrNull(list);
  const listed = new Set(text === null ? [] : entriesOf(list, text).map(({ id }) => id));
  const missing = (await entriesIn(owner)).filter(({ id }) => !listed.has(id));
  if (text !== null && missing.length === 0) return;
  // A line that a killed process left unfinished ends here: it is written again.
  const start = text === null || text === "" || text.endsWith("\n") ? "" : "\n";
  const lines = missing.map((entry) => `${JSON.stringify(entry)}\n`).join("");
  try {
    await mkdir(dirname(list), { recursive: true });
    const file = await open(list, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT, 0o600);
    try {
      await file.appendFile(start + lines);
      await file.sync();
    } finally {
      await file.close();
    }
    if (text === null) await syncDirectory(dirname(list));
  } catch (error) {
    throw unusable(list, error);
  }
}

/**
 * The entries of the list that the database lacks, oldest first: it was restored from a backup before them. Throws
 * `erasure_list_missing` if the list was here, as far as is known, and `erasure_list_unusable` if it cannot be read: nobody can say who
 * would come back.
 */
export async function unknownEntries(owner: ListOwner, { list, isListNamed }: ListFile): Promise<readonly ListEntry[]> {
  if (list === null) return [];
  const text = await readOrNull(list);
  const known = new Set((await entriesIn(owner)).map(({ id }) => id));
  if (text === null) {
    // The watermark of a worker stands beside the list: that directory is no new one.
    if (known.size > 0 && (isListNamed || existsSync(join(dirname(list), "seen")))) throw missingList(list, known.size);
    return [];
  }
  return entriesOf(list, text).filter(
    ({ id, account, source }) => account === owner.account && source === owner.source && !known.has(id),
  );
}

/**
 * Returns a function that reads the id of the latest entry of the list, which the database has unless it was restored; null: there is none.
 * The list is read when it has changed. While it is away, the latest entry is the one that was known.
 */
export function createLatest({ account, source }: Omit<ListOwner, "database">, { list }: ListFile) {
  let known = { version: "", id: null as string | null };
  return async (): Promise<string | null> => {
    const version = list === null ? null : await versionOf(list);
    if (list === null || version === null || version === known.version) return known.id;
    const own = entriesOf(list, (await readOrNull(list)) ?? "").filter(
      (entry) => entry.account === account && entry.source === source,
    );
    const latest = own.reduce<ListEntry | null>(
      (one, other) => (one !== null && one.at > other.at ? one : other),
      null,
    );
    known = { version, id: latest?.id ?? known.id };
    return known.id;
  };
}

/** Changes with the content of a file; null where there is none. */
async function versionOf(path: string): Promise<string | null> {
  const found = await orUnusable(path, stat(path));
  return found && `${found.ino} ${found.size} ${found.mtimeMs}`;
}

async function entriesIn({ database, account, source }: ListOwner): Promise<readonly ListEntry[]> {
  const rows = await database.erasure.findMany({ where: { account }, orderBy: [{ at: "asc" }, { id: "asc" }] });
  return rows.map(({ id, at, what, keyId, emails, applicants, ticket }) =>
    entrySchema.parse({
      id,
      account,
      source,
      at: at.toISOString(),
      what,
      key: keyId,
      emails,
      applicants: applicants.map(String),
      ticket,
    }),
  );
}

const readOrNull = (path: string) => orUnusable(path, readFile(path, "utf8"));

/** Null where there is no such file. */
async function orUnusable<T>(path: string, asked: Promise<T>): Promise<T | null> {
  return ifThere(asked).catch((error: unknown) => {
    throw unusable(path, error);
  });
}

function entriesOf(path: string, text: string): readonly ListEntry[] {
  const lines = text.split("\n");
  return lines.flatMap((line, index) => {
    if (line.trim() === "") return [];
    const entry = readEntry(line);
    if (entry !== null) return [entry];
    // Of a process that was killed while it wrote. The database has the entry.
    if (!line.endsWith("}")) return [];
    throw new UsageError(
      "erasure_list_unusable",
      `Line ${index + 1} of the list of erasures ${path} is none of an erasure: put the file back as it was. Nothing was started, because erased people would come back.`,
    );
  });
}

function readEntry(line: string): ListEntry | null {
  try {
    return entrySchema.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    return null;
  }
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, "r");
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

export function missingList(path: string, entries: number): UsageError {
  return new UsageError(
    "erasure_list_missing",
    `The list of erasures ${path} is missing, though ${entries} ${entries === 1 ? "erasure or suppression is" : "erasures and suppressions are"} known: ` +
      "after a restore, erased people would come back. Put it back. If it is lost, and the database was not restored, make an empty file " +
      "there: it is filled from the database.",
  );
}

function unusable(path: string, cause: unknown): unknown {
  return unusableFile(
    "erasure_list_unusable",
    cause,
    (code) =>
      `The list of erasures ${path} cannot be used (${code}): make it a file that this user may read and write, or set ERASURE_LIST.`,
  );
}
