/** Since when conditions hold of which nothing else tells that: a worker notes when it sees them first. */
import type { Database } from "../../database/client.ts";
import type { Condition } from "./types.ts";

type Key = Pick<Condition, "code" | "subject">;

/** What workers have noted of an account: since when a condition holds, and for `no_worker` when one last ran. Null: nothing. */
export async function notedSince(database: Database, account: string): Promise<(key: Key) => Date | null> {
  const rows = await database.conditionSince.findMany({ where: { account } });
  return ({ code, subject }) => rows.find((row) => row.code === code && row.subject === subject)?.since ?? null;
}

/** Notes the conditions that a worker sees, forgets those that are over, and notes that a worker runs. */
export async function noteConditions(
  database: Database,
  account: string,
  { at, conditions }: { readonly at: Date; readonly conditions: readonly Key[] },
): Promise<void> {
  const seen = conditions.filter(({ code }) => code !== "no_worker");
  await database.$executeRaw`
    with seen as (
      select * from unnest(${seen.map(({ code }) => code)}::text[], ${seen.map(({ subject }) => subject)}::text[]) as s (code, subject)),
    gone as (
      delete from public.condition_since old where account = ${account} and code <> 'no_worker'
        and not exists (select from seen where (seen.code, seen.subject) = (old.code, old.subject)))
    insert into public.condition_since as old (account, code, subject, since)
    select ${account}, code, subject, ${at}::timestamptz from seen union all select ${account}, 'no_worker', '', ${at}
    on conflict (account, code, subject) do update set since = excluded.since where old.code = 'no_worker'`;
}
