-- pg_dump restores with an empty search_path, and the intake for SQL runs in sessions of other applications: every function
-- names the schema of what it calls and has a search_path of its own. The bodies are otherwise unchanged. `unpack_ids` calls
-- functions of pg_catalog alone. `sync_page.span` keeps its values: the functions behind it are replaced, not their results.
alter function public.unpack_ids(bytea) set search_path = pg_catalog, pg_temp;

create or replace function public.span_of(packed bytea) returns numrange immutable strict language sql
set search_path = pg_catalog, pg_temp as $$
  select numrange(min(id), max(id), '[]') from public.unpack_ids(packed) as id
$$;

create or replace function public.page_holds(packed bytea, any_of bigint[]) returns boolean immutable language sql
set search_path = pg_catalog, pg_temp as $$
  select exists (select from public.unpack_ids(packed) as id where id = any(any_of))
$$;

create or replace function public.import_person(email text) returns bytea stable strict language sql
set search_path = pg_catalog, pg_temp as $$
  select sha256(convert_to(salt || lower(btrim(email)), 'UTF8')) from public.import_salt
$$;

create or replace function public.check_import_step(import bigint, step text, old_state text, new_state text) returns void
language plpgsql
set search_path = pg_catalog, pg_temp as $$
begin
  if old_state is not distinct from new_state
    or exists (select from public.import_transition where from_state = old_state and to_state = new_state) then
    return;
  end if;
  raise exception 'import %: the % cannot go from % to %', import, step, old_state, coalesce(new_state, 'nothing')
    using errcode = 'check_violation';
end
$$;

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
    return new;
  end if;
  perform public.check_import_step(new.id, 'applicant', old.applicant_state, new.applicant_state);
  if coalesce(old.application_state, 'waiting') <> 'waiting' or coalesce(new.application_state, 'waiting') <> 'waiting' then
    perform public.check_import_step(new.id, 'application', old.application_state, new.application_state);
  end if;
  if new.email is not null and new.email is distinct from old.email then
    new.person := public.import_person(new.email);
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

create or replace function public.hash_of_inbox_row(given public.import_inbox) returns bytea stable language plpgsql
set search_path = pg_catalog, pg_temp as $$
declare
  more jsonb := jsonb_build_object('consent_at', extract(epoch from given.consent_at),
    'resume', encode(sha256(given.resume), 'hex'));
begin
  given.id := null;
  given.consent_at := null;
  given.resume := null;
  return (select sha256(convert_to(salt || jsonb_strip_nulls(to_jsonb(given) || more)::text, 'UTF8')) from public.import_salt);
end
$$;

create or replace function public.may_mend_import(known public.applicant_import, given_hash bytea) returns boolean stable language plpgsql
set search_path = pg_catalog, pg_temp as $$
declare
  last public.import_event;
begin
  if known.applicant_state <> 'rejected' then
    return false;
  end if;
  -- What the API or a person rejected is not tried again by a row that says nothing new.
  if known.reason_code is distinct from 'invalid' and known.given_hash = given_hash then
    return false;
  end if;
  -- Dropped while nobody knew what had come of its request: it must not be sent after all.
  select * into last from public.import_event where import_id = known.id order by id desc limit 1;
  return not coalesce(last.reason_code = 'dropped' and last.from_state in ('unknown', 'needs_review'), false);
end
$$;

create or replace function public.insert_import_inbox() returns trigger language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
declare
  known public.applicant_import;
  given bytea;
begin
  new.account := coalesce(new.account, (select min(a.account) from public.account a having count(*) = 1), 'default');
  if exists (select from public.account) and not exists (select from public.account a where a.account = new.account) then
    raise exception 'no worker has served the account % yet', new.account
      using errcode = 'foreign_key_violation', hint = 'Name the KELIO_ACCOUNT of a worker, or start that worker once.';
  end if;
  new.key := nullif(btrim(new.key), '');
  new.source := coalesce(nullif(btrim(new.source), ''), 'sql');
  new.email := nullif(btrim(new.email, E' \t\r\n'), '');
  -- phone_number without phone_code is read as a whole number (src/outbox/phone.ts).
  if btrim(new.phone) <> '' then
    if btrim(new.phone_code) <> '' or btrim(new.phone_number) <> '' then
      raise exception 'phone cannot stand beside phone_code and phone_number' using errcode = 'check_violation';
    end if;
    new.phone_code := null;
    new.phone_number := new.phone;
  end if;
  new.phone := null;
  given := public.hash_of_inbox_row(new);
  new.id := null;
  -- What stood in the way may have changed before it can be read: then it is tried again.
  while new.id is null loop
    insert into public.applicant_import (account, key, source, intake, company_id, campaign_id, email, first_name, last_name,
      locale, phone_code, phone_number, iso_country, avatar_url, bio_url, is_partner_newsletter_active,
      is_campaign_alert_active, is_legals_accepted_by_manager, consent_at, consent_how, consent_wording, given_hash,
      given_person)
    values (new.account, new.key, new.source, 'sql', new.company_id, new.campaign_id, new.email, new.first_name,
      new.last_name, new.locale, new.phone_code, new.phone_number, new.iso_country, new.avatar_url, new.bio_url,
      new.is_partner_newsletter_active, new.is_campaign_alert_active, new.is_legals_accepted_by_manager, new.consent_at,
      new.consent_how, new.consent_wording, given, public.import_person(new.email))
    on conflict do nothing returning id into new.id;
    exit when new.id is not null;
    select * into known from public.applicant_import
    where account = new.account and case
      when new.key is not null then key = new.key
      else key is null and coalesce(company_id, 0) = coalesce(new.company_id, 0)
        and coalesce(campaign_id, 0) = coalesce(new.campaign_id, 0) and person = public.import_person(new.email)
    end for update;
    new.id := known.id;
  end loop;
  if known.id is not null then
    if not public.may_mend_import(known, given) then
      -- By the id alone: a key may be an e-mail.
      if public.import_person(new.email) not in (known.person, coalesce(known.given_person, known.person)) then
        raise exception 'the key is that of another person already (import %): give each person a key of their own',
          known.id using errcode = 'unique_violation';
      end if;
      if known.campaign_id is distinct from new.campaign_id then
        raise exception 'the key is for another campaign already (import %): give each campaign of a person a key of its own',
          known.id using errcode = 'unique_violation';
      end if;
      return new;
    end if;
    update public.applicant_import set applicant_state = 'draft', reason_code = null, reason = null, erased_at = null,
      application_state = case when new.campaign_id is not null then 'waiting' end, company_id = new.company_id,
      campaign_id = new.campaign_id, email = new.email, first_name = new.first_name, last_name = new.last_name,
      locale = new.locale, phone_code = new.phone_code, phone_number = new.phone_number, iso_country = new.iso_country,
      avatar_url = new.avatar_url, bio_url = new.bio_url,
      is_partner_newsletter_active = new.is_partner_newsletter_active,
      is_campaign_alert_active = new.is_campaign_alert_active,
      is_legals_accepted_by_manager = new.is_legals_accepted_by_manager, consent_at = new.consent_at,
      consent_how = new.consent_how, consent_wording = new.consent_wording, given_hash = given,
      given_person = public.import_person(new.email)
    where id = known.id;
    -- A CV that no check has found good is not kept.
    delete from public.import_resume where import_id = known.id and (new.resume is not null or type is null);
  end if;
  if new.resume is not null then
    insert into public.import_resume (import_id, size, sha256, bytes)
    values (new.id, length(new.resume), encode(sha256(new.resume), 'hex'), new.resume);
  end if;
  return new;
end
$$;

create or replace function public.open_request(account text, quota integer, method text, path text, job text,
  out id bigint, out wait_ms integer) language plpgsql
set search_path = pg_catalog, pg_temp as $$
begin
  perform set_config('synchronous_commit', 'off', true),
    pg_advisory_xact_lock(hashtextextended('api_request:' || account, 0));
  select ceil(extract(epoch from at + interval '60 seconds' - clock_timestamp()) * 1000) into wait_ms
    from public.api_request
    where api_request.account = open_request.account and at > clock_timestamp() - interval '60 seconds'
    order by at desc offset quota - 1 limit 1;
  if found then
    id := 0;
    wait_ms := greatest(1, wait_ms);
  else
    wait_ms := 0;
    insert into public.api_request (account, method, path, job)
      values (open_request.account, open_request.method, open_request.path, open_request.job)
      returning api_request.id into id;
  end if;
end
$$;
