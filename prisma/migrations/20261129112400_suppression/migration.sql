-- People who must not come back: whom the mirror shows as ids, dates and states alone, and whom no import creates. The key of the
-- hashes is outside the database, so that a copy of it tells nobody whether an address is among them.
create table public.privacy_key (
  account text not null,
  id text not null,
  since timestamptz(3) not null default clock_timestamp(),
  primary key (account, id)
);

create table public.suppression (
  account text not null,
  kind text not null check (kind in ('email', 'applicant')),
  hash text not null,
  applicant_id bigint,
  key_id text not null,
  created_at timestamptz(3) not null default clock_timestamp(),
  is_erased boolean not null,
  ticket text,
  primary key (account, kind, hash),
  foreign key (account, key_id) references public.privacy_key (account, id),
  check ((kind = 'applicant') = (applicant_id is not null))
);
create unique index suppression_applicant on public.suppression (account, applicant_id) where applicant_id is not null;

-- What was erased and suppressed, as the list outside the database has it: what only one of the two has is made up for.
create table public.erasure (
  id uuid not null primary key,
  account text not null,
  at timestamptz(3) not null default clock_timestamp(),
  what text not null check (what in ('erased', 'suppressed', 'unsuppressed')),
  key_id text not null,
  emails text[] not null,
  applicants bigint[] not null,
  ticket text
);
create index erasure_account on public.erasure (account, at);

-- What a document keeps of a suppressed person: these keys, where their values are no documents themselves.
create function public.kept_keys(document jsonb, keys text[]) returns jsonb immutable parallel safe language sql
set search_path = pg_catalog, pg_temp as $$
  select case when document is null then null else coalesce(jsonb_object_agg(e.key, e.value), '{}') end
  from jsonb_each(case jsonb_typeof(document) when 'object' then document else '{}' end) e
  where e.key = any(keys) and jsonb_typeof(e.value) not in ('object', 'array')
$$;

-- The former statuses of an application as reports read them, the statuses and their moments alone.
create function public.states_only(history jsonb) returns jsonb stable language sql
set search_path = pg_catalog, pg_temp as $$
  select case when history is null then null else coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object('value', e.status,
      'changed_at', case when public.read_moment(e.at) is not null then e.at end)) order by e.n), '[]') end
  from (
    select n, coalesce(case when jsonb_typeof(item -> 'value') <> 'object' then item ->> 'value' end, item #>> '{status,value}',
        item #>> '{status,name}', case when jsonb_typeof(item -> 'status') <> 'object' then item ->> 'status' end, item ->> 'name',
        item ->> 'slug', item ->> 'label', item ->> 'title') as status,
      coalesce(item ->> 'changed_at', item ->> 'date', item ->> 'updated_at', item ->> 'created_at', item ->> 'at',
        item #>> '{status,changed_at}', item #>> '{status,date}') as at
    from jsonb_array_elements(case jsonb_typeof(history) when 'array' then history else '[]' end) with ordinality as a (item, n)) e
$$;

create function public.is_suppressed(account text, applicant bigint) returns boolean stable language sql
set search_path = pg_catalog, pg_temp as $$
  select exists (select from public.suppression s
    where s.account = is_suppressed.account and s.applicant_id = is_suppressed.applicant)
$$;

create function public.applicant_of(account text, application bigint) returns bigint stable language sql
set search_path = pg_catalog, pg_temp as $$
  select a.applicant_id from public.application a where a.account = applicant_of.account and a.id = applicant_of.application
$$;

-- The database keeps of a suppressed person what the worker keeps, also where an older worker or another program writes.
create function public.empty_suppressed_applicant() returns trigger language plpgsql
set search_path = pg_catalog, pg_temp as $$
begin
  if exists (select from public.suppression s where s.account = new.account and s.applicant_id = new.id) then
    new.email := null;
    new.email_key := null;
    new.first_name := null;
    new.last_name := null;
    new.phone_code := null;
    new.phone_number := null;
    new.avatar_url := null;
    new.bio_url := null;
    new.address := null;
    new.street_number := null;
    new.street := null;
    new.pools := null;
    new.locale := null;
    new.iso_country := null;
    new.zipcode := null;
    new.city := null;
    new.country := null;
    new.administrative_area_level_1 := null;
    new.administrative_area_level_2 := null;
    new.administrative_area_level_3 := null;
    new.latitude := null;
    new.longitude := null;
    new.raw := public.kept_keys(new.raw, array['id', 'is_partner_newsletter_active', 'is_campaign_alert_active',
      'is_legals_accepted_by_manager', 'created_at', 'company_id', 'company_slug']);
  end if;
  return new;
end
$$;

create function public.empty_suppressed_application() returns trigger language plpgsql
set search_path = pg_catalog, pg_temp as $$
begin
  if exists (select from public.suppression s where s.account = new.account and s.applicant_id = new.applicant_id) then
    new.tags := null;
    new.skills := null;
    new.comments := null;
    new.status_history := public.states_only(new.status_history);
    new.raw := public.kept_keys(new.raw, array['id', 'campaign_id', 'applicant_id', 'status', 'status_changed_at', 'current_stage',
      'is_complete', 'source', 'created_at', 'company_id', 'company_slug', 'entity_id'])
      || case when new.status_history is null then '{}' else jsonb_build_object('status_history', new.status_history) end;
  end if;
  return new;
end
$$;

create function public.empty_suppressed_change() returns trigger language plpgsql
set search_path = pg_catalog, pg_temp as $$
declare
  kept text[];
begin
  if new.resource = 'applicant' and public.is_suppressed(new.account, new.row_id) then
    kept := array['is_partner_newsletter_active', 'is_campaign_alert_active', 'is_legals_accepted_by_manager', 'created_at',
      'company_id', 'company_slug'];
  elsif new.resource = 'application' and public.is_suppressed(new.account, public.applicant_of(new.account, new.row_id)) then
    kept := array['campaign_id', 'applicant_id', 'status', 'status_changed_at', 'current_stage', 'is_complete', 'source',
      'created_at', 'company_id', 'company_slug', 'entity_id'];
  else
    return new;
  end if;
  new.before := public.kept_keys(new.before, kept);
  new.after := public.kept_keys(new.after, kept);
  return new;
end
$$;

create function public.empty_suppressed_quarantine() returns trigger language plpgsql
set search_path = pg_catalog, pg_temp as $$
begin
  if public.is_suppressed(new.account, case when new.resource = 'applicants' or new.part = 'applicant' then new.row_id
    when new.resource = 'applications' then public.applicant_of(new.account, new.row_id) end) then
    new.raw := '{}';
  end if;
  return new;
end
$$;

create trigger empty_suppressed before insert or update on public.applicant
  for each row execute function public.empty_suppressed_applicant();
create trigger empty_suppressed before insert or update on public.application
  for each row when (new.applicant_id is not null) execute function public.empty_suppressed_application();
create trigger empty_suppressed before insert or update on public.change
  for each row when (new.before is not null or new.after is not null) execute function public.empty_suppressed_change();
create trigger empty_suppressed before insert or update on public.quarantine
  for each row when (new.row_id is not null) execute function public.empty_suppressed_quarantine();

comment on table public.privacy_key is 'The fingerprints of the keys by which people are suppressed. A worker without one of them stops.';
comment on column public.privacy_key.account is 'The account.';
comment on column public.privacy_key.id is 'Fingerprint of the key, which does not tell the key.';
comment on column public.privacy_key.since is 'When a person was first suppressed with it.';
comment on table public.suppression is 'The people who must not come back, as hashes of their e-mails and of the vendor''s ids.';
comment on column public.suppression.account is 'The account.';
comment on column public.suppression.kind is 'email, or applicant: the vendor''s id.';
comment on column public.suppression.hash is 'HMAC-SHA-256 of the account and the e-mail in its comparable form, or the id.';
comment on column public.suppression.applicant_id is 'The vendor''s id of the person. Null: of an e-mail.';
comment on column public.suppression.key_id is 'Fingerprint of the key of the hash.';
comment on column public.suppression.created_at is 'When the person was suppressed.';
comment on column public.suppression.is_erased is 'The person was erased; false: suppressed alone.';
comment on column public.suppression.ticket is 'The number of the request in the system where it was filed. Null: none.';
comment on table public.erasure is 'What was erased, suppressed and unsuppressed. The list outside the database has the same entries.';
comment on column public.erasure.id is 'The id of the entry.';
comment on column public.erasure.account is 'The account.';
comment on column public.erasure.at is 'When it was done.';
comment on column public.erasure.what is 'erased, suppressed or unsuppressed.';
comment on column public.erasure.key_id is 'Fingerprint of the key of the hashes.';
comment on column public.erasure.emails is 'Hashes of the e-mails.';
comment on column public.erasure.applicants is 'The vendor''s ids of the person.';
comment on column public.erasure.ticket is 'The number of the request in the system where it was filed. Null: none.';
