import { describe, expect, it } from "vitest";
import { columnsOf, ERASED, type Class, type Relation } from "../../src/people/classes.ts";
import { CLEANED } from "../../src/people/erase/files.ts";
import { TABLES } from "../../src/people/tables.ts";
import { REPORT, REPORT_PEOPLE } from "../../src/people/views.ts";
import { useDatabase } from "../support/database.ts";

type Relations = Readonly<Record<string, Relation>>;

const database = useDatabase();
const ALL: readonly Class[] = ["person", "text", "quasi", "pseudonym", "none"];
const PUBLIC: Relations = TABLES;
const SCHEMAS: Readonly<Record<string, Relations>> = { public: PUBLIC, report: REPORT, report_people: REPORT_PEOPLE };

interface Found {
  readonly schema: string;
  readonly relation: string;
  readonly isTable: boolean;
  readonly columns: readonly string[];
}

/** Every relation of every schema but those of Postgres and of the queue, and the record of Prisma's migrations. */
function relations(): Promise<readonly Found[]> {
  return database().$queryRaw<Found[]>`
    select n.nspname as schema, c.relname as relation, c.relkind in ('r', 'p') as "isTable", array_agg(a.attname::text) as columns
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relkind not in ('i', 'I', 'S', 't') and n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'bullmq')
      and c.relname <> '_prisma_migrations'
    group by 1, 2, 3 order by 1, 2`;
}

/** The columns of the database, and the columns that have a class, once for each time they have one. */
async function compared() {
  const found = (await relations()).flatMap(({ schema, relation, columns }) =>
    columns.map((column) => `${schema}.${relation}.${column}`),
  );
  const classed = Object.entries(SCHEMAS).flatMap(([schema, classes]) =>
    Object.entries(classes).flatMap(([name, relation]) =>
      columnsOf(relation, ALL).map((column) => `${schema}.${name}.${column}`),
    ),
  );
  return { found: found.toSorted(), classed: classed.toSorted() };
}

describe("the classes of personal data", () => {
  it("have every column of every table and view once, and none that does not exist", async () => {
    const { found, classed } = await compared();
    expect(found.length).toBeGreaterThan(700);
    expect(classed).toEqual(found);
  });

  it("lack a column that a migration adds, and a view that it creates", async () => {
    await database().$executeRaw`alter table public.applicant add column maiden_name text`;
    await database().$executeRaw`create view report.people as select 'Léa' as first_name`;
    const { found, classed } = await compared();
    await database().$executeRaw`drop view report.people`;
    await database().$executeRaw`alter table public.applicant drop column maiden_name`;
    expect(found.filter((column) => !classed.includes(column))).toEqual([
      "public.applicant.maiden_name",
      "report.people.first_name",
    ]);
  });

  it("say of every table with personal data whose it is, and of no other", async () => {
    const tables = (await relations()).filter(({ schema, isTable }) => schema === "public" && isTable);
    expect(tables).not.toEqual([]);
    for (const { relation } of tables) {
      const { subject, ...columns } = PUBLIC[relation] ?? {};
      expect({ relation, hasSubject: subject !== undefined }).toEqual({
        relation,
        hasSubject: columnsOf(columns, ERASED).length > 0,
      });
    }
  });

  it("show to whoever may read the schema report alone nobody's name, place or comment", () => {
    const shown = Object.entries<Relation>(REPORT).flatMap(([view, relation]) =>
      columnsOf(relation, ERASED).map((column) => `${view}.${column}`),
    );
    expect(shown).toEqual(["campaign.tags"]);
  });

  it("let no document pass for harmless but those that are ids, counts and codes of ours", async () => {
    const documents = await database().$queryRaw<{ relation: string; column: string }[]>`
      select table_name::text as relation, column_name::text as column from information_schema.columns
      where table_schema = 'public' and data_type = 'jsonb'`;
    const free = documents.filter(
      ({ relation, column }) => !columnsOf(PUBLIC[relation] ?? {}, ERASED).includes(column),
    );
    expect(free.map(({ relation, column }) => `${relation}.${column}`).toSorted()).toEqual([
      "audit.facts",
      "import_request.answer",
      "notice.items",
      "notice_state.items",
      "settings_seen.hidden",
      "settings_seen.shown",
    ]);
  });

  it("let statistics hold hardly any values of a column that an erasure empties", async () => {
    const targets = await database().$queryRaw<{ column: string; target: number | null }[]>`
      select relname || '.' || attname as column, attstattarget::int as target
      from pg_attribute join pg_class c on c.oid = attrelid where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'`;
    const small = new Set(targets.filter(({ target }) => target === 1).map(({ column }) => column));
    const wanted = Object.entries(CLEANED).flatMap(([table, columns]) => columns.map((column) => `${table}.${column}`));
    // A column that is added: `alter table … alter … set statistics 1` in its migration.
    expect(wanted.filter((column) => !small.has(column))).toEqual([]);
  });
});
