-- A clean-up is due of an account: the list of erasures and the files that go with it are those of its own processes.
alter table public.clean_up drop column only_one, add column account text, add column claimed_at timestamptz(3);
insert into public.clean_up (account, requests, since)
  select a.account, c.requests, c.since from public.clean_up c cross join public.account a;
delete from public.clean_up where account is null;
alter table public.clean_up alter account set not null, add primary key (account);

create function public.request_clean_up(account text) returns void language sql
set search_path = pg_catalog, pg_temp as $$
  insert into public.clean_up as c (account) values ($1) on conflict (account) do update set requests = c.requests + 1
$$;

create or replace function public.request_clean_up() returns trigger language plpgsql
set search_path = pg_catalog, pg_temp as $$
begin
  perform public.request_clean_up(s.account) from (select distinct account from suppressed) s;
  return null;
end
$$;
drop trigger request_clean_up on public.suppression;
create trigger request_clean_up after insert on public.suppression referencing new table as suppressed
  for each statement execute function public.request_clean_up();

comment on table public.clean_up is 'That people of an account were erased whose former values may still stand in files of Postgres. No row: nothing is due.';
comment on column public.clean_up.account is 'The account.';
comment on column public.clean_up.claimed_at is 'When a process began it. Null: none is at it.';

-- Statistics of a column hold its most common values and its bounds, of which an erased person's may be one: as few as possible, made
-- from a sample so small that a clean-up can make them anew.
alter table public.applicant
  alter email set statistics 1, alter email_key set statistics 1, alter first_name set statistics 1,
  alter last_name set statistics 1, alter phone_code set statistics 1, alter phone_number set statistics 1,
  alter avatar_url set statistics 1, alter bio_url set statistics 1, alter address set statistics 1,
  alter street_number set statistics 1, alter street set statistics 1, alter raw set statistics 1, alter pools set statistics 1,
  alter locale set statistics 1, alter iso_country set statistics 1, alter zipcode set statistics 1, alter city set statistics 1,
  alter country set statistics 1, alter administrative_area_level_1 set statistics 1,
  alter administrative_area_level_2 set statistics 1, alter administrative_area_level_3 set statistics 1,
  alter latitude set statistics 1, alter longitude set statistics 1;
alter table public.application
  alter raw set statistics 1, alter tags set statistics 1, alter skills set statistics 1, alter comments set statistics 1,
  alter status_history set statistics 1;
alter table public.change
  alter before set statistics 1, alter after set statistics 1;
alter table public.quarantine
  alter raw set statistics 1;
alter table public.applicant_import
  alter email set statistics 1, alter first_name set statistics 1, alter last_name set statistics 1,
  alter phone_code set statistics 1, alter phone_number set statistics 1, alter avatar_url set statistics 1,
  alter bio_url set statistics 1, alter consent_how set statistics 1, alter consent_wording set statistics 1,
  alter reason set statistics 1, alter notes set statistics 1, alter locale set statistics 1, alter iso_country set statistics 1,
  alter key set statistics 1, alter file set statistics 1;
alter table public.import_event
  alter reason set statistics 1;
alter table public.import_resume
  alter bytes set statistics 1;
alter table public.audit
  alter why set statistics 1;
alter table public.import_control
  alter held_reason set statistics 1;
alter table public.import_request
  alter key set statistics 1;
alter table public.import_errors_file
  alter path set statistics 1;
alter table public.sync_run
  alter error_message set statistics 1;
