/** Where the rows of a person are: one condition for each table that holds applicants, mirrored or imported. */
import { raw, sql, type Executor } from "../../database/client.ts";
import type { TABLES } from "../tables.ts";
import type { Person } from "./find-person.ts";

/** The tables whose subject is a person who applies. One that is added does not compile until it has its condition here. */
export type TableOfPeople = {
  [Name in keyof typeof TABLES]: (typeof TABLES)[Name] extends { readonly subject: "mirrored" | "imported" }
    ? Name
    : never;
}[keyof typeof TABLES];

/** The condition under which a row of the table is about the person. */
export const ROWS: Readonly<Record<TableOfPeople, (person: Person) => ReturnType<typeof sql>>> = {
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

/** How many rows of each table are about the person. */
export async function countRows(tx: Executor, person: Person): Promise<Readonly<Record<TableOfPeople, number>>> {
  const count = async (table: TableOfPeople) => {
    const [row] = await tx.$queryRaw<{ rows: number }[]>`
      select count(*)::int as rows from public.${raw(table)} where ${ROWS[table](person)}`;
    return row?.rows ?? 0;
  };
  return {
    applicant: await count("applicant"),
    application: await count("application"),
    change: await count("change"),
    quarantine: await count("quarantine"),
    applicant_import: await count("applicant_import"),
    import_event: await count("import_event"),
    import_resume: await count("import_resume"),
  };
}
