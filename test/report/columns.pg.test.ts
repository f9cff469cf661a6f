import { expect, test } from "vitest";
import { LANGUAGES, type Language } from "../../src/platform/language.ts";
import { COLUMNS } from "../../src/report/meanings/columns.ts";
import { PEOPLE_VIEWS } from "../../src/report/meanings/people.ts";
import { VIEWS } from "../../src/report/meanings/views.ts";
import { useDatabase } from "../support/database.ts";
import { markdownTable, renewPage } from "../support/docs.ts";

const database = useDatabase();
const SCHEMAS = { report: VIEWS, report_people: PEOPLE_VIEWS } as const;

interface Described {
  readonly schema: keyof typeof SCHEMAS;
  readonly view: string;
  /** Null: the view itself. */
  readonly column: string | null;
  readonly type: string | null;
  readonly comment: string | null;
}

async function described(): Promise<readonly Described[]> {
  return database().$queryRaw<Described[]>`
    select n.nspname as schema, c.relname as view, a.attname as column, format_type(a.atttypid, a.atttypmod) as type,
      coalesce(col_description(c.oid, a.attnum), obj_description(c.oid, 'pg_class')) as comment
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    left join lateral (
      select null as attname, null::oid as atttypid, null::integer as atttypmod, 0 as attnum
      union all
      select attname, atttypid, atttypmod, attnum from pg_attribute where attrelid = c.oid and attnum > 0 and not attisdropped) a on true
    where n.nspname in ('report', 'report_people')
    order by 1, c.oid, a.attnum`;
}

const meaningOf = ({ schema, view, column }: Described) =>
  column === null ? SCHEMAS[schema][view]?.meaning : (SCHEMAS[schema][view]?.columns?.[column] ?? COLUMNS[column]);

/** As a migration writes it. */
function statement(one: Described, text: string | null | undefined): string {
  const what =
    one.column === null ? `view ${one.schema}.${one.view}` : `column ${one.schema}.${one.view}.${one.column}`;
  return `comment on ${what} is '${text?.replaceAll("'", "''")}';`;
}

test("every view and column of the schema report has a meaning in both languages, and the English one as its comment", async () => {
  const rows = await described();
  expect(rows.filter((row) => meaningOf(row) === undefined)).toEqual([]);
  // What stands in src/report/meanings alone is what a migration has to say.
  expect(rows.map((row) => statement(row, row.comment))).toEqual(rows.map((row) => statement(row, meaningOf(row)?.en)));
});

test("the schema report has columns of six types alone", async () => {
  const types = new Set((await described()).flatMap(({ type }) => type ?? []));
  expect([...types].toSorted()).toEqual(["bigint", "boolean", "date", "numeric", "text", "timestamp with time zone"]);
});

test.each([
  ["en", "docs/report-columns.md"],
  ["fr", "docs/fr/colonnes-des-rapports.md"],
] as const)(
  "the %s page of the columns is generated from their meanings (`npm run docs` writes it)",
  async (language, path) => {
    expect(LANGUAGES).toContain(language);
    const { text, file } = await renewPage(path, { columns: sections(await described(), language) });
    await expect(text).toMatchFileSnapshot(file);
  },
);

const HEADS = { en: ["Column", "Type", "Meaning"], fr: ["Colonne", "Type", "Sens"] } as const;

function sections(rows: readonly Described[], language: Language): string {
  const views = rows.filter(({ column }) => column === null);
  return views
    .map((view) => {
      const columns = rows.filter(
        ({ schema, view: name, column }) => schema === view.schema && name === view.view && column !== null,
      );
      const cells = columns.map((one) => [
        `\`${one.column}\``,
        one.type?.replace("timestamp with time zone", "timestamptz") ?? "",
        meaningOf(one)?.[language] ?? "",
      ]);
      return `## ${view.schema}.${view.view}\n\n${meaningOf(view)?.[language]}\n\n${markdownTable(HEADS[language], cells)}`;
    })
    .join("\n\n");
}
