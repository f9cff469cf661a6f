import { basename } from "node:path";
import { localTime, spellDuration, plain, table } from "../platform/text.ts";
import type { DryRun } from "../outbox/intake/file/dry-run.ts";
import type { FileImport, FileSummary } from "../outbox/intake/file/import-file.ts";
import { reasonOf } from "../outbox/import/reasons.ts";
import type { Gate } from "../outbox/delivery/send-gate.ts";

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
  /** Running worker processes; null after a dry run, or if the queue does not tell. */
  readonly workers: number | null;
}

/** The report as a person reads it. */
export function renderFileImport(report: FileReport): string {
  const { dryRun, imported } = report;
  const lines = [
    describeFile(report),
    ...(dryRun === null ? [] : describeDryRun(dryRun)),
    ...(imported === null ? [] : describeImported(imported)),
    ...describeNotes(dryRun ?? imported),
    ...describeRejected(dryRun ?? imported, report),
    ...(imported === null ? [] : describeNext(imported, report)),
  ];
  return lines.join("\n");
}

function describeFile({ file, format, encoding, delimiter, ignoredColumns, textColumns }: FileReport): string {
  const between = delimiter === null ? "" : `, columns separated by ${delimiter === "\t" ? "tabs" : delimiter}`;
  const ignored = ignoredColumns.length === 0 ? "" : ` Unknown columns, ignored: ${plain(ignoredColumns.join(", "))}.`;
  const text =
    textColumns.length === 0
      ? ""
      : ` Ignored, because they hold something else than their names say, such as a title in place of the number of an offer: ${plain(textColumns.join(", "))}. --map "COLUMN=FIELD" tells what they hold.`;
  return `${plain(file)}: ${format.toUpperCase()}, ${encoding}${between}.${ignored}${text}`;
}

function describeImported(done: FileImport): readonly string[] {
  const { lines, queued, known, resubmitted, rejected } = done;
  const again = resubmitted === 0 ? "" : `${spell(resubmitted)} fixed after a rejection, `;
  const counts = `${spell(lines)} lines: ${spell(queued)} new, ${again}${spell(known)} known before or repeated in the file, ${spell(rejected)} rejected.`;
  if (!done.stopped) return [counts];
  return [`Stopped. ${counts} They are kept; the same command continues with the rest.`];
}

function describeDryRun(run: DryRun): readonly string[] {
  const mails = run.mails.noAgreement + run.mails.noEvidence;
  const rows: readonly (readonly [number, string])[] = [
    [run.applicants, "applicants to create"],
    [run.applications, "applications to create"],
    [run.knownImports, "lines imported before: nothing changes"],
    [run.resubmitted, "lines imported before and rejected: they are corrected and tried again"],
    [run.knownPeople, "lines of people known to the mirror, the outbox or an earlier line: not created again"],
    [
      run.deletedThere,
      "lines of people or applications that were deleted in the account: held until released, then created again",
    ],
    [run.duplicates, "lines that repeat an earlier line"],
    [run.rejected, "lines that are rejected"],
    [mails, "people who will be e-mailed by the vendor, of whom"],
    [run.mails.noAgreement, "  have no consent in the file"],
    [run.mails.noEvidence, "  have consent without evidence: held until released, then e-mailed"],
  ];
  const width = Math.max(...rows.map(([count]) => spell(count).length));
  const time = `${spell(run.requests)} requests: at least ${spellDuration(run.seconds)} at the quota and the caps, quiet hours not counted.`;
  return [
    `${run.stopped ? "Stopped. " : ""}Nothing was written. Of ${spell(run.lines)} lines:`,
    ...rows.map(([count, what]) => `  ${spell(count).padStart(width)}  ${what}`),
    time,
  ];
}

function describeNotes(summary: FileSummary | null): readonly string[] {
  if (summary === null || summary.notes.length === 0) return [];
  return [
    "Read with these assumptions:",
    table(
      ["lines", "first", "field", ""],
      summary.notes.map(({ lines, first, field, reason }) => [lines, first, field, reason]),
    ),
  ];
}

function describeRejected(summary: FileSummary | null, { errorsFile }: FileReport): readonly string[] {
  if (summary === null || summary.rejected === 0) return [];
  const where =
    errorsFile === null
      ? "--errors FILE writes all of them to a file, ready to be fixed"
      : `all of them are in ${plain(errorsFile)}`;
  return [
    `Rejected: ${spell(summary.rejected)} lines. The first faults (${where}):`,
    table(
      ["line", "field", "reason"],
      summary.faults.map(({ line, field, reason }) => [line, field, reason]),
    ),
  ];
}

function describeNext({ ready, held, stopped }: FileImport, { file, gate, workers }: FileReport): readonly string[] {
  const waiting = Object.entries(held).map(
    ([code, count]) => `${spell(count)} held: they ${reasonOf(code)?.many ?? `wait (${code})`}.`,
  );
  const hint = `List them with: applicant-sync imports list --state held --file "${plain(basename(file))}"`;
  const closed = gate === null || gate.open ? [] : [`Nothing is sent now: ${plain(gate.reason)}${untilOf(gate.until)}`];
  const worker =
    stopped || workers === null || ready === 0
      ? []
      : [
          workers > 0
            ? "A worker is running and sends them."
            : "No worker is running. Start one with: applicant-sync start",
        ];
  return [
    ...(ready > 0 ? [`${spell(ready)} wait to be sent.`] : []),
    ...waiting,
    ...(waiting.length > 0 ? [hint] : []),
    ...closed,
    ...worker,
  ];
}

function untilOf(until: Date | null): string {
  return until === null ? "" : ` Until ${localTime(until)}.`;
}

function spell(count: number): string {
  return count.toLocaleString("en");
}
