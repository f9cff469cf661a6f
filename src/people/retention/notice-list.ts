/** The notice list: whom retention will erase, and who may come back. */
import type { Executor } from "../../database/client.ts";
import type { Periods } from "./clocks.ts";
import { duePeople } from "./due.ts";

/**
 * Brings the notice list up to date: adds everybody whose period ends within the days of notice, and removes whoever has been active since.
 * Nobody is erased who has not stood there for the days of notice, not even those whose period ended long ago when retention was chosen.
 */
export async function announce(
  tx: Executor,
  account: string,
  today: string,
  { periods, noticeDays }: Periods,
): Promise<void> {
  await tx.$executeRawUnsafe(
    `with due as materialized (select * from (${duePeople()}) d where due_on - $4::int <= $3::date),
     active as (
       delete from public.retention_person p where account = $1 and not exists (select from due where due.id = p.applicant_id))
     insert into public.retention_person as p (account, applicant_id, clock, due_on, announced_on, erase_on)
     select $1, id, clock, due_on, $3::date, greatest(due_on, $3::date + $4::int) from due order by id
     on conflict (account, applicant_id) do update set clock = excluded.clock, due_on = excluded.due_on,
       erase_on = greatest(excluded.due_on, p.announced_on + $4::int)
     where (p.clock, p.due_on, p.erase_on)
       is distinct from (excluded.clock, excluded.due_on, greatest(excluded.due_on, p.announced_on + $4::int))`,
    account,
    JSON.stringify(periods),
    today,
    noticeDays,
  );
}

/**
 * Lets those come back whom retention has erased and who have been active since: a new application, or a new status of one. Without their
 * hashes, the next sync rewrites their rows. Returns how many.
 */
export async function readmit(tx: Executor, account: string): Promise<number> {
  const [row] = await tx.$queryRaw<{ readmitted: number }[]>`
    with readmitted as (
      delete from public.suppression s where s.account = ${account} and s.kind = 'retention' and exists (
        select from public.application p where p.account = s.account and p.applicant_id = s.applicant_id
          and greatest(p.created_at, p.status_changed_at, p.first_seen_at) > s.created_at)
      returning s.applicant_id as id),
    people as (
      update public.applicant set hash = '' where account = ${account} and id in (select id from readmitted)),
    applications as (
      update public.application set hash = '' where account = ${account} and applicant_id in (select id from readmitted))
    select count(*)::int as readmitted from readmitted`;
  return row?.readmitted ?? 0;
}
