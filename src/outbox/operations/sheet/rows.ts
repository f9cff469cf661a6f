/** What a person wrote into a file of `imports list --csv`: decisions about imports, and ids that they found. */
import { emailKey } from "../../../mirror/email-key.ts";
import type { OutboxStore } from "../../context.ts";
import { isShortened } from "../../import/phone-text.ts";
import { id as wholeNumber } from "../../import/values.ts";
import type { Resolution } from "../review.ts";
import { readRecords, unusable, type Cells } from "./records.ts";

/** What a person may write into the column `decision`, in English and French. */
const DECISIONS = {
  absent: "absente",
  drop: "abandonner",
  review: "revoir",
  retry: "retenter",
  release: "libérer",
  hold: "suspendre",
  dismiss: "classer",
} as const;
export type Decision = keyof typeof DECISIONS;

/** A line of the file. What is empty there is null. */
export interface SheetRow {
  readonly line: number;
  readonly id: bigint;
  readonly decision: Decision | null;
  readonly applicantId: bigint | null;
  readonly applicationId: bigint | null;
  readonly email: string | null;
}

/** A fault of a line, for people. */
class LineFault extends Error {}

/**
 * Reads the imports that a file names, and checks that it is about imports of this account. Columns may be left out, all but `id`.
 * @throws UsageError `bad_sheet`, with every fault, and those of `inspectFile`. Then nothing has been done.
 */
async function readSheet(store: OutboxStore, path: string): Promise<readonly SheetRow[]> {
  const records = await readRecords(path);
  const faults: string[] = [];
  const seen = new Map<bigint, number>();
  const rows = records.flatMap(({ line, cells }): readonly SheetRow[] => {
    try {
      const row = rowOf(line, cells);
      const before = seen.get(row.id);
      if (before !== undefined) throw new LineFault(`import ${row.id} is in line ${before} already`);
      seen.set(row.id, line);
      return [row];
    } catch (error) {
      if (!(error instanceof LineFault)) throw error;
      faults.push(`line ${line}: ${error.message}`);
      return [];
    }
  });
  const others = faults.length > 0 ? [] : await strangers(store, rows);
  refuseFaults(path, [...faults, ...others]);
  if (rows.length === 0) throw unusable(path, "it holds no import.");
  return rows;
}

/**
 * Returns what a person found out, line by line, where they wrote something: the `decision`, or an id that is not the one we know. `all`: an
 * answer for every line. Throws `UsageError` `bad_sheet`.
 */
export async function readResolutions(
  store: OutboxStore,
  path: string,
  all: Resolution | null,
): Promise<ReadonlyMap<bigint, Resolution | null>> {
  const rows = await readSheet(store, path);
  const stored = await store.database.applicantImport.findMany({
    where: { account: store.account, id: { in: rows.map(({ id }) => id) } },
    select: { id: true, applicantId: true, applicationId: true },
  });
  const byId = new Map(stored.map((row) => [row.id, row]));
  const faults: string[] = [];
  const resolutions = rows.map(({ line, id, decision, applicantId, applicationId }) => {
    const known = byId.get(id);
    const isResolution = decision === null || decision === "absent" || decision === "drop" || decision === "review";
    if (!isResolution) faults.push(`line ${line}: the decision ${decision} is for imports ${decision}`);
    const answers: readonly Resolution[] = [
      ...(all === null ? [] : [all]),
      ...(isResolution && decision !== null && decision !== all?.is ? [{ is: decision }] : []),
      ...(applicantId === null || applicantId === known?.applicantId
        ? []
        : [{ is: "applicant", id: applicantId } as const]),
      ...(applicationId === null || applicationId === known?.applicationId
        ? []
        : [{ is: "application", id: applicationId } as const]),
    ];
    if (answers.length > 1)
      faults.push(`line ${line}: gives ${answers.length} answers: ${answers.map(({ is }) => is).join(", ")}`);
    return [id, answers[0] ?? null] as const;
  });
  refuseFaults(path, faults);
  return new Map(resolutions);
}

/** Returns the imports of a file for one verb. A line with the decision of another verb is a fault. Throws `UsageError` `bad_sheet`. */
export async function readIds(store: OutboxStore, path: string, verb: Decision): Promise<readonly bigint[]> {
  const rows = await readSheet(store, path);
  const others = rows.filter(({ decision }) => decision !== null && decision !== verb);
  refuseFaults(
    path,
    others.map(({ line, decision }) => `line ${line}: the decision is ${decision}, not ${verb}`),
  );
  return rows.map(({ id }) => id);
}

const MOST_FAULTS = 20;

function refuseFaults(path: string, faults: readonly string[]): void {
  if (faults.length === 0) return;
  const more = faults.length > MOST_FAULTS ? [`and ${faults.length - MOST_FAULTS} more`] : [];
  throw unusable(path, ["", ...faults.slice(0, MOST_FAULTS), ...more].join("\n  "));
}

function rowOf(line: number, cells: Cells): SheetRow {
  const id = numberOf("id", cells);
  if (id === null) throw new LineFault("has no id");
  return {
    line,
    id,
    decision: decisionOf(cells.get("decision") ?? ""),
    applicantId: numberOf("applicant_id", cells),
    applicationId: numberOf("application_id", cells),
    email: cells.get("email") || null,
  };
}

/** A whole number, read like the ids of a file of imports. */
function numberOf(column: string, cells: Cells): bigint | null {
  const written = (cells.get(column) ?? "").replace(/^'/, "");
  if (written === "") return null;
  const number = wholeNumber.safeParse(written);
  if (number.success) return BigInt(number.data);
  if (isShortened(written)) {
    throw new LineFault(
      `${column} is ${written}: the spreadsheet has shortened this number. Make the column a text before you type it`,
    );
  }
  throw new LineFault(`${column} must be a whole number above 0, such as 1127, and not ${written.slice(0, 30)}`);
}

function decisionOf(written: string): Decision | null {
  const word = fold(written);
  if (word === "") return null;
  for (const [decision, french] of Object.entries(DECISIONS)) {
    if (word === decision || word === fold(french)) return isDecision(decision) ? decision : null;
  }
  throw new LineFault(`the decision must be one of ${Object.keys(DECISIONS).join(", ")}`);
}

function isDecision(text: string): text is Decision {
  return Object.hasOwn(DECISIONS, text);
}

function fold(text: string): string {
  return text
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll(/[^a-z]/g, "");
}

/** Returns the lines whose import is not of this account, or is of another person: a column was sorted alone, or a cell moved. */
async function strangers({ database, account }: OutboxStore, rows: readonly SheetRow[]): Promise<readonly string[]> {
  const stored = await database.applicantImport.findMany({
    where: { account, id: { in: rows.map(({ id }) => id) } },
    select: { id: true, email: true },
  });
  const byId = new Map(stored.map(({ id, email }) => [id, email]));
  return rows.flatMap(({ line, id, email }) => {
    const known = byId.get(id);
    if (known === undefined) return [`line ${line}: there is no import ${id} in account ${account}`];
    if (known === null || email === null || emailKey(email) === emailKey(known)) return [];
    return [`line ${line}: import ${id} is of another person than this line says`];
  });
}
