-- After an erasure, files of Postgres hold former values until they are written anew, which no transaction can do. That it is due is a row,
-- so that a process that is killed in between leaves it to the next one.
create table public.clean_up (
  only_one boolean not null primary key default true check (only_one),
  requests bigint not null default 1,
  since timestamptz(3) not null default clock_timestamp()
);

create function public.request_clean_up() returns trigger language plpgsql
set search_path = pg_catalog, pg_temp as $$
begin
  insert into public.clean_up as c (only_one) values (true) on conflict (only_one) do update set requests = c.requests + 1;
  return null;
end
$$;

-- Whoever is suppressed has just lost what was stored of them, or loses it within the same transaction. The statement of an erasure that
-- suppresses nobody anew counts, too.
create trigger request_clean_up after insert or update on public.suppression
  for each statement execute function public.request_clean_up();

comment on table public.clean_up is 'That people were erased whose former values may still stand in files of Postgres. No row: nothing is due.';
comment on column public.clean_up.only_one is 'True: there is at most one row.';
comment on column public.clean_up.requests is 'How often it was asked for. A clean-up ends only what was asked for before it began.';
comment on column public.clean_up.since is 'Since when it is due.';
