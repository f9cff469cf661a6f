import { describe, expect, it } from "vitest";
import { useDatabase } from "../support/database.ts";

const database = useDatabase();

async function functionsOfOurs() {
  return database().$queryRaw<{ name: string; settings: string[]; body: string }[]>`
    select oid::regprocedure::text as name, coalesce(proconfig, '{}') as settings, prosrc as body
    from pg_proc where pronamespace = 'public'::regnamespace order by 1`;
}

/** Names of tables, views and functions that a body uses without their schema. */
function unqualifiedIn(body: string, relations: readonly string[], functions: readonly string[]): string[] {
  const code = body.replaceAll(/--[^\n]*/g, "").replaceAll(/'(?:[^']|'')*'/g, "''");
  const relation = new RegExp(
    `\\b(?:from|join|into|update|using)\\s+(?:only\\s+)?(${relations.join("|")})\\b(?!\\s*\\.)`,
    "gi",
  );
  const call = new RegExp(`(?<![.\\w])(${functions.join("|")})\\s*\\(`, "gi");
  const type = new RegExp(`^\\s*\\w+\\s+(${relations.join("|")})\\s*(?:;|:=|%rowtype)`, "gim");
  return [relation, call, type].flatMap((pattern) => [...code.matchAll(pattern)].map(([found]) => found.trim()));
}

describe("a function of ours", () => {
  it("is found by what calls it in a session with any search_path, and finds what it calls", async () => {
    const found = await functionsOfOurs();
    expect(found.length).toBeGreaterThan(10);
    expect(found.filter(({ settings }) => !settings.includes("search_path=pg_catalog, pg_temp"))).toEqual([]);
  });

  it("names the schema of every table, view, type and function of ours", async () => {
    const relations = await database().$queryRaw<{ name: string }[]>`
      select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm')`;
    const found = await functionsOfOurs();
    const names = found.map(({ name }) => name.slice(0, name.indexOf("(")).replace("public.", ""));
    const bare = found.map(({ name, body }) => ({
      name,
      bare: unqualifiedIn(
        body,
        relations.map((one) => one.name),
        names,
      ),
    }));
    expect(bare.filter((one) => one.bare.length > 0)).toEqual([]);
  });
});
