/** A copy that is complete, although whoever made it did not live to see it. */
import type { Client } from "pg";
import { UsageError } from "../../platform/errors.ts";
import { withClient } from "../connect.ts";
import { describeTables, otherTables } from "./catalog.ts";

export interface CopiedTable {
  readonly name: string;
  readonly rows: number;
}

export interface CopyReport {
  readonly tables: readonly CopiedTable[];
  /** Tables beside ours in the source, which stay where they are. */
  readonly left: readonly string[];
}

/**
 * Reports the copy of this very source that stands in the target since an earlier attempt; null: there is none. The identity of the source,
 * which comes with it, tells it from anything else; the first start there gives the target one of its own. Throws `copy_target_in_use` if
 * the source went on since, and `copy_same_database`.
 */
export async function copiedBefore(
  { from, to }: { readonly from: string; readonly to: string },
  names: readonly string[],
): Promise<CopyReport | null> {
  return withClient(from, (source) =>
    withClient(
      to,
      async (target) => {
        if (await isSame(source, target)) {
          throw new UsageError("copy_same_database", {
            en: "The URL to copy to is that of the database itself: name another one.",
            fr: "L'URL de la cible est celle de la base elle-même : indiquez-en une autre.",
          });
        }
        const [ours, theirs] = [await identityOf(source, names), await identityOf(target, names)];
        if (ours === null || ours !== theirs) return null;
        const tables = await countsOf(source, names);
        const arrived = await countsOf(target, names);
        const different = tables.filter(({ name, rows }) => arrived.find((one) => one.name === name)?.rows !== rows);
        if (different.length === 0) return { tables, left: await otherTables(source, names) };
        const list = different.map(({ name }) => name).join(", ");
        throw new UsageError("copy_target_in_use", {
          en: `The database to copy to holds an earlier copy, and ${list} went on since: empty it, or name another one. Nothing was copied.`,
          fr: `La base cible contient une copie antérieure, et ${list} a changé depuis : videz-la, ou indiquez-en une autre. Rien n'a été copié.`,
        });
      },
      "the URL to copy to",
    ),
  );
}

async function identityOf(client: Client, names: readonly string[]): Promise<string | null> {
  const tables = await describeTables(client, names);
  if (!tables.some(({ name }) => name === "database_identity")) return null;
  const { rows } = await client.query<{ id: string }>("select id::text from public.database_identity");
  return rows[0]?.id ?? null;
}

/** Two URLs may name one database. */
async function isSame(source: Client, target: Client): Promise<boolean> {
  const where =
    "select pg_postmaster_start_time()::text || oid as id from pg_database where datname = current_database()";
  const [one, other] = [await source.query<{ id: string }>(where), await target.query<{ id: string }>(where)];
  return one.rows[0]?.id === other.rows[0]?.id;
}

/** How many rows each of these tables has that is there. */
export async function countsOf(client: Client, names: readonly string[]): Promise<readonly CopiedTable[]> {
  const tables = await describeTables(client, names);
  const each = tables.map(({ name }) => `select '${name}' as name, count(*)::float8 as rows from public."${name}"`);
  return (await client.query<CopiedTable>(each.join(" union all "))).rows;
}
