/** Since when a condition holds, where no other row says it, and since when nothing is wrong: a worker stores it when it first sees it. */
import type { Database } from "../../database/client.ts";
import { SENTENCES, type SentenceCode } from "./condition-row.ts";
import { CONDITIONS } from "./conditions.ts";
import type { Condition } from "./types.ts";

/** The code of a sentence for which no condition holds. */
const QUIET = "quiet";

type Key = Pick<Condition, "code" | "subject">;

/** What workers have noted of an account. */
interface Noted {
  /** Since when a condition holds, and for `no_worker` when one last ran. Null: nothing is noted. */
  readonly sinceOf: (key: Key) => Date | null;
  /** Since when a sentence reports nothing wrong. */
  readonly quietSince: Readonly<Partial<Record<SentenceCode, Date>>>;
}

export async function notedSince(database: Database, account: string): Promise<Noted> {
  const rows = await database.conditionSince.findMany({ where: { account } });
  const quiet = rows.filter(({ code }) => code === QUIET).map(({ subject, since }) => [subject, since] as const);
  return {
    sinceOf: ({ code, subject }) => rows.find((row) => row.code === code && row.subject === subject)?.since ?? null,
    quietSince: Object.fromEntries(quiet),
  };
}

/** Notes the conditions that a worker sees, forgets those that are over, and notes that a worker runs. */
export async function noteConditions(
  database: Database,
  account: string,
  { at, conditions }: { readonly at: Date; readonly conditions: readonly Key[] },
): Promise<void> {
  const wrong = new Set<SentenceCode>(conditions.map(({ code }) => CONDITIONS[code].sentence));
  const quiet = SENTENCES.filter((one) => !wrong.has(one)).map((subject) => ({ code: QUIET, subject }));
  const seen = [...conditions.filter(({ code }) => code !== "no_worker"), ...quiet];
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
