/** Everything that is kept of one person, as they may ask for it (right of access). */
import { z } from "zod";
import { writeAudit, type Decider } from "../../database/audit.ts";
import { inTransaction, raw, type Database, type Executor } from "../../database/client.ts";
import { unknownPerson } from "../erase/erasure.ts";
import { findPerson, subjectsOf, type Named, type Person } from "../find/find-person.ts";
import { ofEachTable, ROWS, TABLES_OF_PEOPLE, type TableOfPeople } from "../find/rows.ts";

const rowSchema = z.record(z.string(), z.unknown());
export type ExportedRow = z.infer<typeof rowSchema>;

export interface PersonExport {
  readonly account: string;
  /** ISO 8601. */
  readonly exportedAt: string;
  /** The rows of each table with all their columns, but hashes. A CV is base64. */
  readonly tables: Readonly<Record<TableOfPeople, readonly ExportedRow[]>>;
  /** The decisions that people took about them here, oldest first. */
  readonly decisions: readonly { readonly at: string; readonly what: string; readonly source: string }[];
}

/** Reads it and notes in the audit who exported. Throws `person_unknown`. */
export function exportPerson(database: Database, account: string, named: Named, by: Decider): Promise<PersonExport> {
  return inTransaction(database, async (tx) => {
    const person = await findPerson(tx, account, named);
    const tables = await ofEachTable((table) => rowsOf(tx, person, table));
    if (TABLES_OF_PEOPLE.every((table) => tables[table].length === 0)) throw unknownPerson(account);
    const decisions = await decisionsOf(tx, person);
    await writeAudit(tx, { account, by, what: "person_exported", subjects: subjectsOf(person) });
    return { account, exportedAt: new Date().toISOString(), tables, decisions };
  });
}

/** How rows are recognised by us alone says nothing about the person. */
const OURS = ["account", "hash", "email_key", "person", "fingerprint"];

async function rowsOf(tx: Executor, person: Person, table: TableOfPeople): Promise<readonly ExportedRow[]> {
  const bytes = table === "import_resume" ? "|| jsonb_build_object('bytes', encode(bytes, 'base64'))" : "";
  const rows = await tx.$queryRaw<{ row: unknown }[]>`
    select (to_jsonb(held) ${raw(bytes)}) - ${OURS}::text[] as row
    from public.${raw(table)} held where ${ROWS[table](person)} order by to_jsonb(held) -> 'id', to_jsonb(held) -> 'import_id'`;
  return rows.map(({ row }) => rowSchema.parse(row));
}

async function decisionsOf(tx: Executor, person: Person): Promise<PersonExport["decisions"]> {
  const { account, imports } = person;
  // Decisions about imports name them by their number alone.
  const about = [...subjectsOf(person)];
  const rows = await tx.$queryRaw<{ at: Date; what: string; source: string }[]>`
    select at, what, source from public.audit where account = ${account}
      and (subjects && ${about}::text[] or (what like 'import\\_%' and subjects && ${imports.map(String)}::text[]))
    order by at, id`;
  return rows.map(({ at, ...row }) => ({ at: at.toISOString(), ...row }));
}
