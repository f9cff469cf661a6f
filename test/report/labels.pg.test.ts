import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { WORDS } from "../../src/ops/state/types.ts";
import { LISTED_STATES } from "../../src/outbox/operations/filter.ts";
import { REASONS } from "../../src/outbox/import/reasons.ts";
import { CATEGORIES } from "../../src/report/statuses.ts";
import { resources } from "../../src/sync/resources.ts";
import { RUN_STATES } from "../../src/sync/runs/runs.ts";
import { useDatabase } from "../support/database.ts";
import { ROOT } from "../support/docs.ts";
import { API_KINDS, VENDOR_CODES } from "./codes.ts";

const database = useDatabase();

/** The codes of each kind of label: what our tables can hold, and what the vendor lists. */
const CODES: Readonly<Record<string, readonly string[]>> = {
  ...VENDOR_CODES,
  category: CATEGORIES,
  resource: Object.keys(resources),
  freshness: WORDS,
  run_kind: ["full", "incremental"],
  run_trigger: ["schedule", "command"],
  run_state: RUN_STATES,
  run_error: API_KINDS,
  import_state: LISTED_STATES,
  intake: ["file", "http", "sql"],
  reason: [...Object.keys(REASONS), ...API_KINDS],
};

/** The kind of the labels of each column that holds codes. */
const KINDS: Readonly<Record<string, string>> = {
  category: "category",
  age_band: "age_band",
  resource: "resource",
  word: "freshness",
  "run.kind": "run_kind",
  trigger: "run_trigger",
  "run.state": "run_state",
  error_code: "run_error",
  "import_outcome.state": "import_state",
  reason_code: "reason",
  intake: "intake",
  current_stage: "stage",
  "campaign.status": "campaign_status",
  job_type: "job_type",
  job_field: "job_field",
  working_time: "working_time",
  remote_level: "remote_level",
  education_level: "education_level",
  locale: "locale",
};
/** Columns of text that hold no code of ours or of the vendor: names that a customer gives, labels, keys. */
const FREE =
  /(^|_)(account|name|status|source|reference|city|zipcode|country|iso_country|region|department|tags|channels|email|phone_\w+|label_\w+|month_\w+|salary_currency|experience_level|code|kind)$|_(en|fr)$/;

async function labelsOf(): Promise<ReadonlyMap<string, readonly string[]>> {
  const rows = await database().$queryRaw<{ kind: string; codes: string[] }[]>`
    select kind, array_agg(code order by position) as codes from report.label
    where label_en <> '' and label_fr <> '' group by kind`;
  return new Map(rows.map(({ kind, codes }) => [kind, codes]));
}

it("every code that our tables can hold, or that the vendor lists, has a label in both languages", async () => {
  const labels = await labelsOf();
  const missing = Object.entries(CODES).flatMap(([kind, codes]) =>
    codes.filter((code) => labels.get(kind)?.includes(code) !== true).map((code) => `${kind} ${code}`),
  );
  expect(missing).toEqual([]);
});

it("every column of the reports with codes has labels, and any other column of text holds no code", async () => {
  const labels = await labelsOf();
  const columns = await database().$queryRaw<{ view: string; column: string }[]>`
    select table_name::text as view, column_name::text as column from information_schema.columns
    where table_schema in ('report', 'report_people') and data_type = 'text'`;
  const lost = columns.filter(({ view, column }) => {
    const kind = KINDS[`${view}.${column}`] ?? KINDS[column];
    return kind === undefined ? !FREE.test(column) : labels.get(kind) === undefined;
  });
  expect(lost).toEqual([]);
});

it("a code has one label of its kind, and the codes of a kind have an order", async () => {
  const doubled = await database().$queryRaw`
    select kind, code from report.label group by kind, code having count(*) > 1
    union all select kind, position::text from report.label group by kind, position having count(*) > 1`;
  expect(doubled).toEqual([]);
});

it("the docs name every kind of label", async () => {
  const text = await readFile(new URL("docs/reports.md", ROOT), "utf8");
  expect(Object.values(KINDS).filter((kind) => !text.includes(`\`${kind}\``))).toEqual([]);
});

it("the keys that the guide to Metabase lists exist, and have the type of their target", async () => {
  const text = await readFile(new URL("docs/metabase.md", ROOT), "utf8");
  const keys = [...text.matchAll(/^\| `(report\w*)\.(\w+)\.(\w+)` +\| `(report\w*)\.(\w+)\.(\w+)` +\|$/gm)];
  expect(keys.length).toBeGreaterThan(10);
  for (const [, ...names] of keys) {
    const [schema, view, column, target, to, key] = names;
    const account = to === "calendar" ? "true" : "f.account = t.account";
    const statement = `select count(*)::int as found from ${schema}.${view} f join ${target}.${to} t on f.${column} = t.${key} and ${account}`;
    expect(await database().$queryRawUnsafe(statement)).toEqual([{ found: 0 }]);
  }
});
