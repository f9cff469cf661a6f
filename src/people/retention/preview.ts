/** What will go when, and which day it is. */
import type { Database } from "../../database/client.ts";
import { CLOCKS, namesOf, type Clock, type Periods } from "./clocks.ts";
import { duePeople } from "./due.ts";
import { countPurges } from "./purge.ts";

/** What goes in one month by one clock: people of `PERSON_CLOCKS`, rows of the others. */
export interface Coming {
  readonly clock: Clock;
  /** `2027-01`: the month in which it goes; what is overdue goes in the first. */
  readonly month: string;
  readonly people: number;
  readonly rows: number;
}

/** What will go when if nothing is active any more, by clock and month. Reads every row: it takes seconds for a million. */
export async function previewRetention(
  database: Database,
  account: string,
  retention: Periods,
): Promise<readonly Coming[]> {
  const { periods, noticeDays } = retention;
  const today = await todayOf(database, account);
  const people = await database.$queryRawUnsafe<{ clock: Clock; day: string; people: number }[]>(
    `select d.clock, greatest(d.due_on, coalesce(p.announced_on, $3::date) + $4::int)::text as day, count(*)::int as people
     from (${duePeople()}) d left join public.retention_person p on p.account = $1 and p.applicant_id = d.id group by 1, 2`,
    account,
    JSON.stringify(periods),
    today,
    noticeDays,
  );
  const found = new Map<string, Coming>();
  const add = (clock: Clock, day: string, more: { readonly people?: number; readonly rows?: number }) => {
    const month = (day < today ? today : day).slice(0, -3);
    const before = found.get(`${clock} ${month}`);
    found.set(`${clock} ${month}`, {
      clock,
      month,
      people: (before?.people ?? 0) + (more.people ?? 0),
      rows: (before?.rows ?? 0) + (more.rows ?? 0),
    });
  };
  for (const { clock, day, people: some } of people) add(clock, day, { people: some });
  for (const clock of namesOf(retention)) {
    for (const { day, count } of await countPurges(database, account, clock, periods[clock] ?? ""))
      add(clock, day, { rows: count });
  }
  const order = Object.keys(CLOCKS);
  return [...found.values()].toSorted(
    (a, b) => a.month.localeCompare(b.month) || order.indexOf(a.clock) - order.indexOf(b.clock),
  );
}

/** The day by the clock of the database, in the time zone of the account; of an account without a row, UTC. */
export async function todayOf(database: Database, account: string): Promise<string> {
  const [row] = await database.$queryRaw<{ today: string }[]>`
    select (clock_timestamp() at time zone coalesce((select timezone from public.account where account = ${account}), 'UTC'))::date::text
      as today`;
  return row?.today ?? "";
}
