import type { InputFault } from "../../import/fields.ts";
import { checkRow, type CheckedRow, type CheckOptions } from "./check.ts";
import type { ErrorsFile, Rejected } from "./errors-file.ts";
import type { ImportFile } from "./rows.ts";

export type GoodRow = Extract<CheckedRow, { readonly input: unknown }>;

export interface LineFault extends InputFault {
  readonly line: number;
}

export interface ProcessFileOptions extends CheckOptions {
  readonly errors: ErrorsFile | null;
  readonly signal: AbortSignal;
  readonly onBytes?: (bytes: number) => void;
}

/** What was read of a file. */
export interface FileSummary {
  /** Lines that are not blank, without the header. All but `rejected` of them were imported. */
  readonly lines: number;
  readonly rejected: number;
  /** The faults of the first rejected lines. */
  readonly faults: readonly LineFault[];
  /** It was stopped: what came until then has been imported. */
  readonly stopped: boolean;
}

/** The size of a batch: so many rows, or fewer if their CVs are large. */
const BATCH = { rows: 500, resumeBytes: 16_000_000 } as const;
const FAULTS_KEPT = 20;

/**
 * Reads a file once. Checks each row, hands the good ones to `store` in batches, which returns the faults that it finds, and writes rejected
 * rows to `errors`. While one batch is stored the next one is checked; no more are kept in memory.
 */
export async function processFile(
  file: ImportFile,
  options: ProcessFileOptions,
  store: (rows: readonly GoodRow[]) => Promise<readonly (InputFault | null)[]>,
): Promise<FileSummary> {
  const { errors, signal, onBytes } = options;
  const faults: LineFault[] = [];
  let [lines, rejected] = [0, 0];
  let batch: CheckedRow[] = [];
  let bytes = 0;
  let storing: Promise<void> = Promise.resolve();

  async function finish(rows: readonly CheckedRow[]): Promise<void> {
    const refused = await refusedOf(rows, store);
    lines += rows.length;
    rejected += refused.length;
    for (const { row, faults: found } of refused) {
      for (const fault of found) if (faults.length < FAULTS_KEPT) faults.push({ line: row.line, ...fault });
    }
    await errors?.write(refused);
  }

  async function flush(): Promise<void> {
    await storing;
    storing = finish(batch);
    // Awaited with the next batch; until then nobody listens.
    storing.catch(() => {});
    batch = [];
    bytes = 0;
  }

  for await (const rows of file.rows(onBytes)) {
    for (const row of rows) {
      if (signal.aborted) break;
      const checked = await checkRow(row, options);
      batch.push(checked);
      bytes += "input" in checked ? (checked.resume?.bytes.byteLength ?? 0) : 0;
      if (batch.length >= BATCH.rows || bytes >= BATCH.resumeBytes) await flush();
    }
    if (signal.aborted) break;
  }
  const stopped = signal.aborted;
  if (!stopped) await flush();
  await storing;
  return { lines, rejected, faults, stopped };
}

/** Returns the rejected rows of a batch, in their order. */
async function refusedOf(
  rows: readonly CheckedRow[],
  store: (rows: readonly GoodRow[]) => Promise<readonly (InputFault | null)[]>,
): Promise<readonly Rejected[]> {
  const good = rows.filter((row) => "input" in row);
  const late = good.length === 0 ? [] : await store(good);
  const lateFaults = new Map(good.map(({ row }, n) => [row.line, late[n] ?? null]));
  return rows.flatMap((checked): readonly Rejected[] => {
    if ("faults" in checked) return [checked];
    const fault = lateFaults.get(checked.row.line) ?? null;
    return fault === null ? [] : [{ row: checked.row, faults: [fault] }];
  });
}
