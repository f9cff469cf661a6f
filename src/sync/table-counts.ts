import type { Database } from "../database/client.ts";
import { tableNames, type TableName } from "../mirror/tables.ts";

export interface TableCount {
  readonly table: TableName;
  readonly rows: number;
  /** Rows that are no longer at the source. */
  readonly deleted: number;
  /** When a row of the table last changed, ISO 8601. */
  readonly lastChange: string | null;
}

/**
 * How many living and deleted rows of an account each mirrored table holds: those of `belonging`, and any other that has
 * rows of it.
 */
export async function countMirror(
  database: Database,
  account: string,
  belonging: readonly TableName[],
): Promise<readonly TableCount[]> {
  const counts = tableNames.map(
    (name) => `select '${name}' as table, count(*) filter (where deleted_at is null)::int as rows,
      count(deleted_at)::int as deleted, max(changed_at) as last_change from public.${name} where account = $1`,
  );
  const found = await database.$queryRawUnsafe<
    { table: TableName; rows: number; deleted: number; last_change: Date | null }[]
  >(counts.join(" union all "), account);
  return found
    .filter(({ table, last_change }) => last_change !== null || belonging.includes(table))
    .toSorted((a, b) => tableNames.indexOf(a.table) - tableNames.indexOf(b.table))
    .map(({ last_change, ...count }) => ({ ...count, lastChange: last_change?.toISOString() ?? null }));
}
