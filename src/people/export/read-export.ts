/** Everything that is kept of one person, as they may ask for it (right of access). */
import { z } from "zod";
import { writeAudit, type Decider } from "../../database/audit.ts";
import { inTransaction, raw, type Database, type Executor } from "../../database/client.ts";
import { unknownPerson } from "../erase/erasure.ts";
import { findPerson, subjectsOf, type Named, type Person } from "../find/find-person.ts";
import type { Keyring } from "../suppression/key.ts";
import { hashesOf } from "../suppression/suppress.ts";
import { EXPORTED, HELD, UNSHOWN, type ExportedTable, type Hashed } from "./exported.ts";

const rowSchema = z.record(z.string(), z.unknown());
export type ExportedRow = z.infer<typeof rowSchema>;

export interface PersonExport {
  readonly account: string;
  /** ISO 8601. */
  readonly exportedAt: string;
  /** The rows of each table with all their columns, but what we recognise them by. A CV is base64. */
  readonly tables: Readonly<Partial<Record<ExportedTable, readonly ExportedRow[]>>>;
  /** What the ids in these rows are the ids of. */
  readonly names: Readonly<Record<"campaign_id" | "entity_id", Readonly<Record<string, string>>>>;
  /** The decisions that people took about them here, oldest first. `why`: what the person who decided wrote. */
  readonly decisions: readonly {
    readonly at: string;
    readonly what: string;
    readonly source: string;
    readonly why: string | null;
  }[];
}

/** Reads it and notes in the audit who exported. Throws `person_unknown`. */
export function exportPerson(
  database: Database,
  account: string,
  named: Named,
  by: Decider,
  keyring: Pick<Keyring, "keys">,
): Promise<PersonExport> {
  return inTransaction(database, async (tx) => {
    const found = await findPerson(tx, account, named);
    const person = { ...found, hashes: [...hashesOf(account, found.emails, keyring.keys()).keys()] };
    const tables: Partial<Record<ExportedTable, readonly ExportedRow[]>> = {};
    for (const table of EXPORTED) {
      const rows = await rowsOf(tx, person, table);
      if (rows.length > 0) tables[table] = rows;
    }
    if (Object.keys(tables).length === 0) throw unknownPerson(account);
    const rows = Object.values(tables).flat();
    const names = {
      campaign_id: await namesOf(tx, account, "campaign", rows),
      entity_id: await namesOf(tx, account, "entity", rows),
    };
    const decisions = await decisionsOf(tx, person);
    await writeAudit(tx, { account, by, what: "person_exported", subjects: subjectsOf(person) });
    return { account, exportedAt: new Date().toISOString(), tables, names, decisions };
  });
}

/** The order of the rows; a table lacks some of these columns. */
const ORDER = ["id", "import_id", "application_id", "step"].map((name) => `to_jsonb(held) -> '${name}'`).join(", ");

async function rowsOf(tx: Executor, person: Hashed, table: ExportedTable): Promise<readonly ExportedRow[]> {
  const bytes = table === "import_resume" ? "|| jsonb_build_object('bytes', encode(bytes, 'base64'))" : "";
  const rows = await tx.$queryRaw<{ row: unknown }[]>`
    select (to_jsonb(held) ${raw(bytes)}) - ${UNSHOWN}::text[] as row from public.${raw(table)} held where ${HELD[table](person)}
    order by ${raw(ORDER)}`;
  return rows.map(({ row }) => rowSchema.parse(row));
}

async function namesOf(
  tx: Executor,
  account: string,
  table: "campaign" | "entity",
  rows: readonly ExportedRow[],
): Promise<Readonly<Record<string, string>>> {
  const ids = rows.flatMap((row) => row[`${table}_id`] ?? []).map(String);
  const found = await tx.$queryRaw<{ id: bigint; name: string }[]>`
    select id, name from public.${raw(table)} where account = ${account} and id::text = any(${ids}) and name is not null`;
  return Object.fromEntries(found.map(({ id, name }) => [String(id), name]));
}

async function decisionsOf(tx: Executor, person: Person): Promise<PersonExport["decisions"]> {
  const { account, imports } = person;
  // Decisions about imports name them by their number alone.
  const about = [...subjectsOf(person)];
  const rows = await tx.$queryRaw<{ at: Date; what: string; source: string; why: string | null }[]>`
    select at, what, source, why from public.audit where account = ${account}
      and (subjects && ${about}::text[] or (what like 'import\\_%' and subjects && ${imports.map(String)}::text[]))
    order by at, id`;
  return rows.map(({ at, ...row }) => ({ at: at.toISOString(), ...row }));
}
