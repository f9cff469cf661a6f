-- What a person reported of an applicant can be withdrawn until the application that follows is sent: the application then waits for
-- the applicant again.
insert into public.import_transition (from_state, to_state) values ('ready', 'waiting'), ('held', 'waiting'), ('rejected', 'waiting');

-- A rejected application does not keep its applicant from being reviewed again: each step by itself.
create or replace function public.guard_applicant_import() returns trigger language plpgsql
set search_path = pg_catalog, pg_temp as $$
declare
  is_rejected boolean := 'rejected' in (new.applicant_state, coalesce(new.application_state, ''));
  forgotten text;
begin
  if tg_op = 'INSERT' then
    if new.applicant_state not in ('draft', 'ready', 'held') then
      raise exception 'an import cannot begin as %', new.applicant_state using errcode = 'check_violation';
    end if;
    if new.email is null then
      raise exception 'an import needs an email' using errcode = 'not_null_violation';
    end if;
    new.application_state := case when new.campaign_id is null then null else 'waiting' end;
    new.person := public.import_person(new.email);
    new.admitted := new.applicant_state <> 'draft';
    new.waived := '{}';
    new.dropped_unknown := false;
    return new;
  end if;
  perform public.check_import_step(new.id, 'applicant', old.applicant_state, new.applicant_state);
  if coalesce(old.application_state, 'waiting') <> 'waiting' or coalesce(new.application_state, 'waiting') <> 'waiting' then
    perform public.check_import_step(new.id, 'application', old.application_state, new.application_state);
  end if;
  -- What the API reported stands. Only what a person reported can be taken back, and what was built on it.
  if (old.applicant_state = 'sent' and new.applicant_state = 'needs_review'
      and old.applicant_origin in ('created', 'existing', 'found'))
    or (old.application_state = 'sent' and new.application_state = 'needs_review'
      and old.application_origin in ('created', 'existing', 'found') and old.applicant_origin is distinct from 'reported')
    or (old.reason_code is not null and not old.dropped_unknown
      and ((old.applicant_state = 'rejected' and new.applicant_state = 'needs_review')
        or (old.application_state = 'rejected' and new.application_state = 'needs_review')))
    -- What is to be sent for the first time needs no review: only what was reported absent.
    or (old.resends = 0 and ((old.applicant_state in ('ready', 'held') and new.applicant_state = 'needs_review')
      or (old.application_state in ('ready', 'held') and new.application_state = 'needs_review'))) then
    raise exception 'import %: only what a person reported about it can be corrected', new.id using errcode = 'check_violation';
  end if;
  if new.email is not null and new.email is distinct from old.email then
    new.person := public.import_person(new.email);
  end if;
  -- A decision was about this person, company, campaign and agreement. Erasing is no change of these.
  if new.campaign_id is distinct from old.campaign_id or new.company_id is distinct from old.company_id
    or new.person is distinct from old.person or (new.erased_at is null and (
      new.is_legals_accepted_by_manager is distinct from old.is_legals_accepted_by_manager
      or new.consent_at is distinct from old.consent_at or new.consent_how is distinct from old.consent_how
      or new.consent_wording is distinct from old.consent_wording)) then
    new.waived := '{}';
    new.refusals := 0;
  end if;
  -- The writes of a transition stand in moveColumns (src/outbox/import/row.ts). Whoever leaves one out is refused.
  forgotten := case
    when new.admitted <> (old.admitted or array[new.applicant_state, new.application_state] && array['ready', 'held']) then 'admitted'
    when new.dropped_unknown and not is_rejected then 'dropped_unknown'
    when new.dismissed_at is not null and not is_rejected then 'dismissed_at'
    when 'sending' in (new.applicant_state, new.application_state)
      and 'sending' not in (old.applicant_state, coalesce(old.application_state, ''))
      and (new.attempts <> old.attempts + 1 or new.claimed_at is null) then 'attempts, claimed_at'
    when 'unknown' in (new.applicant_state, new.application_state)
      and 'unknown' not in (old.applicant_state, coalesce(old.application_state, ''))
      and (new.unknown_since is null or (new.lookups, new.absences, new.lookup_page) <> (0, 0, 0)) then 'unknown_since, lookups, absences, lookup_page'
    when 'ready' not in (new.applicant_state, coalesce(new.application_state, ''))
      and coalesce(new.queued_at, new.not_before) is not null then 'queued_at, not_before'
    when (new.finished_at is not null) <> (is_rejected
      or (new.applicant_state = 'sent' and coalesce(new.application_state, 'sent') = 'sent')) then 'finished_at'
  end;
  if forgotten is not null then
    raise exception 'import %: a change of its state must set % as well', new.id, forgotten
      using errcode = 'check_violation', hint = 'Use the commands of applicant-sync imports to change the state of an import.';
  end if;
  new.updated_at := clock_timestamp();
  return new;
end
$$;
