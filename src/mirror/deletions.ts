import type { Executor } from "../database/client.ts";
import type { MirrorTable, WriteOrigin } from "./tables.ts";

/** Marks rows that are proven to be gone from the source, with their history. Returns how many were living until now. */
export async function markDeleted(
  tx: Executor,
  origin: WriteOrigin,
  table: MirrorTable,
  ids: readonly bigint[],
): Promise<number> {
  return tx.$executeRawUnsafe(
    `with gone as (
      update public.${table.name} set deleted_at = now(), changed_at = now()
      where account = $1 and id = any($2::bigint[]) and deleted_at is null returning id)
    insert into public.change (account, resource, row_id, kind, run_id)
    select $1, '${table.name}', id, 'deleted', $3::integer from gone`,
    origin.account,
    ids,
    origin.run,
  );
}

/**
 * Notes as candidates of a run the living rows of the mirror that stood on none of its pages, but for those that came
 * into the mirror while it ran, and those whose status explains that they are not listed. Returns how many living rows
 * the run could compare with.
 */
export async function noteAbsent(
  tx: Executor,
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
