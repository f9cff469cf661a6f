/** Asks a question. */
import { z } from "zod";
import { type Database } from "../database/client.ts";
import type { Language, Text } from "../platform/language.ts";
import { wallText } from "../platform/time-zone.ts";
import type { Column } from "./columns.ts";
import type { Question } from "./questions.ts";

export type Cell = string | number | boolean | null;

export interface Answer {
  readonly title: Text;
  readonly heads: readonly string[];
  /** Whether the cells of a column are days. */
  readonly areDays: readonly boolean[];
  readonly rows: readonly (readonly Cell[])[];
}

const rowsSchema = z.array(z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])));

/**
 * The answer for an account. `at`: as of this moment, for a question that can be asked so; null: now. Days are YYYY-MM-DD, moments
 * those of the account's time zone.
 */
export async function ask(
  database: Database,
  { title, sql, columns, asOf }: Question,
  {
    account,
    at,
    timezone,
    language,
  }: { readonly account: string; readonly at: Date | null; readonly timezone: string; readonly language: Language },
): Promise<Answer> {
  const asked = at === null || asOf === undefined ? { sql, columns } : asOf;
  const values = at === null ? [account] : [account, at.toISOString()];
  const statement = asked.sql.replaceAll("$1", "$1::text").replaceAll("$2", "$2::timestamptz");
  const [found] = await database.$queryRawUnsafe<{ rows: string }[]>(
    `select coalesce(json_agg(to_json(answer)), '[]')::text as rows from (${statement}) answer`,
    ...values,
  );
  const rows = rowsSchema.parse(JSON.parse(found?.rows ?? "[]"));
  const shown = Object.entries<Column>(asked.columns).filter(([, { only }]) => only === undefined || only === language);
  return {
    title,
    heads: shown.map(([, head]) => head[language]),
    areDays: shown.map(([, head]) => head.is === "day"),
    rows: rows.map((row) => shown.map(([name, head]) => cellOf(row[name] ?? null, head, timezone))),
  };
}

function cellOf(value: Cell, { is }: Column, timezone: string): Cell {
  return is === "moment" && value !== null ? wallText(new Date(String(value)), timezone, "minute") : value;
}
