/** Writes imports with their people for a spreadsheet: `imports list --csv`. `rows.ts` reads it back. */
import { createFile } from "../../intake/file/file-errors.ts";
import type { Sql } from "../../../database/client.ts";
import type { Language } from "../../../platform/language.ts";
import { wallText } from "../../../platform/time-zone.ts";
import type { OutboxStore } from "../../context.ts";
import { CHANGEABLE_FIELDS } from "../../import/fields.ts";
import type { ImportRow } from "../../import/row.ts";
import { csvLine } from "../../intake/file/errors-file.ts";
import { fullImports } from "../list.ts";
import { explain, reasonIn } from "../next-step.ts";
import { queryOf, readSwitch, releaseCommandOf } from "../switch.ts";

/** That of spreadsheets in France. */
const DELIMITER = ";";

/** The columns of the file. `decision` is empty, for a person to fill in. */
export const SHEET_COLUMNS = [
  "id",
  "state",
  "reason_code",
  "reason",
  "next",
  "decision",
  "applicant_id",
  "application_id",
  "key",
  "source",
  "file",
  "line",
  "company_id",
  "campaign_id",
  // All that `import` may change, so that the file, corrected, can be imported again.
  ...CHANGEABLE_FIELDS,
  "submitted_at",
  "changed_at",
] as const;

interface SheetOptions {
  readonly path: string;
  readonly limit: number;
  readonly language: Language;
  /** IANA name of the time zone of the times. */
  readonly timezone: string;
}

/**
 * Writes the imports that match to a new file, the newest first. Returns how many it holds. Throws what `createFile` throws.
 */
export async function writeSheet(
  { database, account }: OutboxStore,
  condition: Sql,
  { path, limit, language, timezone }: SheetOptions,
): Promise<number> {
  const reset = releaseCommandOf(await readSwitch(queryOf(database), account));
  const file = await createFile("csv", path);
  // As Excel sorts and filters it.
  const time = (at: Date) => wallText(at, timezone);
  let count = 0;
  try {
    // Excel reads a file as UTF-8 because of this mark.
    await file.write(`\uFEFF${csvLine(SHEET_COLUMNS, DELIMITER)}`);
    for await (const rows of fullImports(database, condition, limit)) {
      const lines = rows.map((row) => {
        const cells = cellsOf(row, { reset, language, time });
        return csvLine(
          SHEET_COLUMNS.map((column) => cellOf(cells[column])),
          DELIMITER,
        );
      });
      await file.write(lines.join(""));
      count += rows.length;
    }
  } finally {
    await file.close();
  }
  return count;
}

type Cell = string | number | bigint | boolean | Date | null | undefined;
type Cells = Readonly<Record<(typeof SHEET_COLUMNS)[number], Cell>>;

/** A value as the file shows it, and as `import` reads it back. */
export function cellOf(value: Cell): string {
  if (value instanceof Date) return value.toISOString();
  return value == null ? "" : String(value);
}

interface Rendering {
  readonly reset: string;
  readonly language: Language;
  readonly time: (at: Date) => string;
}

function cellsOf(row: ImportRow, { reset, language, time }: Rendering): Cells {
  const { reason, next } = explain(row, reset);
  return {
    ...row,
    state: row.dismissedAt === null ? row.state : "dismissed",
    reason_code: row.reasonCode,
    reason: reasonIn(language, row.reason, reason),
    next: next[language],
    decision: null,
    ...idsAsColumns(row),
    submitted_at: time(row.createdAt),
    changed_at: time(row.updatedAt),
  };
}

/** The ids of an import by the names of their columns. */
export function idsAsColumns({ applicantId, applicationId, companyId, campaignId }: ImportRow) {
  return { applicant_id: applicantId, application_id: applicationId, company_id: companyId, campaign_id: campaignId };
}
