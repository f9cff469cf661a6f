import { readFile } from "node:fs/promises";
import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { markdownTable, PATHS, renewPage, ROOT } from "./support/docs.ts";
import { createTestDatabase } from "./support/postgres.ts";

interface Meaning {
  readonly table: string;
  /** Null: the table itself. */
  readonly column: string | null;
  readonly meaning: string | null;
}

interface Described extends Meaning {
  readonly type: string | null;
  readonly is_view: boolean;
}

let client: Client;
let drop: () => Promise<void>;
let described: readonly Described[];

beforeAll(async () => {
  const database = await createTestDatabase();
  drop = database.drop;
  client = new Client({ connectionString: database.url });
  await client.connect();
  const { rows } = await client.query<Described>(`
    select c.relname as table, a.attname as column, d.description as meaning, c.relkind = 'v' as is_view,
      replace(format_type(a.atttypid, a.atttypmod), 'timestamp(3) with time zone', 'timestamptz(3)') as type
    from pg_catalog.pg_class c
    left join lateral (
      select null as attname, null::oid as atttypid, null::integer as atttypmod, 0 as attnum
      union all
      select a.attname, a.atttypid, a.atttypmod, a.attnum from pg_catalog.pg_attribute a
      where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) a on true
    left join pg_catalog.pg_description d
      on d.objoid = c.oid and d.classoid = 'pg_catalog.pg_class'::regclass and d.objsubid = a.attnum
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'v') and c.relname <> '_prisma_migrations'
    order by c.relname, a.attnum`);
  described = rows;
});

afterAll(async () => {
  await client.end();
  await drop();
});

test("every statement of the README and the docs runs in a migrated database", async () => {
  const pages = await Promise.all(PATHS.map((path) => readFile(new URL(path, ROOT), "utf8")));
  const blocks = [...pages.join("\n").matchAll(/^```sql\n(.+?)^```/gms)].map(([, block = ""]) => block);
  expect(blocks).not.toHaveLength(0);
  for (const block of blocks) {
    // A role belongs to the whole server: it must not outlive the test.
    await client.query("begin");
    // A question of Metabase has a variable where its account stands.
    await client.query(block.replaceAll("{{account}}", "'default'"));
    await client.query("rollback");
  }
});

test("every table, view and column of the database has a comment that says what it means", () => {
  expect(described.filter(({ meaning }) => meaning === null).map(nameOf)).toEqual([]);
});

test("the comments of the database are those of prisma/schema.prisma", async () => {
  const meant = (await meaningsOfSchema()).map(commentOn);
  const found = described.filter(({ is_view }) => !is_view).map(commentOn);
  // What stands in the schema alone is what a migration has to say.
  expect(found.toSorted()).toEqual(meant.toSorted());
});

test("docs/tables.md is generated from the comments of the database (`npm run docs` writes it)", async () => {
  const tables = (await meaningsOfSchema()).filter(({ column }) => column === null).map(({ table }) => table);
  const views = described.filter(({ is_view, column }) => is_view && column === null).map(({ table }) => table);
  const names = [...tables, ...views];
  const meaningOf = (name: string) => described.find((one) => one.table === name && one.column === null)?.meaning ?? "";
  const overview = markdownTable(
    ["Table", "One row is"],
    names.map((name) => [`[${name}](#${name})`, meaningOf(name)]),
  );
  const sections = names.map((name) => {
    const columns = described.filter(({ table, column }) => table === name && column !== null);
    const rows = columns.map(({ column, type, meaning }) => [`\`${column}\``, type ?? "", meaning ?? ""]);
    return `## ${name}\n\n${meaningOf(name)}\n\n${markdownTable(["Column", "Type", "Meaning"], rows)}`;
  });
  const { text, file } = await renewPage("docs/tables.md", { tables: [overview, ...sections].join("\n\n") });
  await expect(text).toMatchFileSnapshot(file);
});

/** The `///` comments of the models of prisma/schema.prisma and their columns, in order; relations are no columns. */
async function meaningsOfSchema(): Promise<readonly Meaning[]> {
  const schema = await readFile(new URL("prisma/schema.prisma", ROOT), "utf8");
  const models = [...schema.matchAll(/(?:^\/\/\/ (.+)\n)?^model (\w+) \{\n([^}]+)^\}/gm)];
  const names = models.map(([, , name]) => name);
  return models.flatMap(([, meaning = null, name = "", body = ""]) => {
    const table = /@@map\("(\w+)"\)/.exec(body)?.[1] ?? name;
    const fields = [...body.matchAll(/(?:^ *\/\/\/ (.+)\n)?^ +(\w+) +(\w+)(.*)$/gm)];
    const columns = fields
      .filter(([, , , type]) => !names.includes(type))
      .map(([, text = null, field = "", , rest = ""]) => ({
        table,
        column: /@map\("(\w+)"\)/.exec(rest)?.[1] ?? field,
        meaning: text,
      }));
    return [{ table, column: null, meaning }, ...columns];
  });
}

function nameOf({ table, column }: Meaning): string {
  return column === null ? table : `${table}.${column}`;
}

/** As a migration writes it. */
function commentOn(one: Meaning): string {
  const kind = one.column === null ? "table" : "column";
  const text = one.meaning === null ? "null" : `'${one.meaning.replaceAll("'", "''")}'`;
  return `comment on ${kind} public.${nameOf(one)} is ${text};`;
}
