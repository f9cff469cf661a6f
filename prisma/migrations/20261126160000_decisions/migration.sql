-- What a person decided on an import, and what no check may forget, as columns: no rule searches the history.
alter table public.applicant_import
  -- The checks that a release has lifted, each with the campaign it was lifted for: `consent_evidence`, `campaign_not_online:7`.
  add column waived text[] not null default '{}',
  -- Whether it has been ready or held: a draft that has not was never let through.
  add column admitted boolean not null default false,
  -- A person dropped it while the outcome of its request was unknown: it is not sent again.
  add column dropped_unknown boolean not null default false,
  -- A person decided that it is sent without its resume.
  add column without_resume boolean not null default false,
  -- 403s in a row for this import alone, while other requests were answered.
  add column refusals smallint not null default 0;

-- `sending → held`: refused for its offer or its resume, by which no other import need be held. `sent → needs_review` and
-- `rejected → needs_review`: a person corrects what a person told.
insert into public.import_transition values
  ('sending', 'held'), ('sent', 'needs_review'), ('rejected', 'needs_review')
on conflict do nothing;

-- What is there already: neither the guard nor the history is to take this for a change of an import.
alter table public.applicant_import disable trigger user;
update public.applicant_import i set admitted = true
where exists (select from public.import_event e
  where e.import_id = i.id and e.step = 'applicant' and e.to_state in ('ready', 'held'));
update public.applicant_import i set dropped_unknown = true
where i.state = 'rejected' and i.reason_code = 'dropped' and exists (
  select from (select e.from_state from public.import_event e where e.import_id = i.id order by e.id desc limit 1) last
  where last.from_state in ('unknown', 'needs_review'));
-- A release lifted what the import was held for at that moment, for the campaign of that time: one that was submitted again
-- since is asked about again.
update public.applicant_import i set waived = w.waived
from (
  select h.import_id, array_agg(distinct h.reason_code || coalesce(':' || j.campaign_id, '')) as waived
  from (
    select e.import_id, e.reason_code, lead(e.from_state) over w as left_from, lead(e.to_state) over w as left_to,
      lead(e.id) over w as left_at
    from public.import_event e window w as (partition by e.import_id order by e.id)) h
  join public.applicant_import j on j.id = h.import_id
  where h.left_from = 'held' and h.left_to = 'ready' and h.reason_code in ('consent_evidence', 'campaign_not_online')
    and not exists (select from public.import_event r
      where r.import_id = h.import_id and r.id > h.left_at
        and (r.reason_code = 'resubmitted' or (r.from_state = 'rejected' and r.to_state in ('draft', 'held'))))
  group by h.import_id) w
where w.import_id = i.id;
alter table public.applicant_import enable trigger user;

-- What the guard calls must find its tables whatever the search_path.
create or replace function public.import_person(email text) returns bytea stable strict language sql
set search_path = pg_catalog, pg_temp as $$
  select sha256(convert_to(salt || lower(btrim(email)), 'UTF8')) from public.import_salt
$$;

create or replace function public.check_import_step(import bigint, step text, old_state text, new_state text) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if old_state is not distinct from new_state
    or exists (select from public.import_transition where from_state = old_state and to_state = new_state) then
    return;
  end if;
  raise exception 'import %: the % cannot go from % to %', import, step, old_state, coalesce(new_state, 'nothing')
    using errcode = 'check_violation';
end
$$;

-- What holds of every import, whoever writes it: only the transitions above, the person's hash, the times of its states, and
-- what a decision covered.
create or replace function public.guard_applicant_import() returns trigger language plpgsql
set search_path = pg_catalog, pg_temp as $$
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
  -- What the API told us stands; only what a person told can be taken back, and what was built on it.
  if (old.applicant_state = 'sent' and new.applicant_state = 'needs_review'
      and old.applicant_origin in ('created', 'existing', 'found'))
    or (old.application_state = 'sent' and new.application_state = 'needs_review'
      and old.application_origin in ('created', 'existing', 'found') and old.applicant_origin is distinct from 'told')
    or ('rejected' in (old.applicant_state, old.application_state)
      and 'needs_review' in (new.applicant_state, new.application_state)
      and old.reason_code is not null and not old.dropped_unknown) then
    raise exception 'import %: only what a person told of it can be corrected', new.id using errcode = 'check_violation';
  end if;
  if new.email is not null and new.email is distinct from old.email then
    new.person := public.import_person(new.email);
  end if;
  new.admitted := old.admitted or new.applicant_state in ('ready', 'held');
  -- A decision was about this person, company, campaign and agreement. Erasing is no change of these.
  if new.campaign_id is distinct from old.campaign_id or new.company_id is distinct from old.company_id
    or new.person is distinct from old.person or (new.erased_at is null and (
      new.is_legals_accepted_by_manager is distinct from old.is_legals_accepted_by_manager
      or new.consent_at is distinct from old.consent_at or new.consent_how is distinct from old.consent_how
      or new.consent_wording is distinct from old.consent_wording)) then
    new.waived := '{}';
    new.refusals := 0;
  end if;
  if 'rejected' not in (new.applicant_state, coalesce(new.application_state, '')) then
    new.dropped_unknown := false;
  end if;
  if 'sending' in (new.applicant_state, new.application_state)
    and 'sending' not in (old.applicant_state, coalesce(old.application_state, '')) then
    new.attempts := old.attempts + 1;
    new.claimed_at := clock_timestamp();
  end if;
  if 'unknown' in (new.applicant_state, new.application_state)
    and 'unknown' not in (old.applicant_state, coalesce(old.application_state, '')) then
    new.unknown_since := clock_timestamp();
    new.looks := 0;
    new.absences := 0;
    new.look_page := 0;
  end if;
  if 'ready' not in (new.applicant_state, coalesce(new.application_state, '')) then
    new.queued_at := null;
    new.not_before := null;
  end if;
  new.updated_at := clock_timestamp();
  new.finished_at := case
    when new.applicant_state = 'rejected' or new.application_state = 'rejected'
      or (new.applicant_state = 'sent' and coalesce(new.application_state, 'sent') = 'sent')
    then coalesce(old.finished_at, clock_timestamp()) end;
  return new;
end
$$;

-- Every change of state leaves an event, and work for the worker wakes it.
create or replace function public.note_applicant_import() returns trigger language plpgsql
set search_path = pg_catalog, pg_temp as $$
begin
  if tg_op = 'INSERT' or new.applicant_state <> old.applicant_state then
    insert into public.import_event (import_id, step, from_state, to_state, reason_code, reason)
    values (new.id, 'applicant', case when tg_op = 'INSERT' then null else old.applicant_state end,
      new.applicant_state, new.reason_code, new.reason);
  end if;
  if tg_op = 'UPDATE' and new.application_state is distinct from old.application_state
    and new.application_state is not null then
    insert into public.import_event (import_id, step, from_state, to_state, reason_code, reason)
    values (new.id, 'application', old.application_state, new.application_state, new.reason_code, new.reason);
  end if;
  if new.state in ('draft', 'ready') and (tg_op = 'INSERT' or new.state <> old.state) then
    perform pg_notify('applicant_import', new.account);
  end if;
  return null;
end
$$;

-- Whether what is inserted fixes an import that is there. The rules of
-- src/outbox/resubmit.ts, for an applicant who is not there.
create or replace function public.may_mend_import(known public.applicant_import, given_hash bytea) returns boolean
stable language sql set search_path = pg_catalog, pg_temp as $$
  select known.applicant_state = 'rejected'
    -- What the API or a person rejected is not tried again by a row that says nothing new.
    and (known.reason_code is not distinct from 'invalid' or known.given_hash is distinct from given_hash)
    and not known.dropped_unknown
$$;
