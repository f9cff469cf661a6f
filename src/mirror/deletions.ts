import type { Statements } from "../database/statements.ts";
import type { MirrorTable, WriteOrigin } from "./tables.ts";

/**
 * Marks rows as deleted that are proven to be gone from the source, and records it in the history. Their facts for reports follow at
 * once, unless a batch of others is being made: nobody waits for that. Returns how many were living.
 */
export async function markDeleted(
  tx: Statements,
  origin: WriteOrigin,
  table: MirrorTable,
  ids: readonly bigint[],
): Promise<number> {
  return tx.$executeRawUnsafe(
    `with gone as (
      update public.${table.name} set deleted_at = now(), changed_at = now()
      from (select set_config('applicant_sync.facts', case when pg_try_advisory_xact_lock_shared(public.facts_lock($1))
        then 'now' else 'later' end, true) offset 0) facts
      where account = $1 and id = any($2::bigint[]) and deleted_at is null returning id)
    insert into public.change (account, resource, row_id, kind, run_id)
    select $1, '${table.name}', id, 'deleted', $3::integer from gone`,
    origin.account,
    ids,
    origin.run,
  );
}

/**
 * Records the living rows that are on none of the run's pages as its candidates. Rows that were mirrored after the run began
 * and rows whose status explains their absence from the list are left out. Returns the number of compared rows and of
 * absent rows.
 */
export async function noteAbsent(
  tx: Statements,
  { account, run }: { readonly account: string; readonly run: number },
  table: MirrorTable,
  unlisted: readonly string[],
): Promise<{ readonly known: number; readonly absent: number }> {
  const listed = unlisted.length === 0 ? "true" : "(status is null or status <> all($3::text[]))";
  const parameters = [account, run, ...(unlisted.length === 0 ? [] : [unlisted])];
  const [row] = await tx.$queryRawUnsafe<{ known: number; absent: number }[]>(
    `with comparable as (
      select id from public.${table.name}
      where account = $1 and deleted_at is null and ${listed}
        and first_seen_at < (select started_at from public.sync_run where id = $2::integer)
    ), absent as (
      insert into public.sync_candidate (run_id, id, state)
      select $2::integer, id, 'open' from comparable where not exists (
        select from (select distinct public.unpack_ids(ids) as id from public.sync_page where run_id = $2::integer) seen
        where seen.id = comparable.id)
      returning id
    )
    select (select count(*) from comparable)::int as known, (select count(*) from absent)::int as absent`,
    ...parameters,
  );
  return row ?? { known: 0, absent: 0 };
}
