-- Names that the field uses, before anything is released: one section for each part of the product.

-- Reading: runs, walkers, pages, details.

-- Rows that a list showed without the embedded data that was asked for.
alter table public.undetailed rename to pending_detail;
alter index public.undetailed_run_id_idx rename to pending_detail_run_id_idx;

-- Whether the API answers for a row that is in the list (`answers` or `silent`); null: not asked yet.
alter table public.sync_run rename column witness to control_row;

-- A list with more than 32,767 parents has as many walkers. The head walker was number -1: now it has a kind, and the
-- number after the others.
alter table public.sync_walker
  alter column "index" type integer,
  add column kind text not null default 'segment';
alter table public.sync_page alter column walker type integer;
update public.sync_page page set walker = others.next
from (select run_id, max("index") + 1 as next from public.sync_walker group by run_id) others
where page.run_id = others.run_id and page.walker = -1;
update public.sync_walker head set kind = 'head', "index" = (
  select max("index") + 1 from public.sync_walker others where others.run_id = head.run_id)
where "index" = -1;

alter table public.sync_walker rename column reach to covered_through;
alter table public.sync_walker rename column drift to expected_shift;
alter table public.sync_walker rename column calm to reads_since_shrink;
alter table public.sync_walker rename column wary to overlap_reads_left;
update public.sync_walker set ended_by = case ended_by
  when 'met' then 'joined' when 'taken-over' then 'absorbed' else 'unprovable' end
where ended_by in ('met', 'taken-over', 'blind');

-- The constraints of what was renamed: the primary key, and since Postgres 18 one for each `not null`.
do $$
declare
  old record;
begin
  for old in
    select conrelid::regclass as table_name, conname as name,
      replace(replace(replace(replace(replace(conname, 'undetailed', 'pending_detail'), '_reach_', '_covered_through_'),
        '_drift_', '_expected_shift_'), '_calm_', '_reads_since_shrink_'), '_wary_', '_overlap_reads_left_') as new_name
    from pg_catalog.pg_constraint
    where conrelid in ('public.pending_detail'::regclass, 'public.sync_walker'::regclass)
  loop
    if old.name <> old.new_name then
      execute format('alter table %s rename constraint %I to %I', old.table_name, old.name, old.new_name);
    end if;
  end loop;
end
$$;

-- Writing: imports.

-- lookups: how many lookups have ended since the outcome became unknown. lookup_page: the page at which a lookup that takes
-- several requests continues. looked_up_at: when a lookup last showed that it is not there. email_expected: whether the person is
-- e-mailed when they are created; null: not known yet.
alter table public.applicant_import rename column looks to lookups;
alter table public.applicant_import rename column look_page to lookup_page;
alter table public.applicant_import rename column looked_at to looked_up_at;
alter table public.applicant_import rename column email_foreseen to email_expected;

-- failures: requests in a row whose outcome is unknown. From the third on the circuit breaker pauses imports.
alter table public.import_pause rename column trouble to failures;

-- Enforces what holds for every import, whoever writes it: the allowed transitions, the hash of the person, the times of the
-- states, and what a decision covered.
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
  -- What the API reported stands. Only what a person reported can be taken back, and what was built on it.
  if (old.applicant_state = 'sent' and new.applicant_state = 'needs_review'
      and old.applicant_origin in ('created', 'existing', 'found'))
    or (old.application_state = 'sent' and new.application_state = 'needs_review'
      and old.application_origin in ('created', 'existing', 'found') and old.applicant_origin is distinct from 'reported')
    or ('rejected' in (old.applicant_state, old.application_state)
      and 'needs_review' in (new.applicant_state, new.application_state)
      and old.reason_code is not null and not old.dropped_unknown) then
    raise exception 'import %: only what a person reported about it can be corrected', new.id using errcode = 'check_violation';
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
    new.lookups := 0;
    new.absences := 0;
    new.lookup_page := 0;
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

update public.applicant_import set reason_code =
    case reason_code when 'first_n_approval' then 'source_approval' else 'awaits_source_approval' end
  where reason_code in ('first_n_approval', 'awaits_first_n');
update public.applicant_import set waived = array(
    select regexp_replace(regexp_replace(w, '^first_n_approval', 'source_approval'), '^awaits_first_n', 'awaits_source_approval')
    from unnest(waived) w)
  where exists (select from unnest(waived) w where w ~ '^(first_n_approval|awaits_first_n)');
update public.import_event set reason_code =
    case reason_code when 'first_n_approval' then 'source_approval' else 'awaits_source_approval' end
  where reason_code in ('first_n_approval', 'awaits_first_n');

-- What a repeated request is answered. A quotation mark inside a value is escaped, so that only names and whole values match.
update public.import_request set answer = replace(replace(replace(answer::text,
    '"email_foreseen":', '"email_expected":'),
    '"reason_code": "first_n_approval"', '"reason_code": "source_approval"'),
    '"reason_code": "awaits_first_n"', '"reason_code": "awaits_source_approval"')::jsonb
  where answer::text ~ '"email_foreseen":|first_n_approval|awaits_first_n';

-- What became of a row that a run did not see: unconfirmed, where a 404 may not be the API's own; undetermined, where nothing
-- could be found out.
update public.sync_candidate set state = case state when 'doubtful' then 'unconfirmed' else 'undetermined' end
  where state in ('doubtful', 'unsettled');

-- Shared: locks, the pace of requests, the identity of the database.

alter table public.database_identity rename column place to directory_id;

create or replace function public.unpack_ids(packed bytea) returns setof bigint immutable strict language plpgsql
set search_path = pg_catalog, pg_temp as $$
declare
  id bigint := 0;
  distance bigint := 0;
  shift integer := 0;
  part integer;
begin
  for index in 0 .. length(packed) - 1 loop
    part := get_byte(packed, index);
    distance := distance | ((part & 127)::bigint << shift);
    if part >= 128 then
      shift := shift + 7;
    else
      id := id + (((distance >> 1) & 9223372036854775807) # -(distance & 1));
      return next id;
      distance := 0;
      shift := 0;
    end if;
  end loop;
end
$$;

-- Locks a name of an account until the end of the transaction. With `wait_ms`, this and every later wait for a lock in the
-- transaction end after so many milliseconds, with the error 55P03.
drop function public.take_account_lock(text, text, integer);
create function public.lock_account(account text, name text, wait_ms integer) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if wait_ms is not null then
    perform set_config('lock_timeout', wait_ms::text, true);
  end if;
  loop
    perform from public.account_lock l
      where l.account = lock_account.account and l.name = lock_account.name for update;
    exit when found;
    insert into public.account_lock values (lock_account.account, lock_account.name) on conflict do nothing;
  end loop;
end
$$;

create or replace function public.open_request(account text, quota integer, method text, path text, job text,
  creates boolean, out id bigint, out wait_ms integer, out held boolean)
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  perform set_config('synchronous_commit', 'off', true);
  perform public.lock_account(account, 'api_request', 5000);
  id := 0;
  wait_ms := 0;
  select ceil(extract(epoch from at + interval '60 seconds' - clock_timestamp()) * 1000) into wait_ms
    from public.api_request r
    where r.account = open_request.account and at > clock_timestamp() - interval '60 seconds'
    order by at desc offset quota - 1 limit 1;
  if found then
    wait_ms := greatest(1, wait_ms);
    held := false;
    return;
  end if;
  wait_ms := 0;
  -- Read last: nothing is created once the switch has been thrown.
  held := creates and exists (select from public.import_control c where c.account = open_request.account and c.held);
  if not held then
    insert into public.api_request (account, method, path, job)
      values (open_request.account, open_request.method, open_request.path, open_request.job)
      returning api_request.id into id;
  end if;
end
$$;

-- Whether a request that has been counted may be sent: 0, or for how many milliseconds it must not, and then it is not
-- counted any more. After a pause one request is sent alone, and the others once it is answered.
drop function public.take_api_turn(text, bigint);
create function public.check_api_pause(account text, request bigint) returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  pause public.api_pause;
  wait_ms integer;
begin
  select * into pause from public.api_pause p where p.account = check_api_pause.account for update;
  if not found then
    return 0;
  end if;
  if pause.until > clock_timestamp() then
    wait_ms := greatest(1, ceil(extract(epoch from pause.until - clock_timestamp()) * 1000));
  elsif exists (select from public.api_request r where r.id = pause.trial and r.duration_ms is null
      and r.at > clock_timestamp() - interval '60 seconds') then
    wait_ms := 1000;
  else
    update public.api_pause p set trial = request where p.account = check_api_pause.account;
    return 0;
  end if;
  delete from public.api_request r where r.id = request;
  return wait_ms;
end
$$;

-- Names shared by both.

-- What a person reported about an import (an origin and two reasons), and what the API reported about a list: before, `told`.
alter table public.applicant_import disable trigger user;
update public.applicant_import set
    applicant_origin = case applicant_origin when 'told' then 'reported' else applicant_origin end,
    application_origin = case application_origin when 'told' then 'reported' else application_origin end,
    reason_code = case reason_code when 'told' then 'reported' when 'told_absent' then 'reported_absent' else reason_code end
  where 'told' in (applicant_origin, application_origin) or reason_code in ('told', 'told_absent');
alter table public.applicant_import enable trigger user;
update public.import_event set reason_code = case reason_code when 'told' then 'reported' else 'reported_absent' end
  where reason_code in ('told', 'told_absent');
update public.import_request set answer = replace(replace(answer::text,
    '"reason_code": "told"', '"reason_code": "reported"'),
    '"reason_code": "told_absent"', '"reason_code": "reported_absent"')::jsonb
  where answer::text ~ '"reason_code": "told(_absent)?"';
update public.sync_run set error_code = 'nothing_reported' where error_code = 'nothing_told';

update public.applicant_import set reason_code = 'key_in_use' where reason_code = 'key_taken';
update public.import_event set reason_code = 'key_in_use' where reason_code = 'key_taken';

-- The intake for SQL, unchanged but for its words.
create or replace function public.insert_import_inbox() returns trigger language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
declare
  -- That of SET ROLE, which only a member can set, else that of the login. current_user is the owner of this function.
  submitter name := case current_setting('role') when 'none' then session_user else current_setting('role')::name end;
  accounts text[] := array(select a.account from public.account a);
  granted text[];
begin
  if cardinality(accounts) <= 1 then
    new.account := coalesce(new.account, accounts[1], 'default');
  elsif not pg_has_role(submitter, (select c.relowner from pg_class c where c.oid = tg_relid), 'member') then
    granted := array(select distinct g.account from public.import_inbox_account g join pg_roles r on r.rolname = g.role
      where pg_has_role(submitter, r.oid, 'member'));
    new.account := coalesce(new.account, case cardinality(granted) when 1 then granted[1] end);
    if new.account is null or new.account <> all (granted) then
      raise exception 'role % may not queue imports for account %', submitter, coalesce(new.account, '(none named)')
        using errcode = 'insufficient_privilege',
        hint = 'Several accounts share this database: name one, and let its owner insert (role, account) into import_inbox_account.';
    end if;
  end if;
  new.account := coalesce(new.account, 'default');
  if cardinality(accounts) > 0 and new.account <> all (accounts) then
    raise exception 'no worker has served the account % yet', new.account
      using errcode = 'foreign_key_violation', hint = 'Name the KELIO_ACCOUNT of a worker, or start that worker once.';
  end if;
  -- phone_number without phone_code is read as a whole number (src/outbox/phone.ts).
  if btrim(new.phone) <> '' then
    if btrim(new.phone_code) <> '' or btrim(new.phone_number) <> '' then
      raise exception 'phone cannot stand beside phone_code and phone_number' using errcode = 'check_violation';
    end if;
    new.phone_code := null;
    new.phone_number := new.phone;
  end if;
  if octet_length(new.resume) > 20000000 then
    raise exception 'resume has % bytes, more than the 20000000 that are accepted at most', octet_length(new.resume)
      using errcode = 'check_violation';
  end if;
  begin
    insert into public.applicant_import (account, key, source, intake, submitted_by, company_id, campaign_id, email, first_name,
      last_name, locale, phone_code, phone_number, iso_country, avatar_url, bio_url, is_partner_newsletter_active,
      is_campaign_alert_active, is_legals_accepted_by_manager, consent_at, consent_how, consent_wording)
    values (new.account, nullif(btrim(new.key), ''), coalesce(nullif(btrim(new.source), ''), 'sql'), 'sql', submitter,
      new.company_id, new.campaign_id, nullif(btrim(new.email, E' \t\r\n'), ''), new.first_name, new.last_name, new.locale,
      new.phone_code, new.phone_number, new.iso_country, new.avatar_url, new.bio_url, new.is_partner_newsletter_active,
      new.is_campaign_alert_active, new.is_legals_accepted_by_manager, new.consent_at, new.consent_how, new.consent_wording)
    returning id into new.id;
    if new.resume is not null then
      insert into public.import_resume (import_id, size, sha256, bytes)
      values (new.id, octet_length(new.resume), encode(sha256(new.resume), 'hex'), new.resume);
    end if;
  exception when integrity_constraint_violation then
    -- Postgres shows the whole row in its detail: to the client, and in the log of the server.
    raise exception '%', sqlerrm using errcode = sqlstate;
  end;
  return new;
end
$$;
