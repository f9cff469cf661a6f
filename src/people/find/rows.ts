/** Where the rows of a person are: one condition for each table that holds applicants, mirrored or imported. */
import { raw, sql, type Executor, type Sql } from "../../database/client.ts";
import type { TABLES } from "../tables.ts";
import type { Person } from "./find-person.ts";

/** The tables whose subject is a person who applies. One that is added does not compile until it has its condition here. */
export type TableOfPeople = {
  [Name in keyof typeof TABLES]: (typeof TABLES)[Name] extends { readonly subject: "mirrored" | "imported" }
    ? Name
    : never;
}[keyof typeof TABLES];

/** The condition under which a row of the table is about the person. */
export const ROWS: Readonly<Record<TableOfPeople, (person: Person) => Sql>> = {
  applicant: ({ account, applicants }) => sql`account = ${account} and id = any(${[...applicants]}::bigint[])`,
  application: ({ account, applications }) => sql`account = ${account} and id = any(${[...applications]}::bigint[])`,
  change: ({ account, applicants, applications }) => sql`account = ${account} and (
    (resource = 'applicant' and row_id = any(${[...applicants]}::bigint[]))
    or (resource = 'application' and row_id = any(${[...applications]}::bigint[])))`,
  quarantine: ({ account, quarantined }) => sql`account = ${account} and (resource, fingerprint) in (
    select * from unnest(${quarantined.map(({ resource }) => resource)}::text[], ${quarantined.map((one) => one.fingerprint)}::text[]))`,
  applicant_import: ({ account, imports }) => sql`account = ${account} and id = any(${[...imports]}::bigint[])`,
  import_event: ({ imports }) => sql`import_id = any(${[...imports]}::bigint[])`,
  import_resume: ({ imports }) => sql`import_id = any(${[...imports]}::bigint[])`,
};

export const TABLES_OF_PEOPLE = Object.keys(ROWS).filter((name): name is TableOfPeople => name in ROWS);

/** What `read` returns of each table, one after the other. */
export async function ofEachTable<T>(
  read: (table: TableOfPeople) => T | Promise<T>,
): Promise<Readonly<Record<TableOfPeople, T>>> {
  return {
    applicant: await read("applicant"),
    application: await read("application"),
    change: await read("change"),
    quarantine: await read("quarantine"),
    applicant_import: await read("applicant_import"),
    import_event: await read("import_event"),
    import_resume: await read("import_resume"),
  };
}

export function countRows(tx: Executor, person: Person): Promise<Readonly<Record<TableOfPeople, number>>> {
  return ofEachTable(async (table) => {
    const [row] = await tx.$queryRaw<{ rows: number }[]>`
      select count(*)::int as rows from public.${raw(table)} where ${ROWS[table](person)}`;
    return row?.rows ?? 0;
  });
}
