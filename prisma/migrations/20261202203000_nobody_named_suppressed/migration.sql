-- A page write looks once whether its rows name anybody who is suppressed, under the lock that keeps it so until the transaction ends. Where
-- they do not, it says so for this one statement, whose rows need not be looked up one by one: not even in an account that suppresses people.
drop trigger empty_suppressed on public.applicant;
drop trigger empty_suppressed on public.application;
drop trigger empty_suppressed on public.change;
create trigger empty_suppressed before insert or update on public.applicant for each row
  when (pg_catalog.current_setting('applicant_sync.names_nobody_suppressed', true)
    is distinct from new.account || ' ' || pg_catalog.statement_timestamp())
  execute function public.empty_suppressed_applicant();
create trigger empty_suppressed before insert or update on public.application for each row
  when (new.applicant_id is not null and pg_catalog.current_setting('applicant_sync.names_nobody_suppressed', true)
    is distinct from new.account || ' ' || pg_catalog.statement_timestamp())
  execute function public.empty_suppressed_application();
create trigger empty_suppressed before insert or update on public.change for each row
  when ((new.before is not null or new.after is not null)
    and pg_catalog.current_setting('applicant_sync.names_nobody_suppressed', true)
      is distinct from new.account || ' ' || pg_catalog.statement_timestamp())
  execute function public.empty_suppressed_change();
