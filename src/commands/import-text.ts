import { basename } from "node:path";
import { localTime, spellDuration, plain, table } from "../platform/text.ts";
import type { DryRun } from "../outbox/intake/file/dry-run.ts";
import type { FileImport, FileSummary } from "../outbox/intake/file/import-file.ts";
import { fill, type Language } from "../platform/language.ts";
import { reasonOf } from "../outbox/import/reasons.ts";
import type { Gate } from "../outbox/delivery/send-gate.ts";
import { HELD, WORDS, type FileImportWords } from "./import-words.ts";

export interface FileReport {
  readonly file: string;
  /** The source of imports that name none themselves. */
  readonly source: string;
  readonly format: "csv" | "jsonl";
  readonly encoding: string;
  /** Of a CSV file; null for JSONL. */
  readonly delimiter: string | null;
  /** Names of columns that are no field of an import. */
  readonly ignoredColumns: readonly string[];
  /** Names of columns that are ignored because they hold something else than their names say. */
  readonly textColumns: readonly string[];
  /** Null if no line was rejected: then no file is written. */
  readonly errorsFile: string | null;
  readonly dryRun: DryRun | null;
  readonly imported: FileImport | null;
  /** Whether imports may be sent now; null after a dry run. */
  readonly gate: Gate | null;
  /** Running worker processes; null after a dry run, or if the queue does not say. */
  readonly workers: number | null;
}

export function renderFileImport(report: FileReport, language: Language): string {
  const { dryRun, imported } = report;
  const words = WORDS[language];
  const lines = [
    describeFile(report, words),
    ...(dryRun === null ? [] : describeDryRun(dryRun, language)),
    ...(imported === null ? [] : describeImported(imported, words)),
    ...describeNotes(dryRun ?? imported, words),
    ...describeRejected(dryRun ?? imported, report, words),
    ...(imported === null ? [] : describeNext(imported, report, language)),
  ];
  return lines.join("\n");
}

function describeFile(report: FileReport, words: FileImportWords): string {
  const { file, format, encoding, delimiter, ignoredColumns, textColumns } = report;
  const between = delimiter === null ? "" : words.delimiter(delimiter === "\t" ? words.tabs : delimiter);
  const ignored = ignoredColumns.length === 0 ? "" : words.ignored(plain(ignoredColumns.join(", ")));
  const text = textColumns.length === 0 ? "" : words.textColumns(plain(textColumns.join(", ")));
  return `${plain(file)}${words.colon} ${format.toUpperCase()}, ${encoding}${between}.${ignored}${text}`;
}

function describeImported(done: FileImport, words: FileImportWords): readonly string[] {
  const counts = words.imported(done);
  return [done.stopped ? words.stopped(counts) : counts];
}

function describeDryRun(run: DryRun, language: Language): readonly string[] {
  const words = WORDS[language];
  const mailed = run.mails.noAgreement + run.mails.noEvidence;
  const rows: readonly (readonly [number, string])[] = [
    [run.applicants, words.dryRun.applicants],
    [run.applications, words.dryRun.applications],
    [run.knownImports, words.dryRun.knownImports],
    [run.resubmitted, words.dryRun.resubmitted],
    [run.knownPeople, words.dryRun.knownPeople],
    [run.deletedThere, words.dryRun.deletedThere],
    [run.duplicates, words.dryRun.duplicates],
    [run.rejected, words.dryRun.rejected],
    [mailed, words.dryRun.mailed],
    [run.mails.noAgreement, words.dryRun.noAgreement],
    [run.mails.noEvidence, words.dryRun.noEvidence],
  ];
  const width = Math.max(...rows.map(([count]) => words.number(count).length));
  return [
    words.nothingWritten(run.lines, run.stopped),
    ...rows.map(([count, what]) => `  ${words.number(count).padStart(width)}  ${what}`),
    words.requests(run.requests, spellDuration(run.seconds, language)),
  ];
}

function describeNotes(summary: FileSummary | null, words: FileImportWords): readonly string[] {
  if (summary === null || summary.notes.length === 0) return [];
  return [
    words.notes,
    table(
      [words.lines, words.first, words.field, ""],
      summary.notes.map(({ lines, first, field, reason }) => [lines, first, field, reason]),
    ),
  ];
}

function describeRejected(
  summary: FileSummary | null,
  { errorsFile }: FileReport,
  words: FileImportWords,
): readonly string[] {
  if (summary === null || summary.rejected === 0) return [];
  return [
    words.rejected(summary.rejected, errorsFile === null ? null : plain(errorsFile)),
    table(
      [words.line, words.field, words.reason],
      summary.faults.map(({ line, field, reason }) => [line, field, reason]),
    ),
  ];
}

function describeNext(
  { ready, held, stopped }: FileImport,
  { file, gate, workers }: FileReport,
  language: Language,
): readonly string[] {
  const words = WORDS[language];
  const waiting = Object.entries(held).map(([code, count]) =>
    words.held(count, fill(reasonOf(code)?.many ?? HELD, { count, code })[language]),
  );
  const closed =
    gate === null || gate.open
      ? []
      : [words.closed(plain(language === "fr" ? gate.french : gate.reason), gate.until && localTime(gate.until))];
  const worker = stopped || workers === null || ready === 0 ? [] : [workers > 0 ? words.worker : words.noWorker];
  return [
    ...(ready > 0 ? [words.ready(ready)] : []),
    ...waiting,
    ...(waiting.length > 0 ? [words.listHeld(plain(basename(file)))] : []),
    ...closed,
    ...worker,
  ];
}
