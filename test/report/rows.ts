/** Rows that the tests of views write by SQL and read back, in two accounts. */
import { raw, type Executor } from "../../src/database/client.ts";

export type Row = Readonly<Record<string, unknown>>;

// Their days are never the same, at any hour, and one of them is never that of UTC.
export const ZONES = { east: "Pacific/Kiritimati", west: "Pacific/Pago_Pago" } as const;
export const ACCOUNTS = ["east", "west"] as const;
/** Noon of a day in UTC: in the east it is the next day, in the west this one. */
export const NOON = "2026-03-01T12:00:00+00:00";
export const DAY_OF_NOON = { east: "2026-03-02", west: "2026-03-01" } as const;
/** What a mirrored row has to have, and what one that is gone has. */
export const KEPT = { raw: {}, hash: "" } as const;
export const GONE = { deleted_at: "2026-04-01T00:00:00Z" } as const;

export async function insertAccounts(tx: Executor): Promise<void> {
  const one = { kind: "sandbox", environment: "test", api_host: "127.0.0.1" };
  for (const account of ACCOUNTS) await insertRow(tx, "account", { ...one, account, timezone: ZONES[account] });
}

export async function insertRow(tx: Executor, table: string, row: Row): Promise<void> {
  const columns = raw(Object.keys(row).join(", "));
  await tx.$executeRaw`
    insert into public.${raw(table)} (${columns})
    select ${columns} from jsonb_populate_record(null::public.${raw(table)}, ${JSON.stringify(row)}::jsonb)`;
}

/** All rows of a view, in the order of these columns. */
export async function rowsOf(tx: Executor, view: string, order: string): Promise<readonly Row[]> {
  const rows = await tx.$queryRaw<{ row: Row }[]>`
    select to_jsonb(v) as row from ${raw(view)} v order by ${raw(order)}`;
  return rows.map(({ row }) => row);
}

/** The tables of facts whose rows differ between two accounts. */
export async function differing(tx: Executor, one: string, other: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const table of ["application_fact", "application_step", "application_state"]) {
    const rows = (account: string) =>
      raw(`select to_jsonb(t) - 'account' - 'last_change' as row from public.${table} t where account = '${account}'`);
    const [counted] = await tx.$queryRaw<[{ different: number }]>`
      select count(*)::int as different from (
        (${rows(one)} except all ${rows(other)}) union all (${rows(other)} except all ${rows(one)})) d`;
    if (counted.different > 0) found.push(table);
  }
  return found;
}
