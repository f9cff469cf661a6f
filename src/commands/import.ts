import { rm, realpath } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { UsageError } from "../platform/errors.ts";
import { claimFor, openQueue, outboxOptionsOf, openStores, type Context, type Stores } from "../wiring.ts";
import { dryRunFile, type DryRun } from "../outbox/intake/file/dry-run.ts";
import { openErrorsFile, type ErrorsFile } from "../outbox/intake/file/errors-file.ts";
import { importFile, type FileImport } from "../outbox/intake/file/import-file.ts";
import { openImportFile, type ImportFile } from "../outbox/intake/file/rows.ts";
import { gateOf, type Gate } from "../outbox/delivery/send-gate.ts";
import { faultOfSource } from "../outbox/import/check.ts";

export interface ImportOptions {
  /** Where the imports come from, as `imports list` shows it. */
  readonly source: string;
  /** Where rejected lines go; null: nowhere. */
  readonly errors: string | null;
  readonly dryRun: boolean;
}

export interface FileReport {
  readonly file: string;
  /** Of imports that name none themselves. */
  readonly source: string;
  readonly format: "csv" | "jsonl";
  readonly encoding: string;
  /** Of CSV. */
  readonly delimiter: string | null;
  /** Names of columns that hold no field of an import. */
  readonly ignoredColumns: readonly string[];
  /** Written only where a line was rejected. */
  readonly errorsFile: string | null;
  readonly dryRun: DryRun | null;
  readonly imported: FileImport | null;
  /** Whether imports may be sent now; null after a dry run. */
  readonly gate: Gate | null;
  /** Worker processes that run; null: not asked, or the queue does not answer. */
  readonly workers: number | null;
}

/** Receives how many bytes of the file have been read, and its size. */
type Watch = (bytes: number, total: number) => void;

/**
 * Puts a file of people into the outbox, or says what that would do. Needs no keys and calls nobody outside. Stopped early,
 * what was stored stays, and the report says so.
 * @throws UsageError before anything is read, where the file as a whole or an option is wrong.
 */
export async function importPeople(
  context: Context,
  path: string,
  options: ImportOptions,
  watch: Watch = () => {},
): Promise<FileReport> {
  const wrong = faultOfSource(options.source);
  if (wrong !== null) throw new UsageError("bad_source", `--source ${wrong}.`);
  const file = await openImportFile(path);
  const stores = await openStores(context);
  if (!options.dryRun) await claimFor(context.config, stores);
  const errors = options.errors === null ? null : await openErrorsFile(options.errors, file);
  try {
    const done = await goThrough(context, stores, file, { ...options, errors, watch });
    const rejected = done.imported?.rejected ?? done.dryRun?.rejected ?? 0;
    const stopped = done.imported?.stopped ?? false;
    const after = options.dryRun || stopped ? { gate: null, workers: null } : await whatComesNext(context, stores);
    const { head } = file;
    return {
      file: path,
      source: options.source,
      format: file.format,
      encoding: file.encoding,
      delimiter: head?.delimiter ?? null,
      ignoredColumns: head?.names.filter((name, n) => head.columns[n] === null && name !== "") ?? [],
      errorsFile: rejected > 0 ? (errors?.path ?? null) : null,
      ...done,
      ...after,
    };
  } finally {
    await errors?.close();
    if (errors?.isEmpty() === true) await rm(errors.path);
  }
}

async function goThrough(
  { config, lifecycle }: Context,
  { database }: Stores,
  file: ImportFile,
  {
    source,
    errors,
    dryRun,
    watch,
  }: Omit<ImportOptions, "errors"> & { readonly errors: ErrorsFile | null; readonly watch: Watch },
): Promise<Pick<FileReport, "dryRun" | "imported">> {
  const options = {
    ...outboxOptionsOf(config),
    requestsPerMinute: config.api.requestsPerMinute,
    source,
    directory: await realpath(dirname(resolve(file.path))),
    errors,
    signal: lifecycle.signal,
    onBytes: (bytes: number) => watch(bytes, file.bytes),
  };
  const work = dryRun
    ? dryRunFile(database, file, options).then((found) => ({ dryRun: found, imported: null }))
    : importFile(database, file, options).then((found) => ({ dryRun: null, imported: found }));
  // On a signal to stop, the batch that is being written is waited for before the database is closed.
  lifecycle.add("import", () => work.catch(() => undefined));
  return work;
}

async function whatComesNext(context: Context, stores: Stores): Promise<Pick<FileReport, "gate" | "workers">> {
  const gate = await gateOf(stores.database, outboxOptionsOf(context.config));
  try {
    const { queue } = await openQueue(context, stores);
    return { gate, workers: await queue.workers() };
  } catch (error) {
    // The imports are safe in the outbox; a worker finds them whenever its queue is back.
    context.logger.warn({ err: error }, "the queue does not answer");
    return { gate, workers: null };
  }
}
