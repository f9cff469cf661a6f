/** The tables that our migrations make, as the catalog of a database describes them. */
import type { Client } from "pg";
import { OUR_MIGRATIONS, readMigrations } from "../migrations/files.ts";

export interface Table {
  readonly name: string;
  /** All but the generated ones, each with its type. */
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** The tables that its foreign keys refer to. */
  readonly needs: readonly string[];
}

const CREATED = /create\s+(?:unlogged\s+)?table\s+(?:if\s+not\s+exists\s+)?(?:public\.)?"?(?<created>\w+)/;
const RENAMED = /alter\s+table\s+(?:public\.)?"?(?<former>\w+)"?\s+rename\s+to\s+"?(?<renamed>\w+)/;
const DROPPED = /drop\s+table\s+(?:if\s+exists\s+)?(?:public\.)?"?(?<dropped>\w+)/;
const STATEMENTS = new RegExp(`^(?:${[CREATED, RENAMED, DROPPED].map(({ source }) => source).join("|")})`, "gim");

/** The names, after the last migration, of the tables that the migrations create. */
export async function ourTables(): Promise<readonly string[]> {
  const names = new Set<string>();
  for (const { sql } of await readMigrations(OUR_MIGRATIONS)) {
    for (const { groups = {} } of sql.matchAll(STATEMENTS)) {
      const name = groups["created"] ?? groups["renamed"];
      const gone = groups["former"] ?? groups["dropped"];
      if (gone !== undefined) names.delete(gone);
      if (name !== undefined) names.add(name);
    }
  }
  return [...names];
}

/** The tables as they are in the database, each behind those that it refers to. */
export async function describeTables(client: Client, names: readonly string[]): Promise<readonly Table[]> {
  const { rows } = await client.query<Table>(
    `select relname as name,
       (select json_agg(json_build_object('name', attname, 'type', format_type(atttypid, atttypmod)) order by attname)
        from pg_catalog.pg_attribute where attrelid = t.oid and attnum > 0 and not attisdropped and attgenerated = '') as columns,
       array(select r.relname::text from pg_catalog.pg_constraint f join pg_catalog.pg_class r on r.oid = f.confrelid
        where f.conrelid = t.oid and f.contype = 'f' and f.confrelid <> t.oid) as needs
     from pg_catalog.pg_class t
     where relnamespace = 'public'::regnamespace and relkind = 'r' and relname = any($1) order by relname`,
    [names],
  );
  return inOrder(rows);
}

function inOrder(tables: readonly Table[]): readonly Table[] {
  const ordered = new Set<Table>();
  const add = (table: Table, on: readonly Table[]): void => {
    if (ordered.has(table) || on.includes(table)) return;
    tables.filter(({ name }) => table.needs.includes(name)).forEach((needed) => add(needed, [...on, table]));
    ordered.add(table);
  };
  tables.forEach((table) => add(table, []));
  return [...ordered];
}

interface Named {
  readonly name: string;
}

/** The tables of the schema that are not ours, the record of migrations left out. */
export async function otherTables(client: Client, ours: readonly string[]): Promise<readonly string[]> {
  const { rows } = await client.query<Named>(
    `select relname as name from pg_catalog.pg_class
     where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and relname <> all($1) order by 1`,
    [[...ours, "_prisma_migrations"]],
  );
  return rows.map(({ name }) => name);
}

/** Those of the tables that hold at least one row. */
export async function filledTables(client: Client, tables: readonly string[]): Promise<readonly string[]> {
  if (tables.length === 0) return [];
  const each = tables.map((name) => `select '${name}' as name where exists (select from public."${name}")`);
  const { rows } = await client.query<Named>(each.join(" union all "));
  return rows.map(({ name }) => name);
}

export interface Sequence {
  readonly name: string;
  readonly last: string;
  readonly isCalled: boolean;
}

/** SQL: the sequences `s` that columns of the tables `t` named in $1 own, by the dependency `d`. */
export const OWNED_SEQUENCES = `pg_catalog.pg_class s
  join pg_catalog.pg_depend d on d.classid = 'pg_class'::regclass and d.objid = s.oid and d.deptype in ('a', 'i')
  join pg_catalog.pg_class t on d.refclassid = 'pg_class'::regclass and t.oid = d.refobjid
  where s.relkind = 'S' and t.relnamespace = 'public'::regnamespace and t.relname = any($1)`;

/** The sequences that columns of the tables own, and where they stand. */
export async function readSequences(client: Client, tables: readonly string[]): Promise<readonly Sequence[]> {
  const { rows } = await client.query<Named>(`select s.relname as name from ${OWNED_SEQUENCES} order by 1`, [tables]);
  const sequences: Sequence[] = [];
  for (const { name } of rows) {
    const { rows: states } = await client.query<Sequence>(
      `select '${name}' as name, last_value as last, is_called as "isCalled" from public."${name}"`,
    );
    sequences.push(...states);
  }
  return sequences;
}
