-- A change is noted by the page write that made it: where that has found that nobody of the account is suppressed, its changes need not
-- be looked up one by one either.
drop trigger empty_suppressed on public.change;
create trigger empty_suppressed before insert or update on public.change for each row
  when ((new.before is not null or new.after is not null)
    and pg_catalog.current_setting('applicant_sync.suppresses_nobody', true) is distinct from new.account)
  execute function public.empty_suppressed_change();
