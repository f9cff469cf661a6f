/** What an erasure writes into each column, derived from the classes. */
import { columnsOf, ERASED, namesArray, type Relation } from "../classes.ts";
import type { TableOfPeople } from "../find/rows.ts";
import { TABLES } from "../tables.ts";

const RELATIONS: Readonly<Record<TableOfPeople, Relation>> = TABLES;

/** Of an object of the API stays what stands in a column that stays, as that column has it. */
const keptOf = (table: TableOfPeople) =>
  `public.kept_of(raw, to_jsonb(${table}), ${namesArray(RELATIONS[table], ["pseudonym", "none"])})`;
/** Reports read former statuses from the history: when an application had which. */
const former = (
  column: string,
) => `${column} - case resource when 'applicant' then ${namesArray(TABLES.applicant, ERASED)}
  else ${namesArray(TABLES.application, ERASED)} end`;

/** What stays of a document. Every other column that is erased becomes null. */
const KEPT: Readonly<Partial<Record<TableOfPeople, Readonly<Record<string, string>>>>> = {
  applicant: { raw: keptOf("applicant") },
  application: {
    status_history: "public.states_only(status_history)",
    raw: `${keptOf("application")} || case when status_history is null then '{}'
      else jsonb_build_object('status_history', public.states_only(status_history)) end`,
  },
  change: { before: former("before"), after: former("after") },
  quarantine: { raw: "'{}'::jsonb" },
};

/**
 * What else changes with a row. Without its hash, the next sync rewrites a row, as that of a suppressed person. A key, a file and its line
 * are the caller's own words for a person.
 */
const MORE: Readonly<Partial<Record<TableOfPeople, readonly string[]>>> = {
  applicant: ["hash = ''"],
  application: ["hash = ''"],
  applicant_import: [
    "key = case when key is not null then 'erased:' || id end",
    "file = null",
    "line = null",
    "erased_at = coalesce(erased_at, clock_timestamp())",
  ],
  import_resume: ["erased_at = coalesce(erased_at, clock_timestamp())"],
};

/** SQL: what `update` sets where a row is erased. */
export function emptied(table: TableOfPeople): string {
  const erased = columnsOf(RELATIONS[table], ERASED).map((name) => `${name} = ${KEPT[table]?.[name] ?? "null"}`);
  return [...erased, ...(MORE[table] ?? [])].join(", ");
}
