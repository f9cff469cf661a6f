-- The intake for SQL: what a client inserts is a draft and nothing else. No draft holds a key or an identity, so that an open
-- transaction of a client makes nobody wait; a worker decides, under the lock of the outbox, what the draft becomes.

-- Which role inserted it; null for the other intakes.
alter table public.applicant_import add column submitted_by text;

drop index public.applicant_import_key;
drop index public.applicant_import_identity;
create unique index applicant_import_key on public.applicant_import (account, key) where key is not null and admitted;
create unique index applicant_import_identity
  on public.applicant_import (account, coalesce(company_id, 0), person, coalesce(campaign_id, 0)) where key is null and admitted;
create index applicant_import_drafts on public.applicant_import (account, id) where state = 'draft';

-- Bounds of what a client may insert, in bytes, far above what the check takes: one row never exceeds what a worker can read.
-- Drafts of before that are over them are rejected, and cut.
update public.applicant_import set applicant_state = 'rejected', reason_code = 'invalid',
  reason = 'It has a value of more bytes than are taken, which was cut off.',
  account = left(account, 50), key = left(key, 500), source = left(source, 500), email = left(email, 500),
  first_name = left(first_name, 500), last_name = left(last_name, 500), locale = left(locale, 500),
  phone_code = left(phone_code, 500), phone_number = left(phone_number, 500), iso_country = left(iso_country, 500),
  avatar_url = left(avatar_url, 2500), bio_url = left(bio_url, 2500), consent_how = left(consent_how, 10000),
  consent_wording = left(consent_wording, 10000)
where applicant_state = 'draft' and (
  octet_length(account) > 200
  or greatest(octet_length(key), octet_length(source), octet_length(email), octet_length(first_name), octet_length(last_name),
    octet_length(locale), octet_length(phone_code), octet_length(phone_number), octet_length(iso_country)) > 2000
  or greatest(octet_length(avatar_url), octet_length(bio_url)) > 10000
  or greatest(octet_length(consent_how), octet_length(consent_wording)) > 40000);
update public.applicant_import set applicant_state = 'rejected', reason_code = 'invalid',
  reason = 'resume has more bytes than are taken.'
where applicant_state = 'draft'
  and id in (select r.import_id from public.import_resume r where octet_length(r.bytes) > 20000000);
update public.import_resume set bytes = null, erased_at = clock_timestamp() where octet_length(bytes) > 20000000
  and import_id in (select id from public.applicant_import where applicant_state = 'rejected' and reason_code = 'invalid');
-- Not checked on the rows that are there: those that a check let through are shorter, or were taken under another limit.
alter table public.applicant_import
  add constraint account_size check (octet_length(account) <= 200) not valid,
  add constraint key_size check (octet_length(key) <= 2000) not valid,
  add constraint source_size check (octet_length(source) <= 2000) not valid,
  add constraint email_size check (octet_length(email) <= 2000) not valid,
  add constraint first_name_size check (octet_length(first_name) <= 2000) not valid,
  add constraint last_name_size check (octet_length(last_name) <= 2000) not valid,
  add constraint locale_size check (octet_length(locale) <= 2000) not valid,
  add constraint phone_code_size check (octet_length(phone_code) <= 2000) not valid,
  add constraint phone_number_size check (octet_length(phone_number) <= 2000) not valid,
  add constraint iso_country_size check (octet_length(iso_country) <= 2000) not valid,
  add constraint avatar_url_size check (octet_length(avatar_url) <= 10000) not valid,
  add constraint bio_url_size check (octet_length(bio_url) <= 10000) not valid,
  add constraint consent_how_size check (octet_length(consent_how) <= 40000) not valid,
  add constraint consent_wording_size check (octet_length(consent_wording) <= 40000) not valid;
alter table public.import_resume add constraint bytes_size check (octet_length(bytes) <= 20000000) not valid;

-- With several accounts in one database: for which of them a role may insert. With one account there is nothing to say.
create table public.import_inbox_account (
  role text not null,
  account text not null,
  primary key (role, account)
);

-- Nobody rides on a source that was approved for somebody else: it is counted for each intake, and there for each role.
alter table public.import_source add column intake text not null default '', add column submitted_by text not null default '';
alter table public.import_source drop constraint import_source_pkey;
insert into public.import_source (account, source, intake, seen)
  select distinct s.account, s.source, i.intake, s.seen from public.import_source s
  join public.applicant_import i on i.account = s.account and i.source = s.source and i.intake in ('file', 'http');
delete from public.import_source where intake = '';
alter table public.import_source alter column intake drop default,
  add primary key (account, source, intake, submitted_by);

-- The id returned is always a new one, and tells nothing about anybody; what became of the row stands in applicant_import
-- under that id. It runs with the rights of its owner: everything that it names is in pg_catalog, or named with its schema.
create or replace function public.insert_import_inbox() returns trigger language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
declare
  -- That of SET ROLE, which only a member can take, else that of the login. current_user is the owner of this function.
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
    raise exception 'resume has % bytes, more than the 20000000 that are taken at most', octet_length(new.resume)
      using errcode = 'check_violation';
  end if;
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
  return new;
end
$$;

drop function public.may_mend_import(public.applicant_import, bytea);
drop function public.hash_of_inbox_row(public.import_inbox);
alter table public.applicant_import drop column given_hash, drop column given_person;
