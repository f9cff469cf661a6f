/** Whose period ends when. */
import type { Executor } from "../../database/client.ts";
import { dueOn, type Periods, type PersonClock } from "./clocks.ts";

/** A person whose period has begun. Days are ISO dates in the time zone of the account. */
export interface Due {
  readonly applicantId: bigint;
  readonly clock: PersonClock;
  /** The first day after the period. */
  readonly dueOn: string;
}

/**
 * SQL that returns the people of account $1 whose period runs, with its clock and the day on which it is over (`id`, `clock`, `due_on`).
 * $2: the periods as JSON, by clock.
 *
 * The period of `refused` and `pool` begins with the last activity: what the source dates (the person and each application created, a
 * status changed), and each change that the mirror saw of these rows. No period runs while an application is open, which it is unless its
 * status has a category that closes it; while an import of the person is on its way; and after a hire: whoever was hired is no candidate
 * any more, and their file not ours to decide on. That of `deleted` begins when the person was found to be gone at the source.
 */
export function duePeople(only = ""): string {
  const some = (column: string) => (only === "" ? "" : `and ${column} = any(${only})`);
  return `
    with zone as (select timezone from public.account where account = $1),
    changed as (
      select resource, row_id, max(at) as at from public.change ${only === "" ? "" : rowsOf(only)}
      where account = $1 and resource in ('applicant', 'application') and kind in ('updated', 'restored')
      group by 1, 2),
    applied as (
      select p.applicant_id as id, max(greatest(p.created_at, p.status_changed_at, c.at)) as at,
        bool_or(p.deleted_at is null and (s.category is null or s.category not in ('hired', 'refused', 'withdrawn'))) as is_open,
        bool_or(p.deleted_at is null and s.category = 'hired') is true as is_hired
      from public.application p
      left join public.status_category s on s.account = p.account and s.status = p.status
      left join changed c on c.resource = 'application' and c.row_id = p.id
      where p.account = $1 and p.applicant_id is not null ${some("p.applicant_id")} group by 1),
    coming as (
      select distinct applicant_id as id from public.applicant_import
      where account = $1 and applicant_id is not null and state not in ('done', 'rejected') ${some("applicant_id")}),
    person as (
      select a.id, a.deleted_at, coalesce(greatest(a.created_at, p.at, c.at), a.first_seen_at) as last_at, coalesce(p.is_hired, false) as is_hired,
        case when p.id is null or cardinality(a.pools) > 0 then 'pool' else 'refused' end as clock
      from public.applicant a
      left join applied p on p.id = a.id
      left join changed c on c.resource = 'applicant' and c.row_id = a.id
      where a.account = $1 ${some("a.id")} and p.is_open is not true and not exists (select from coming where coming.id = a.id)
        and not exists (select from public.suppression s where s.account = a.account and s.applicant_id = a.id)),
    period as (
      select id, clock, last_at as at from person where not is_hired
      union all select id, 'deleted', deleted_at from person where deleted_at is not null)
    select distinct on (id) id, clock, ${dueOn("at", "timezone", "$2::jsonb ->> clock")} as due_on
    from period, zone where $2::jsonb ? clock order by id, due_on, clock`;
}

/** SQL that joins the changes of some people and of their applications by its index, which a condition with "or" would not use. */
function rowsOf(only: string): string {
  return `join (select 'applicant' as resource, unnest(${only}) as row_id
    union all select 'application', id from public.application where account = $1 and applicant_id = any(${only})) r using (resource, row_id)`;
}

/** The people of an account whose period runs, by their ids. */
export async function readDue(
  executor: Executor,
  account: string,
  { periods }: Pick<Periods, "periods">,
  only?: readonly bigint[],
): Promise<readonly Due[]> {
  const values = only === undefined ? [] : [[...only]];
  return executor.$queryRawUnsafe<Due[]>(
    `select id as "applicantId", clock, due_on::text as "dueOn" from (${duePeople(only === undefined ? "" : "$3::bigint[]")}) d`,
    account,
    JSON.stringify(periods),
    ...values,
  );
}
