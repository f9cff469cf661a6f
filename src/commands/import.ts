import type { Command } from "commander";
import { rm, realpath } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { countryCode } from "../platform/countries.ts";
import { UsageError } from "../platform/errors.ts";
import { inEach } from "../platform/language.ts";
import { plain } from "../platform/text.ts";
import { outboxOptionsOf } from "../outbox/context.ts";
import { claimFor, openStores, type Context, type Stores } from "../process/stores.ts";
import { dryRunFile } from "../outbox/intake/file/dry-run.ts";
import { forgetErrorsFile, noteErrorsFile } from "../outbox/intake/file/erased-lines.ts";
import { openErrorsFile, type ErrorsFile } from "../outbox/intake/file/errors-file.ts";
import { importFile } from "../outbox/intake/file/import-file.ts";
import { encodingOf } from "../outbox/intake/file/decoder.ts";
import { parseMaps } from "../outbox/intake/file/header.ts";
import { refuseWithoutOffers } from "../outbox/intake/file/offers.ts";
import { openImportFile, type ImportFile } from "../outbox/intake/file/rows.ts";
import { gateOf } from "../outbox/delivery/send-gate.ts";
import { faultOfSource } from "../outbox/import/check.ts";
import { renderFileImport, type FileReport } from "./import-text.ts";
import { openExistingOrEmpty } from "./stores.ts";
import { withBar } from "./progress.ts";
import { workersOf } from "./workers.ts";
import { EXIT, runCommand, show } from "./run.ts";

interface Options {
  readonly dryRun?: boolean;
  readonly errors?: string;
  readonly source: string;
  readonly country?: string;
  readonly map: readonly string[];
  readonly encoding?: string;
  readonly withoutOffers?: true;
  readonly json?: true;
}

const MORE = `
CSV: the first line names the columns as the API does (email, first_name, last_name, locale, phone_code, phone_number,
iso_country, campaign_id, …) or by other names (courriel, prénom, nom, langue, téléphone, indicatif, pays, offre, cv, …),
separated by ; or , or tabs, in UTF-8, UTF-16, Windows-1252, MacRoman or MS-DOS. JSONL (.jsonl, .ndjson): an object with those
fields on each line. A column resume (or cv) names a file, relative to FILE. Importing a file twice changes nothing.

Exit codes: 0 all lines were accepted; 1 some were rejected, or the import failed; 2 the file or an option is wrong, and
nothing was imported.

Examples:
  applicant-sync import people.csv --dry-run
  applicant-sync import people.csv --errors rejected.csv
  applicant-sync import rejected.csv --source "old system"
  applicant-sync import people.csv --country FR --map "Annonce n°=campaign_id" --map "Société="`;

export function declare(command: Command): void {
  command
    .argument("<file>")
    .option("--dry-run", "show what the import would do, and write nothing")
    .option("--errors <file>", "write rejected lines and their reasons to this file, to be fixed and imported again")
    .option("--source <name>", "where the people come from, as lists show it", "file")
    .option("--country <country>", "the country of phone numbers that name none, in place of DEFAULT_COUNTRY")
    .option(
      "--map <column=field>",
      "the field that a column holds, or none to ignore it; may be repeated",
      (one: string, before: readonly string[]) => [...before, one],
      [],
    )
    .option("--encoding <name>", "the encoding of the file, if its words do not show it")
    .option(
      "--without-offers",
      "create people without applications: a file of a jobboard needs no column for the offer",
    )
    .option("--json", "print the outcome as JSON")
    .addHelpText("after", MORE)
    .action((path: string, { dryRun = false, errors, json, ...options }: Options) =>
      runCommand({}, async (context) => {
        const read = (onRead?: (bytes: number, total: number) => void) =>
          importPeople(context, path, { ...options, dryRun, errors: errors ?? null }, onRead);
        const report = await (json ? read() : withBar("bytes of a file", read));
        show(report, json, (found) => renderFileImport(found, context.config.language));
        return rejectedOf(report) > 0 ? EXIT.failed : EXIT.ok;
      }),
    );
}

interface ImportOptions extends Partial<Pick<Options, "country" | "map" | "encoding" | "withoutOffers">> {
  /** Where the imports come from, as `imports list` shows it. */
  readonly source: string;
  /** The file for rejected lines; null: none. */
  readonly errors: string | null;
  readonly dryRun: boolean;
}

/** Called with how many bytes of the file have been read, and its size. */
type Watch = (bytes: number, total: number) => void;

/**
 * Adds the people of a file to the outbox, or reports what that would do. Needs no keys and makes no request. Stopped early,
 * what was stored is kept, and the report says so.
 * @throws UsageError before anything is imported, if the file as a whole or an option is wrong.
 */
export async function importPeople(
  context: Context,
  path: string,
  options: ImportOptions,
  watch: Watch = () => {},
): Promise<FileReport> {
  const wrong = faultOfSource(options.source);
  if (wrong !== null)
    throw new UsageError(
      "bad_source",
      inEach((language) => `--source ${wrong[language]}.`),
    );
  const defaultCountry = options.country === undefined ? null : countryOf(options.country);
  const maps = parseMaps(options.map ?? []);
  const encoding = options.encoding === undefined ? null : encodingOf(options.encoding);
  const file = await openImportFile(path, { encoding, maps });
  if (context.config.kind === "jobboard" && file.head !== null && options.withoutOffers !== true) {
    refuseWithoutOffers(path, file.head);
  }
  const { stores } = options.dryRun
    ? await openExistingOrEmpty(context, { queues: false })
    : { stores: await openStores(context) };
  if (!options.dryRun) await claimFor(context.config, stores);
  const errors = options.errors === null ? null : await openErrorsFile(options.errors, file, context.config.language);
  const { account } = context.config;
  if (errors !== null) await noteErrorsFile(stores.database, account, errors.path);
  try {
    const done = await goThrough(context, stores, file, { ...options, defaultCountry, errors, watch });
    const stopped = done.imported?.stopped ?? false;
    const isQueued = !options.dryRun && !stopped;
    const { head } = file;
    return {
      file: path,
      source: options.source,
      format: file.format,
      encoding: file.encoding,
      delimiter: head?.delimiter ?? null,
      ignoredColumns:
        head?.names.filter((name, n) => head.columns[n] === null && name !== "" && !head.textColumns.includes(name)) ??
        [],
      textColumns: head?.textColumns ?? [],
      errorsFile: errors?.isEmpty() === false ? errors.path : null,
      ...done,
      gate: isQueued ? await gateOf(stores.database, outboxOptionsOf(context.config)) : null,
      workers: isQueued ? await workersOf(context, stores) : null,
    };
  } finally {
    await errors?.close();
    if (errors?.isEmpty() === true) {
      await rm(errors.path);
      await forgetErrorsFile(stores.database, account, errors.path);
    }
  }
}

function countryOf(name: string): string {
  const code = countryCode(name);
  if (code !== null) return code;
  throw new UsageError("unknown_country", {
    en: `--country ${plain(name, 60)} is not known: a country by its name or code, such as FR.`,
    fr: `--country ${plain(name, 60)} est inconnu : donnez un pays par son nom ou son code, par exemple FR.`,
  });
}

function rejectedOf({ imported, dryRun }: Pick<FileReport, "dryRun" | "imported">): number {
  return imported?.rejected ?? dryRun?.rejected ?? 0;
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
    defaultCountry,
  }: Omit<ImportOptions, "errors"> & {
    readonly errors: ErrorsFile | null;
    readonly watch: Watch;
    readonly defaultCountry: string | null;
  },
): Promise<Pick<FileReport, "dryRun" | "imported">> {
  const settings = outboxOptionsOf(config);
  const options = {
    ...settings,
    imports: { ...settings.imports, defaultCountry: defaultCountry ?? settings.imports.defaultCountry },
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
