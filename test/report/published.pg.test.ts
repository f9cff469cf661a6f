import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { useDatabase } from "../support/database.ts";
import { ROOT } from "../support/docs.ts";

const database = useDatabase();

/**
 * Others' queries rely on what was published: a line of published.txt is never changed nor removed. What is new is added there by hand.
 */
test("what the schemas report and report_people have published is as it was", async () => {
  const lines = await database().$queryRaw<{ line: string }[]>`
    select n.nspname || '.' || c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) as line
    from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
    where n.nspname in ('report', 'report_people') and a.attnum > 0 and not a.attisdropped
    union all
    select n.nspname || '.' || p.proname || '(' || pg_get_function_arguments(p.oid) || ') ' || pg_get_function_result(p.oid)
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname in ('report', 'report_people')`;
  const published = await readFile(new URL("test/report/published.txt", ROOT), "utf8");
  expect(lines.map(({ line }) => line).toSorted()).toEqual(published.trim().split("\n").toSorted());
});
