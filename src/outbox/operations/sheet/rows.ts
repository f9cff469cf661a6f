/** What a person wrote into a file of `imports list --csv`: decisions about imports, and ids that they found. */
import { emailKey } from "../../../mirror/email-key.ts";
import { comparable } from "../../../platform/comparable.ts";
import type { OutboxStore } from "../../context.ts";
import { FIELDS, STORED_FIELDS, type StoredField } from "../../import/fields.ts";
import { isShortened } from "../../import/phone-text.ts";
import type { ImportRow } from "../../import/row.ts";
import { id as wholeNumber } from "../../import/values.ts";
import type { Resolution } from "../review.ts";
import { readRecords, unusable, type Cells } from "./records.ts";
import { cellOf, idsAsColumns } from "./write.ts";

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

/** A line of the file, and its import. What is empty in the file is null. */
interface SheetRow extends Written {
  readonly stored: ImportRow;
}

interface Written {
  readonly line: number;
  readonly cells: Cells;
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
  const written = records.flatMap(({ line, cells }): readonly Written[] => {
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
  refuseFaults(path, faults);
  if (written.length === 0) throw unusable(path, "it holds no import.");
  const imports = await store.database.applicantImport.findMany({
    where: { account: store.account, id: { in: written.map(({ id }) => id) } },
  });
  const byId = new Map(imports.map((row) => [row.id, row]));
  const others: string[] = [];
  const rows = written.flatMap((row): readonly SheetRow[] => {
    const stored = byId.get(row.id);
    const stranger =
      stored === undefined ? `there is no import ${row.id} in account ${store.account}` : strange(row, stored);
    if (stranger !== null) others.push(`line ${row.line}: ${stranger}`);
    return stored === undefined ? [] : [{ ...row, stored }];
  });
  refuseFaults(path, others);
  return rows;
}

/** The imports of a file that a command is about. */
export interface Chosen {
  readonly ids: readonly bigint[];
  /** What else stands in the file, and has no effect, for people; null: nothing. */
  readonly note: string | null;
}

/**
 * Returns what a person found out, where they wrote something: the `decision`, or an id that is not the one we know. `all`: an answer for
 * every line. Throws `UsageError` `bad_sheet`.
 */
export async function readResolutions(
  store: OutboxStore,
  path: string,
  all: Resolution | null,
): Promise<{ readonly answers: ReadonlyMap<bigint, Resolution>; readonly note: string | null }> {
  const rows = await readSheet(store, path);
  const faults: string[] = [];
  const answers = rows.flatMap(({ line, id, decision, applicantId, applicationId, stored }) => {
    const isResolution = decision === null || decision === "absent" || decision === "drop" || decision === "review";
    if (!isResolution) faults.push(`line ${line}: the decision ${decision} is for imports ${decision}`);
    const given: readonly Resolution[] = [
      ...(all === null ? [] : [all]),
      ...(isResolution && decision !== null && decision !== all?.is ? [{ is: decision }] : []),
      ...(applicantId === null || applicantId === stored.applicantId
        ? []
        : [{ is: "applicant", id: applicantId } as const]),
      ...(applicationId === null || applicationId === stored.applicationId
        ? []
        : [{ is: "application", id: applicationId } as const]),
    ];
    if (given.length > 1)
      faults.push(`line ${line}: gives ${given.length} answers: ${given.map(({ is }) => is).join(", ")}`);
    return given.slice(0, 1).map((one) => [id, one] as const);
  });
  refuseFaults(path, faults);
  return {
    answers: new Map(answers),
    note: noteOf([leftText(rows.length - answers.length, "an answer"), editedText(rows, [])]),
  };
}

/**
 * Returns the imports of a file for one verb: those of the lines with this decision, or of all lines if none has any. A line with the
 * decision of another verb is a fault. Throws `UsageError` `bad_sheet`.
 */
export async function readIds(store: OutboxStore, path: string, verb: Decision): Promise<Chosen> {
  const rows = await readSheet(store, path);
  const others = rows.filter(({ decision }) => decision !== null && decision !== verb);
  refuseFaults(
    path,
    others.map(({ line, decision }) => `line ${line}: the decision is ${decision}, not ${verb}`),
  );
  const decided = rows.filter(({ decision }) => decision !== null);
  const chosen = decided.length > 0 ? decided : rows;
  const left = leftText(rows.length - chosen.length, "a decision");
  return {
    ids: chosen.map(({ id }) => id),
    note: noteOf([left, editedText(rows, ["applicant_id", "application_id"])]),
  };
}

function leftText(left: number, what: "a decision" | "an answer"): string | null {
  return left === 0 ? null : `Imports without ${what} in the file, left as they are: ${left}.`;
}

function noteOf(texts: readonly (string | null)[]): string | null {
  return texts.filter((text) => text !== null).join(" ") || null;
}

const MOST_EDITED = 5;

/** Says which cells were changed that these commands do not store: those of the fields, and of `more` columns. */
function editedText(rows: readonly SheetRow[], more: readonly ("applicant_id" | "application_id")[]): string | null {
  const edited = rows.flatMap((row) => {
    const fields = [...STORED_FIELDS, ...more].filter((field) => isEdited(row, field));
    return fields.length === 0 ? [] : [`line ${row.line} (${fields.join(", ")})`];
  });
  if (edited.length === 0) return null;
  const rest = edited.length > MOST_EDITED ? ` and ${edited.length - MOST_EDITED} more lines` : "";
  return `Changed cells are not stored by this command: ${edited.slice(0, MOST_EDITED).join(", ")}${rest}. To correct rejected imports, import the file.`;
}

function isEdited({ cells, stored }: SheetRow, field: StoredField | "applicant_id" | "application_id"): boolean {
  const cell = cells.get(field);
  const shown = cellOf({ ...stored, ...idsAsColumns(stored) }[field]);
  if (cell === undefined || comparable(cell) === comparable(shown)) return false;
  // A spreadsheet may write the same value in its own way.
  const schema = field === "applicant_id" || field === "application_id" ? wholeNumber : FIELDS[field].schema;
  const read = schema.safeParse(cell);
  return !read.success || cellOf(read.data) !== shown;
}
const MOST_FAULTS = 20;

function refuseFaults(path: string, faults: readonly string[]): void {
  if (faults.length === 0) return;
  const more = faults.length > MOST_FAULTS ? [`and ${faults.length - MOST_FAULTS} more`] : [];
  throw unusable(path, ["", ...faults.slice(0, MOST_FAULTS), ...more].join("\n  "));
}

function rowOf(line: number, cells: Cells): Written {
  const id = numberOf("id", cells);
  if (id === null) throw new LineFault("has no id");
  return {
    line,
    cells,
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

/** Returns why a line is about another person than its import: a column was sorted alone, or a cell moved. */
function strange({ id, email }: Written, stored: ImportRow): string | null {
  if (stored.email === null || email === null || emailKey(email) === emailKey(stored.email)) return null;
  return `import ${id} is of another person than this line says`;
}
