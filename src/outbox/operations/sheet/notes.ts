/** What else stands in a file of `imports list --csv`, and has no effect: reported to the person who submitted it. */
import { comparable } from "../../../platform/comparable.ts";
import { counted } from "../../../platform/text.ts";
import { inEach, type Text } from "../../../platform/language.ts";
import { FIELDS, STORED_FIELDS, type StoredField } from "../../import/fields.ts";
import { id as wholeNumber } from "../../import/values.ts";
import type { ImportRow } from "../../import/row.ts";
import type { Cells } from "./records.ts";
import { cellOf, idsAsColumns } from "./write.ts";

/** A line of the file, and its import. */
interface Row {
  readonly line: number;
  readonly cells: Cells;
  readonly stored: ImportRow;
}

export const DECISION: Text = { en: "a decision", fr: "décision" };
export const ANSWER: Text = { en: "an answer", fr: "réponse" };

export function leftText(left: number, what: Text): Text | null {
  if (left === 0) return null;
  return {
    en: `Imports without ${what.en} in the file, left as they are: ${left}.`,
    fr: `Imports sans ${what.fr} dans le fichier, laissés tels quels : ${left}.`,
  };
}

export function noteOf(texts: readonly (Text | null)[]): Text | null {
  const some = texts.filter((text) => text !== null);
  return some.length === 0 ? null : inEach((language) => some.map((text) => text[language]).join(" "));
}

const MOST_EDITED = 5;

/** Says which cells were changed that these commands do not store: those of the fields, and of `more` columns. */
export function editedText(rows: readonly Row[], more: readonly ("applicant_id" | "application_id")[]): Text | null {
  const edited = rows.flatMap((row) => {
    const fields = [...STORED_FIELDS, ...more].filter((field) => isEdited(row, field));
    return fields.length === 0 ? [] : [`${row.line} (${fields.join(", ")})`];
  });
  if (edited.length === 0) return null;
  const left = edited.length - MOST_EDITED;
  const listed = (line: string) =>
    edited
      .slice(0, MOST_EDITED)
      .map((one) => `${line} ${one}`)
      .join(", ");
  return {
    en: `Changed cells are not stored by this command: ${listed("line")}${left > 0 ? ` and ${counted(left, "more line")}` : ""}. To correct rejected imports, import the file.`,
    fr: `Cette commande n'enregistre pas les cellules modifiées : ${listed("ligne")}${left > 0 ? ` et ${left} ${left === 1 ? "autre ligne" : "autres lignes"}` : ""}. Pour corriger des imports refusés, importez le fichier.`,
  };
}

function isEdited({ cells, stored }: Row, field: StoredField | "applicant_id" | "application_id"): boolean {
  const cell = cells.get(field);
  const shown = cellOf({ ...stored, ...idsAsColumns(stored) }[field]);
  if (cell === undefined || comparable(cell) === comparable(shown)) return false;
  // A spreadsheet may write the same value in its own way.
  const schema = field === "applicant_id" || field === "application_id" ? wholeNumber : FIELDS[field].schema;
  const read = schema.safeParse(cell);
  return !read.success || cellOf(read.data) !== shown;
}
