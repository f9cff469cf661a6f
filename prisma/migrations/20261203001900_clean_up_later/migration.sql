-- Who cleans up locks this table; what is left for a quiet moment stands in it. What is asked for anew begins anew.
alter table public.clean_up drop column claimed_at, add column later text[];
create or replace function public.request_clean_up(account text) returns void language sql
set search_path = pg_catalog, pg_temp as $$
  insert into public.clean_up as c (account) values ($1) on conflict (account) do update set requests = c.requests + 1, later = null
$$;

comment on column public.clean_up.later is 'Large tables that are still to be rewritten in a quiet moment; all else is done. Null: nothing is done yet.';
