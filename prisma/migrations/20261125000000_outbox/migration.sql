-- The outbox: people to be created in the account, each with at most one application. The row is the truth; a job of the
-- queue holds only its id.

-- What stands for a person after their data has been erased: a hash that nobody without this salt can try addresses on.
create table import_salt (
  only_one boolean primary key default true check (only_one),
  salt text not null
);
insert into import_salt (salt) values (gen_random_uuid()::text || gen_random_uuid()::text);

create function import_person(email text) returns bytea stable strict language sql as $$
  select sha256(convert_to(salt || lower(btrim(email)), 'UTF8')) from import_salt
$$;

create table applicant_import (
  id bigserial primary key,
  account text not null,
  -- The caller's own; without one, company, person and campaign say which import it is.
  key text,
  source text not null,
  intake text not null check (intake in ('file', 'http', 'sql')),
  -- One of many: those that come alone go first.
  bulk boolean not null default false,
  company_id bigint,
  campaign_id bigint,

  -- The person, as the API takes them; null once erased.
  email text,
  first_name text,
  last_name text,
  locale text,
  phone_code text,
  phone_number text,
  iso_country text,
  avatar_url text,
  bio_url text,
  is_partner_newsletter_active boolean,
  is_campaign_alert_active boolean,
  -- What the caller says of the person's agreement, and the evidence: without it the API is told of none.
  is_legals_accepted_by_manager boolean,
  consent_at timestamptz(3),
  consent_how text,
  consent_wording text,
  person bytea not null,

  applicant_state text not null default 'draft',
  -- Null: no application is wanted.
  application_state text,
  state text not null generated always as (
    case
      when applicant_state <> 'sent' then applicant_state
      when application_state is null or application_state = 'sent' then 'done'
      else application_state
    end) stored,
  reason_code text,
  reason text,
  applicant_id bigint,
  -- How the id came to be known: created, existing (before we asked), found (by a look-up), told (by a person).
  applicant_origin text,
  application_id bigint,
  application_origin text,
  -- Whether the vendor was to e-mail the person, as far as is known.
  email_foreseen boolean,

  -- Requests that create, begun so far; which of them a result belongs to.
  attempts integer not null default 0,
  -- Requests sent once more after a proven absence.
  resends smallint not null default 0,
  -- The API said that it is there, only not which one: never sent again.
  exists_there boolean not null default false,
  looks smallint not null default 0,
  -- The latest looks in a row that proved that it is not there.
  absences smallint not null default 0,
  -- Where a look that takes several requests stands.
  look_page integer not null default 0,
  not_before timestamptz(3),
  queued_at timestamptz(3),
  claimed_at timestamptz(3),
  unknown_since timestamptz(3),
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  finished_at timestamptz(3),
  erased_at timestamptz(3),
  -- What JavaScript takes for a time.
  check (consent_at between '1900-01-01 00:00+00' and '9999-12-31 00:00+00'),
  check (not (applicant_state = 'sent' and application_state = 'waiting')),
  check (applicant_state <> 'sent' or applicant_id is not null),
  check (application_state is distinct from 'sent' or application_id is not null)
);
create unique index applicant_import_key on applicant_import (account, key) where key is not null;
create unique index applicant_import_identity
  on applicant_import (account, coalesce(company_id, 0), person, coalesce(campaign_id, 0)) where key is null;
create index applicant_import_person on applicant_import (account, person);
create index applicant_import_state on applicant_import (account, state, bulk, id);
-- How much of it the queue holds is asked for after each delivery.
create index applicant_import_queued on applicant_import (account, bulk) where queued_at is not null;
-- What is over and waits to be erased.
create index applicant_import_finished on applicant_import (account, finished_at)
  where finished_at is not null and erased_at is null;
-- One request at a time for a person, and none beside one of which nobody knows what came.
create unique index applicant_import_one_applicant on applicant_import (account, coalesce(company_id, 0), person)
  where applicant_state in ('sending', 'unknown', 'needs_review');
create unique index applicant_import_one_application
  on applicant_import (account, coalesce(company_id, 0), person, campaign_id)
  where application_state in ('sending', 'unknown', 'needs_review');

-- The same table as `TRANSITIONS` of src/outbox/states.ts.
create table import_transition (
  from_state text not null,
  to_state text not null,
  primary key (from_state, to_state)
);
insert into import_transition values
  ('draft', 'ready'), ('draft', 'held'), ('draft', 'rejected'),
  ('held', 'ready'), ('held', 'rejected'),
  ('waiting', 'ready'), ('waiting', 'held'), ('waiting', 'sent'),
  ('ready', 'sending'), ('ready', 'sent'), ('ready', 'held'), ('ready', 'rejected'),
  ('sending', 'sent'), ('sending', 'unknown'), ('sending', 'rejected'), ('sending', 'ready'),
  ('unknown', 'sent'), ('unknown', 'ready'), ('unknown', 'needs_review'), ('unknown', 'rejected'),
  ('needs_review', 'sent'), ('needs_review', 'ready'), ('needs_review', 'rejected'),
  ('rejected', 'draft'), ('rejected', 'ready'), ('rejected', 'held');

-- What happened to an import, and why. Holds no personal data.
create table import_event (
  id bigserial primary key,
  import_id bigint not null references applicant_import (id) on delete cascade on update cascade,
  at timestamptz(3) not null default clock_timestamp(),
  step text not null,
  from_state text,
  to_state text not null,
  reason_code text,
  reason text
);
create index import_event_import_id_idx on import_event (import_id, id);
-- For the caps.
create index import_event_creations on import_event (at) where step = 'applicant' and to_state = 'sending';

create function check_import_step(import bigint, step text, old_state text, new_state text) returns void
language plpgsql as $$
begin
  if old_state is not distinct from new_state
    or exists (select from import_transition where from_state = old_state and to_state = new_state) then
    return;
  end if;
  raise exception 'import %: the % cannot go from % to %', import, step, old_state, coalesce(new_state, 'nothing')
    using errcode = 'check_violation';
end
$$;

-- What holds of every import, whoever writes it: only the transitions above, the person's hash, the times of its states.
create function guard_applicant_import() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    if new.applicant_state not in ('draft', 'ready', 'held') then
      raise exception 'an import cannot begin as %', new.applicant_state using errcode = 'check_violation';
    end if;
    if new.email is null then
      raise exception 'an import needs an email' using errcode = 'not_null_violation';
    end if;
    new.application_state := case when new.campaign_id is null then null else 'waiting' end;
    new.person := import_person(new.email);
    return new;
  end if;
  perform check_import_step(new.id, 'applicant', old.applicant_state, new.applicant_state);
  if coalesce(old.application_state, 'waiting') <> 'waiting' or coalesce(new.application_state, 'waiting') <> 'waiting' then
    perform check_import_step(new.id, 'application', old.application_state, new.application_state);
  end if;
  if new.email is not null and new.email is distinct from old.email then
    new.person := import_person(new.email);
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
create trigger applicant_import_guard before insert or update on applicant_import
  for each row execute function guard_applicant_import();

-- Every change of state leaves an event, and work for the worker wakes it.
create function note_applicant_import() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' or new.applicant_state <> old.applicant_state then
    insert into import_event (import_id, step, from_state, to_state, reason_code, reason)
    values (new.id, 'applicant', case when tg_op = 'INSERT' then null else old.applicant_state end,
      new.applicant_state, new.reason_code, new.reason);
  end if;
  if tg_op = 'UPDATE' and new.application_state is distinct from old.application_state
    and new.application_state is not null then
    insert into import_event (import_id, step, from_state, to_state, reason_code, reason)
    values (new.id, 'application', old.application_state, new.application_state, new.reason_code, new.reason);
  end if;
  if new.state in ('draft', 'ready') and (tg_op = 'INSERT' or new.state <> old.state) then
    perform pg_notify('applicant_import', new.account);
  end if;
  return null;
end
$$;
create trigger applicant_import_note after insert or update on applicant_import
  for each row execute function note_applicant_import();

-- A CV, apart from the row that lists show; `bytes` null: erased, the rest stays.
create table import_resume (
  import_id bigint primary key references applicant_import (id) on delete cascade on update cascade,
  -- What the signature of the file says: pdf, docx, ... Null until a worker has looked.
  type text,
  size integer not null,
  sha256 text not null,
  bytes bytea,
  erased_at timestamptz(3)
);

create index import_resume_kept on import_resume (import_id) where bytes is not null;

-- The kill switch of each account: while `held`, nothing is sent. And what the worker sets itself when the API is in trouble.
create table import_control (
  account text primary key,
  held boolean not null default false,
  held_reason text,
  held_at timestamptz(3),
  -- Requests in a row of which nobody knows what came; from the third on, a pause.
  trouble smallint not null default 0,
  paused_until timestamptz(3)
);

-- Where imports come from, and how many came: the first of a new source may have to wait for a person.
create table import_source (
  account text not null,
  source text not null,
  seen bigint not null default 0,
  primary key (account, source)
);

-- Requests to POST /imports with an Idempotency-Key, so that one that is repeated gives what it gave.
create table import_request (
  account text not null,
  key text not null,
  fingerprint text not null,
  answer jsonb not null,
  at timestamptz(3) not null default now(),
  primary key (account, key)
);

-- The intake for SQL: any application may insert here, in its own transaction; the right to insert into this view is enough. A
-- worker checks the row before anything is sent: `state` and `reason` of applicant_import tell. The id of an import that was
-- there already is returned as if it were new, and it stays as it is, unless it was rejected as invalid: then what is given
-- now takes its place.
create view import_inbox as
select account, key, source, company_id, campaign_id, email, first_name, last_name, locale, phone_code, phone_number,
  iso_country, avatar_url, bio_url, is_partner_newsletter_active, is_campaign_alert_active,
  is_legals_accepted_by_manager, consent_at, consent_how, consent_wording, null::bytea as resume, id
from applicant_import where state = 'draft';

create function insert_import_inbox() returns trigger language plpgsql security definer as $$
declare
  known applicant_import;
begin
  new.account := coalesce(new.account, (select min(a.account) from account a having count(*) = 1), 'default');
  if exists (select from account) and not exists (select from account a where a.account = new.account) then
    raise exception 'no worker has served the account % yet', new.account
      using errcode = 'foreign_key_violation', hint = 'Name the KELIO_ACCOUNT of a worker, or start that worker once.';
  end if;
  new.key := nullif(btrim(new.key), '');
  new.source := coalesce(nullif(btrim(new.source), ''), 'sql');
  new.email := nullif(btrim(new.email), '');
  insert into applicant_import (account, key, source, intake, company_id, campaign_id, email, first_name, last_name, locale,
    phone_code, phone_number, iso_country, avatar_url, bio_url, is_partner_newsletter_active, is_campaign_alert_active,
    is_legals_accepted_by_manager, consent_at, consent_how, consent_wording)
  values (new.account, new.key, new.source, 'sql', new.company_id, new.campaign_id, new.email, new.first_name,
    new.last_name, new.locale, new.phone_code, new.phone_number, new.iso_country, new.avatar_url, new.bio_url,
    new.is_partner_newsletter_active, new.is_campaign_alert_active, new.is_legals_accepted_by_manager, new.consent_at,
    new.consent_how, new.consent_wording)
  on conflict do nothing returning id into new.id;
  if new.id is null then
    select * into known from applicant_import
    where account = new.account and case
      when new.key is not null then key = new.key
      else key is null and coalesce(company_id, 0) = coalesce(new.company_id, 0)
        and coalesce(campaign_id, 0) = coalesce(new.campaign_id, 0) and person = import_person(new.email)
    end for update;
    new.id := known.id;
    if known.applicant_state is distinct from 'rejected' or known.reason_code is distinct from 'invalid' then
      return new;
    end if;
    update applicant_import set applicant_state = 'draft', reason_code = null, reason = null, erased_at = null,
      company_id = new.company_id, email = new.email, first_name = new.first_name, last_name = new.last_name,
      locale = new.locale, phone_code = new.phone_code, phone_number = new.phone_number, iso_country = new.iso_country,
      avatar_url = new.avatar_url, bio_url = new.bio_url,
      is_partner_newsletter_active = new.is_partner_newsletter_active,
      is_campaign_alert_active = new.is_campaign_alert_active,
      is_legals_accepted_by_manager = new.is_legals_accepted_by_manager, consent_at = new.consent_at,
      consent_how = new.consent_how, consent_wording = new.consent_wording
    where id = known.id;
    delete from import_resume where import_id = known.id;
  end if;
  if new.resume is not null then
    insert into import_resume (import_id, size, sha256, bytes)
    values (new.id, length(new.resume), encode(sha256(new.resume), 'hex'), new.resume);
  end if;
  return new;
end
$$;
-- It runs with the rights of its owner: no object of a caller's own schemas may stand in for one of ours.
do $$
begin
  execute format('alter function insert_import_inbox() set search_path = %I, pg_temp', current_schema());
end
$$;
create trigger import_inbox_insert instead of insert on import_inbox
  for each row execute function insert_import_inbox();

-- To know a person whom the mirror shows already.
create index applicant_account_lower_email on applicant (account, lower(email));
