/** Reads a file of imports row by row, and adds its rows to the outbox. */
import { basename } from "node:path";
import type { Database } from "../../../database/client.ts";
import { addressesIn } from "../../../platform/email-key.ts";
import type { InputFault } from "../../import/faults.ts";
import { createHomes, type HomesOf } from "../../import/home-country.ts";
import { SUPPRESSED, suppressedEmails } from "../../import/suppressed.ts";
import { addImports } from "../add.ts";
import { checkRow, type BadRow, type CheckOptions, type GoodRow } from "./check.ts";
import type { ErrorsFile } from "./errors-file.ts";
import { createFileFinder } from "./find-file.ts";
import type { ImportFile } from "./rows.ts";

interface LineFault {
  readonly line: number;
  readonly field: string;
  /** In the language of the account's people. */
  readonly reason: string;
}

/** What a person should know about how values were read, and on how many lines. */
interface LineNote {
  readonly field: string;
  readonly reason: string;
  readonly lines: number;
  readonly first: number;
}

export interface ProcessFileOptions extends CheckOptions {
  readonly errors: ErrorsFile | null;
  readonly signal: AbortSignal;
  readonly onBytes?: (bytes: number) => void;
}

export interface FileSummary {
  /** Lines that are not blank, without the header. All but `rejected` of them were imported. */
  readonly lines: number;
  readonly rejected: number;
  /** The faults of the first rejected lines. */
  readonly faults: readonly LineFault[];
  /** About lines that were not rejected: what was assumed or left out. */
  readonly notes: readonly LineNote[];
  /** Reading was stopped: the lines that were read until then have been imported. */
  readonly stopped: boolean;
}

export interface FileImport extends FileSummary {
  /** New in the outbox. */
  readonly queued: number;
  /** In the outbox before, or earlier in the file: nothing was changed. */
  readonly known: number;
  /** Rejected before, and changed now. */
  readonly resubmitted: number;
  /** Of those new or resubmitted: how many a worker sends as soon as it may, and how many a person must release, by reason code. */
  readonly ready: number;
  readonly held: Readonly<Record<string, number>>;
}

/** Adds the imports of a file to the outbox, each batch in its own transaction. Importing a file twice changes nothing. */
export async function importFile(
  database: Database,
  file: ImportFile,
  options: ProcessFileOptions,
): Promise<FileImport> {
  const counts = { queued: 0, known: 0, resubmitted: 0 };
  const held: Record<string, number> = {};
  let ready = 0;
  const name = basename(file.path).normalize("NFC");
  const fromFile = ({ row, ...good }: GoodRow) => ({ ...good, origin: { file: name, line: row.line } });
  const homesOf = createHomes(options, (read) => read(database));
  const storeRows: StoreRows = async (rows) => {
    const added = await addImports(database, options, { intake: "file", bulk: true }, rows.map(fromFile));
    return added.map((one) => {
      if ("fault" in one) return one.fault;
      counts[one.outcome] += 1;
      if (one.outcome === "known") return null;
      if (one.state === "held") held[one.reasonCode ?? "held"] = (held[one.reasonCode ?? "held"] ?? 0) + 1;
      else ready += 1;
      return null;
    });
  };
  const suppressed: FindSuppressed = (emails) => suppressedEmails(database, options, emails);
  const summary = await processFile(file, options, storeRows, homesOf, suppressed);
  return { ...summary, ...counts, ready, held };
}

/** Stores good rows. Returns for each of them the fault that it finds, or null. */
export type StoreRows = (rows: readonly GoodRow[]) => Promise<readonly (InputFault | null)[]>;

/** Those of e-mails whose people are suppressed. */
type FindSuppressed = (emails: readonly string[]) => Promise<ReadonlySet<string>>;

/** The size of a batch: this many rows, or fewer if their resumes are large. */
const BATCH = { rows: 500, resumeBytes: 16_000_000 } as const;
const FAULTS_KEPT = 20;

/**
 * Reads a file once. Checks each row, passes the good ones to `store` in batches, and writes rejected rows to `errors`. While a batch is
 * stored the next one is checked; no more rows are kept in memory. `homesOf`: the countries of phone numbers that name none. A line
 * with an address of a suppressed person is counted and reported by its number; nothing of it is written.
 */
export async function processFile(
  file: ImportFile,
  options: ProcessFileOptions,
  store: StoreRows,
  homesOf: HomesOf = async () => () => null,
  suppressed: FindSuppressed = async () => new Set(),
): Promise<FileSummary> {
  const { errors, signal, onBytes } = options;
  const faults: LineFault[] = [];
  const notes = new Map<string, LineNote>();
  const find = createFileFinder(options.directory);
  let [lines, rejected] = [0, 0];
  let batch: (GoodRow | BadRow)[] = [];
  let bytes = 0;
  let storing: Promise<void> = Promise.resolve();

  function note({ row: { line }, notes: found }: GoodRow): void {
    for (const { field, reason } of found) {
      const key = `${field} ${reason.en}`;
      const { lines: before, first } = notes.get(key) ?? { lines: 0, first: line };
      notes.set(key, { field, reason: reason[options.language], lines: before + 1, first });
    }
  }

  async function finish(rows: readonly (GoodRow | BadRow)[]): Promise<void> {
    const bad = await withoutSuppressed(await storeGood(rows, store));
    lines += rows.length;
    rejected += bad.length;
    for (const { row, faults: found } of bad) {
      for (const { field, reason } of found) {
        if (faults.length < FAULTS_KEPT) faults.push({ line: row.line, field, reason: reason[options.language] });
      }
    }
    const refused = new Set(bad.map(({ row }) => row));
    for (const one of rows) if ("input" in one && !refused.has(one.row)) note(one);
    await errors?.write(bad.filter((row) => !row.faults.includes(SUPPRESSED)));
  }

  async function withoutSuppressed(bad: readonly BadRow[]): Promise<readonly BadRow[]> {
    const addresses = bad.map(({ row: { original } }) => addressesIn(original));
    const found = bad.length === 0 ? new Set() : await suppressed(addresses.flat());
    return bad.map((one, n) => (addresses[n]?.some((it) => found.has(it)) ? { ...one, faults: [SUPPRESSED] } : one));
  }

  async function flush(): Promise<void> {
    await storing;
    storing = finish(batch);
    // Awaited with the next batch; until then a rejection is not unhandled.
    storing.catch(() => {});
    batch = [];
    bytes = 0;
  }

  for await (const rows of file.rows(onBytes)) {
    const submitted = rows.map((row) => row.submitted);
    const homeOf = await homesOf(submitted);
    for (const row of rows) {
      if (signal.aborted) break;
      const checked = await checkRow(row, options, { home: homeOf(row.submitted), find });
      batch.push(checked);
      bytes += "input" in checked ? (checked.resume?.bytes.byteLength ?? 0) : 0;
      if (batch.length >= BATCH.rows || bytes >= BATCH.resumeBytes) await flush();
    }
    if (signal.aborted) break;
  }
  const stopped = signal.aborted;
  if (!stopped) await flush();
  await storing;
  return { lines, rejected, faults, notes: [...notes.values()], stopped };
}

/** Stores the good rows of a batch, and returns the bad ones in their order: those of the check, and those that `store` refused. */
async function storeGood(rows: readonly (GoodRow | BadRow)[], store: StoreRows): Promise<readonly BadRow[]> {
  const good = rows.filter((row) => "input" in row);
  const faults = good.length === 0 ? [] : await store(good);
  const faultOf = new Map(good.map(({ row }, n) => [row, faults[n] ?? null]));
  return rows.flatMap((checked): readonly BadRow[] => {
    if ("faults" in checked) return [checked];
    const fault = faultOf.get(checked.row) ?? null;
    return fault === null ? [] : [{ row: checked.row, faults: [fault] }];
  });
}
