/** What a person wrote into a file of `imports list --csv`: decisions about imports, and ids that they found. */
import { fold } from "../../intake/file/column-names.ts";
import { emailKey } from "../../../platform/email-key.ts";
import { inEach, type Text } from "../../../platform/language.ts";
import type { OutboxStore } from "../../context.ts";
import { isShortened } from "../../import/phone-text.ts";
import type { ImportRow } from "../../import/row.ts";
import { id as wholeNumber } from "../../import/values.ts";
import type { Resolution } from "../review.ts";
import { ANSWER, DECISION, editedText, leftText, noteOf } from "./notes.ts";
import { verdictText } from "../verdict-texts.ts";
import { readRecords, unusable, type Cells } from "./records.ts";

/** What a person may write into the column `decision`, in English and French. */
const SHEET_DECISIONS = {
  absent: "absente",
  drop: "abandonner",
  review: "revoir",
  retry: "retenter",
  release: "libérer",
  hold: "suspendre",
  dismiss: "classer",
} as const;
export type SheetDecision = keyof typeof SHEET_DECISIONS;

/** A line of the file, and its import. What is empty in the file is null. */
interface SheetRow extends Written {
  readonly stored: ImportRow;
}

interface Written {
  readonly line: number;
  readonly cells: Cells;
  readonly id: bigint;
  readonly decision: SheetDecision | null;
  readonly applicantId: bigint | null;
  readonly applicationId: bigint | null;
  readonly email: string | null;
}

/** A fault of a line, for people. */
class LineFault extends Error {
  readonly text: Text;

  constructor(en: string, fr: string) {
    super(en);
    this.text = { en, fr };
  }
}

/**
 * Reads the imports that a file names, and checks that it is about imports of this account. Columns may be left out, all but `id`.
 * @throws UsageError `bad_sheet`, with every fault, and those of `inspectFile`. Then nothing has been done.
 */
async function readSheet(store: OutboxStore, path: string): Promise<readonly SheetRow[]> {
  const records = await readRecords(path);
  const faults: Text[] = [];
  const seen = new Map<bigint, number>();
  const written = records.flatMap(({ line, cells }): readonly Written[] => {
    try {
      const row = rowOf(line, cells);
      const before = seen.get(row.id);
      if (before !== undefined) {
        throw new LineFault(
          `import ${row.id} is in line ${before} already`,
          `l'import ${row.id} est déjà à la ligne ${before}`,
        );
      }
      seen.set(row.id, line);
      return [row];
    } catch (error) {
      if (!(error instanceof LineFault)) throw error;
      faults.push(atLine(line, error.text.en, error.text.fr));
      return [];
    }
  });
  refuseFaults(path, faults);
  if (written.length === 0) throw unusable(path, { en: "it holds no import.", fr: "il ne contient aucun import." });
  const imports = await store.database.applicantImport.findMany({
    where: { account: store.account, id: { in: written.map(({ id }) => id) } },
  });
  const byId = new Map(imports.map((row) => [row.id, row]));
  const others: Text[] = [];
  const rows = written.flatMap((row): readonly SheetRow[] => {
    const stored = byId.get(row.id);
    const none = verdictText("no_import", { id: String(row.id), account: store.account });
    const fault = stored === undefined ? none : mismatch(row, stored);
    if (fault !== null) others.push(atLine(row.line, fault.en, fault.fr));
    return stored === undefined ? [] : [{ ...row, stored }];
  });
  refuseFaults(path, others);
  return rows;
}

/** The imports of a file that a command is about. */
export interface Chosen {
  readonly ids: readonly bigint[];
  /** What else stands in the file, and has no effect, for people; null: nothing. */
  readonly note: Text | null;
}

/**
 * Returns what a person found out, where they wrote something: the `decision`, or an id that is not the one we know. `all`: an answer for
 * every line. Throws `UsageError` `bad_sheet`.
 */
export async function readResolutions(
  store: OutboxStore,
  path: string,
  all: Resolution | null,
): Promise<{ readonly answers: ReadonlyMap<bigint, Resolution>; readonly note: Text | null }> {
  const rows = await readSheet(store, path);
  const faults: Text[] = [];
  const answers = rows.flatMap(({ line, id, decision, applicantId, applicationId, stored }) => {
    const isResolution = decision === null || decision === "absent" || decision === "drop" || decision === "review";
    if (!isResolution) {
      faults.push(
        atLine(
          line,
          `the decision ${decision} is for imports ${decision}`,
          `la décision ${decision} est pour imports ${decision}`,
        ),
      );
    }
    const given: readonly Resolution[] = [
      all,
      isResolution && decision !== null && decision !== all?.is ? { is: decision } : null,
      found("applicant", applicantId, stored.applicantId),
      found("application", applicationId, stored.applicationId),
    ].filter((one) => one !== null);
    if (given.length > 1) {
      const words = given.map(({ is }) => is).join(", ");
      faults.push(atLine(line, `gives ${given.length} answers: ${words}`, `donne ${given.length} réponses : ${words}`));
    }
    return given.slice(0, 1).map((one) => [id, one] as const);
  });
  refuseFaults(path, faults);
  return {
    answers: new Map(answers),
    note: noteOf([leftText(rows.length - answers.length, ANSWER), editedText(rows, [])]),
  };
}

/** The answer of an id that a person wrote; null: they wrote none, or it is the one we know. */
function found(is: "applicant" | "application", id: bigint | null, known: bigint | null): Resolution | null {
  return id === null || id === known ? null : { is, id };
}

/**
 * Returns the imports of a file for one verb: those of the lines with this decision, or of all lines if none has any. A line with the
 * decision of another verb is a fault. Throws `UsageError` `bad_sheet`.
 */
export async function readIds(store: OutboxStore, path: string, verb: SheetDecision): Promise<Chosen> {
  const rows = await readSheet(store, path);
  const others = rows.filter(({ decision }) => decision !== null && decision !== verb);
  refuseFaults(
    path,
    others.map(({ line, decision }) =>
      atLine(line, `the decision is ${decision}, not ${verb}`, `la décision est ${decision}, et non ${verb}`),
    ),
  );
  const decided = rows.filter(({ decision }) => decision !== null);
  const chosen = decided.length > 0 ? decided : rows;
  const left = leftText(rows.length - chosen.length, DECISION);
  return {
    ids: chosen.map(({ id }) => id),
    note: noteOf([left, editedText(rows, ["applicant_id", "application_id"])]),
  };
}

const MOST_FAULTS = 20;

function atLine(line: number, en: string, fr: string): Text {
  return { en: `line ${line}: ${en}`, fr: `ligne ${line} : ${fr}` };
}

function refuseFaults(path: string, faults: readonly Text[]): void {
  if (faults.length === 0) return;
  const left = faults.length - MOST_FAULTS;
  const more = left > 0 ? [{ en: `and ${left} more`, fr: `et ${left} de plus` }] : [];
  const shown = [...faults.slice(0, MOST_FAULTS), ...more];
  throw unusable(
    path,
    inEach((language) => ["", ...shown.map((one) => one[language])].join("\n  ")),
  );
}

function rowOf(line: number, cells: Cells): Written {
  const id = numberOf("id", cells);
  if (id === null) throw new LineFault("has no id", "n'a pas d'id");
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
      `${column} vaut ${written} : le tableur a abrégé ce nombre. Mettez la colonne au format texte avant de le saisir`,
    );
  }
  throw new LineFault(
    `${column} must be a whole number above 0, such as 1127, and not ${written.slice(0, 30)}`,
    `${column} doit être un nombre entier positif, par exemple 1127, et non ${written.slice(0, 30)}`,
  );
}

function decisionOf(written: string): SheetDecision | null {
  const word = fold(written);
  if (word === "") return null;
  for (const [decision, french] of Object.entries(SHEET_DECISIONS)) {
    if (word === decision || word === fold(french)) return isDecision(decision) ? decision : null;
  }
  throw new LineFault(
    `the decision must be one of ${Object.keys(SHEET_DECISIONS).join(", ")}`,
    `la décision doit être l'une de : ${Object.values(SHEET_DECISIONS).join(", ")}`,
  );
}

function isDecision(text: string): text is SheetDecision {
  return Object.hasOwn(SHEET_DECISIONS, text);
}

/** Returns why a line is about another person than its import: a column was sorted alone, or a cell moved. */
function mismatch({ id, email }: Written, stored: ImportRow): Text | null {
  if (stored.email === null || email === null || emailKey(email) === emailKey(stored.email)) return null;
  return {
    en: `import ${id} is of another person than this line says`,
    fr: `l'import ${id} est celui d'une autre personne que celle de cette ligne`,
  };
}
