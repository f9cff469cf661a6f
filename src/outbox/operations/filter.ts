/** Which imports are meant: the filters of `imports list`, as a condition on `applicant_import i`. */
import { join, sql, type Database, type Sql } from "../../database/client.ts";
import { comparable } from "../../platform/comparable.ts";
import { emailKey } from "../../platform/email-key.ts";
import { IMPORT_STATES } from "../import/states.ts";
import { indexed, storedTexts } from "./sources.ts";

/** The states that a list tells apart: a rejected import that a person dismissed is a state of its own there. */
export const LISTED_STATES = [...IMPORT_STATES, "dismissed"] as const;
export type ListedState = (typeof LISTED_STATES)[number];

export const LISTED_STATE = sql`case when i.dismissed_at is null then i.state else 'dismissed' end`;

/** Conditions that must all hold. Of one that is left out or empty: all. Within a list, one of its values. */
export interface ImportFilter {
  readonly states?: readonly ListedState[];
  /** Compared without case and white space, and so are files. */
  readonly sources?: readonly string[];
  /** Reason codes. */
  readonly reasons?: readonly string[];
  /** Names of files, without directories, or lines of them as a list shows them: `candidates.csv:5`. */
  readonly files?: readonly string[];
  readonly keys?: readonly string[];
  /** Any spelling. They are found after the data has been erased as well. */
  readonly emails?: readonly string[];
  readonly campaigns?: readonly bigint[];
  /** Submitted at this time or later, and before that one. */
  readonly since?: Date | null;
  readonly until?: Date | null;
}

export async function conditionOf(database: Database, account: string, filter: ImportFilter): Promise<Sql> {
  const { states = [], sources = [], reasons = [], files = [], keys = [] } = filter;
  const { emails = [], campaigns = [], since = null, until = null } = filter;
  const conditions: readonly (readonly [isWanted: boolean, condition: Sql])[] = [
    [states.length > 0, isIn(LISTED_STATE, states)],
    [sources.length > 0, await isNamed(database, account, "source", sources)],
    [files.length > 0, await isNamed(database, account, "file", files)],
    [reasons.length > 0, isIn(sql`i.reason_code`, reasons)],
    [keys.length > 0, sql`i.key = any(${keys.map((key) => key.normalize("NFC").trim())}::text[])`],
    [emails.length > 0, isOfPerson(emails)],
    [campaigns.length > 0, sql`i.campaign_id = any(${[...campaigns]}::bigint[])`],
    [since !== null, sql`i.created_at >= ${since}::timestamptz`],
    [until !== null, sql`i.created_at < ${until}::timestamptz`],
  ];
  const wanted = conditions.flatMap(([isWanted, condition]) => (isWanted ? [condition] : []));
  return join([sql`i.account = ${account}`, ...wanted], " and ");
}

/** By the hash of the person, which stays. What a role inserted by SQL and no check has read is hashed as it was written. */
function isOfPerson(emails: readonly string[]): Sql {
  const written = emails.flatMap((email) => [email, emailKey(email)]);
  return sql`i.person = any(array(select public.import_person(e) from unnest(${written}::text[]) e))`;
}

/** Of a single value, an index gives the newest first without sorting. */
function isIn(column: Sql, values: readonly string[]): Sql {
  const [value] = values;
  return values.length === 1 ? sql`${column} = ${value}` : sql`${column} = any(${[...values]}::text[])`;
}

function isOf(column: "source" | "file", values: readonly string[]): Sql {
  const { name, isIndexed } = indexed(column);
  return sql`${isIndexed} and ${isIn(name, values)}`;
}

/** A line of a file. */
const LINE_OF_FILE = /^(.+):(\d{1,9})$/s;

/** What the account has of these sources or files. A file whose own name looks like a line of another is a file. */
async function isNamed(database: Database, account: string, column: "source" | "file", wanted: readonly string[]) {
  if (wanted.length === 0) return sql`true`;
  const stored = await storedTexts(database, account, column);
  const named = (name: string) => stored.filter((text) => comparable(text) === comparable(name));
  const lines = wanted.flatMap((written) => {
    const [, file, line] = LINE_OF_FILE.exec(written) ?? [];
    if (column === "source" || file === undefined || named(written).length > 0) return [];
    return [sql`${isOf("file", named(file))} and i.line = ${Number(line)}`];
  });
  return sql`(${join([isOf(column, wanted.flatMap(named)), ...lines], " or ")})`;
}
