-- Imports as the people who look after them, and the roles that insert them, follow them.

alter table public.applicant_import add column file text, add column line integer, add column dismissed_at timestamptz(3);

comment on column public.applicant_import.file is 'Name of the file that it was last submitted in, without its directory. Null: another intake.';
comment on column public.applicant_import.line is 'Line of that file at which it begins.';
comment on column public.applicant_import.dismissed_at is 'When a person dismissed it: it stays rejected, and is not counted among those that need a person.';

-- What is to be sent once more, because it was reported absent, can be reviewed once more.
insert into public.import_transition values ('ready', 'needs_review'), ('held', 'needs_review');

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
    or ('rejected' in (old.applicant_state, old.application_state)
      and 'needs_review' in (new.applicant_state, new.application_state)
      and old.reason_code is not null and not old.dropped_unknown)
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

-- Texts of the code that the view import_status shows. A worker writes them when it starts, in its LANGUAGE.
create table public.import_text (
  account text not null,
  code text not null,
  state text not null,
  reason text,
  next text not null,
  primary key (account, code)
);
comment on table public.import_text is 'What import_status says about a reason code or a state. A worker writes it when it starts, in its LANGUAGE.';
comment on column public.import_text.account is 'The account.';
comment on column public.import_text.code is 'Code of a reason; api for all that begin with api_; state:held and so on for a state without a reason of its own.';
comment on column public.import_text.state is 'State of a step with this reason.';
comment on column public.import_text.reason is 'The reason for people. Null: our check names the field, in applicant_import.reason.';
comment on column public.import_text.next is 'What happens next, and what a person can do. Names in braces stand for facts of the import.';

create index applicant_import_submitted on public.applicant_import (submitted_by, id) where submitted_by is not null;

-- A role sees what it inserted itself, and what roles inserted whose member it is. Texts that the API or a person wrote are left out: they
-- may name the person. The condition on the role is that of insert_import_inbox, and is evaluated before any condition of the reader.
create view public.import_status with (security_barrier = true) as
select i.id, i.account, i.key, i.source, i.state, i.reason_code,
  case when why.code is not null then coalesce(why.reason, i.reason) end as reason,
  replace(replace(replace(replace(following.next, '{id}', i.id::text), '{source}', i.source),
    '{campaign}', coalesce(i.campaign_id::text, '')), '{until}', coalesce(i.not_before::text, '')) as next,
  i.applicant_id, i.application_id, i.created_at, i.updated_at, i.finished_at
from public.applicant_import i
cross join lateral (select case when i.applicant_state = 'sent' and i.application_state is not null then i.application_state
  else i.applicant_state end as state) step
left join public.import_text why on why.account = i.account
  and why.code = case when i.reason_code like 'api\_%' then 'api' else i.reason_code end
left join public.import_text following on following.account = i.account and following.code = case
  when step.state = 'rejected' and i.email is null then 'state:erased'
  when step.state = 'ready' and i.not_before is not null then 'state:postponed'
  when why.state = step.state then why.code
  else 'state:' || step.state end
where i.submitted_by = any (array(
  select r.rolname::text from pg_catalog.pg_roles r
  where pg_catalog.pg_has_role(case pg_catalog.current_setting('role') when 'none' then session_user
    else pg_catalog.current_setting('role')::name end, r.oid, 'member')));

comment on view public.import_status is 'What became of the imports that the role which reads it inserted by SQL. No personal data.';
comment on column public.import_status.id is 'The id that the insert returned.';
comment on column public.import_status.account is 'The account.';
comment on column public.import_status.key is 'The key, as it was inserted.';
comment on column public.import_status.source is 'The source, as it was inserted.';
comment on column public.import_status.state is 'draft, held, ready, sending, unknown, needs_review, rejected or done.';
comment on column public.import_status.reason_code is 'Why it is in this state, for programs.';
comment on column public.import_status.reason is 'The same for people. Null: no reason, or no worker has started yet.';
comment on column public.import_status.next is 'What happens next, and what a person can do. Null: no worker has started yet.';
comment on column public.import_status.applicant_id is 'The vendor''s id of the person.';
comment on column public.import_status.application_id is 'The vendor''s id of the application.';
comment on column public.import_status.created_at is 'When it was inserted.';
comment on column public.import_status.updated_at is 'When it last changed.';
comment on column public.import_status.finished_at is 'When it was done or rejected. Null: neither.';
