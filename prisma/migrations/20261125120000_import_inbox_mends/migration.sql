-- Salted hashes of the row that SQL gave, null once erased, and of its e-mail, which the check may have written another way:
-- so that the same row and the same person are known for it when they come again.
alter table applicant_import add column given_hash bytea, add column given_person bytea;

-- The intake for SQL: any application may insert here, in its own transaction; the right to insert into this view is enough. A
-- worker checks the row before anything is sent: `state` and `reason` of applicant_import tell. The id of an import that was
-- there already is returned as if it were new, and it stays as it is, unless it was rejected: then what is given now takes its
-- place. A key that is another person's, or for another campaign, is refused.
create or replace view import_inbox as
select account, key, source, company_id, campaign_id, email, first_name, last_name, locale, phone_code, phone_number,
  iso_country, avatar_url, bio_url, is_partner_newsletter_active, is_campaign_alert_active,
  is_legals_accepted_by_manager, consent_at, consent_how, consent_wording, null::bytea as resume, id,
  -- The whole number, instead of phone_code and phone_number.
  null::text as phone
from applicant_import where state = 'draft';

-- The same for the same row, whatever the time zone of the session that inserts it.
create function hash_of_inbox_row(given import_inbox) returns bytea stable language plpgsql as $$
declare
  more jsonb := jsonb_build_object('consent_at', extract(epoch from given.consent_at),
    'resume', encode(sha256(given.resume), 'hex'));
begin
  given.id := null;
  given.consent_at := null;
  given.resume := null;
  return (select sha256(convert_to(salt || jsonb_strip_nulls(to_jsonb(given) || more)::text, 'UTF8')) from import_salt);
end
$$;

-- Whether what is inserted mends an import that is there. The rules of
-- src/outbox/resubmit.ts, for an applicant who is not there.
create function may_mend_import(known applicant_import, given_hash bytea) returns boolean stable language plpgsql as $$
declare
  last import_event;
begin
  if known.applicant_state <> 'rejected' then
    return false;
  end if;
  -- What the API or a person rejected is not tried again by a row that says nothing new.
  if known.reason_code is distinct from 'invalid' and known.given_hash = given_hash then
    return false;
  end if;
  -- Dropped while nobody knew what had come of its request: it must not be sent after all.
  select * into last from import_event where import_id = known.id order by id desc limit 1;
  return not coalesce(last.reason_code = 'dropped' and last.from_state in ('unknown', 'needs_review'), false);
end
$$;

create or replace function insert_import_inbox() returns trigger language plpgsql security definer as $$
declare
  known applicant_import;
  given bytea;
begin
  new.account := coalesce(new.account, (select min(a.account) from account a having count(*) = 1), 'default');
  if exists (select from account) and not exists (select from account a where a.account = new.account) then
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
  given := hash_of_inbox_row(new);
  new.id := null;
  -- What stood in the way may have changed before it can be read: then it is tried again.
  while new.id is null loop
    insert into applicant_import (account, key, source, intake, company_id, campaign_id, email, first_name, last_name,
      locale, phone_code, phone_number, iso_country, avatar_url, bio_url, is_partner_newsletter_active,
      is_campaign_alert_active, is_legals_accepted_by_manager, consent_at, consent_how, consent_wording, given_hash,
      given_person)
    values (new.account, new.key, new.source, 'sql', new.company_id, new.campaign_id, new.email, new.first_name,
      new.last_name, new.locale, new.phone_code, new.phone_number, new.iso_country, new.avatar_url, new.bio_url,
      new.is_partner_newsletter_active, new.is_campaign_alert_active, new.is_legals_accepted_by_manager, new.consent_at,
      new.consent_how, new.consent_wording, given, import_person(new.email))
    on conflict do nothing returning id into new.id;
    exit when new.id is not null;
    select * into known from applicant_import
    where account = new.account and case
      when new.key is not null then key = new.key
      else key is null and coalesce(company_id, 0) = coalesce(new.company_id, 0)
        and coalesce(campaign_id, 0) = coalesce(new.campaign_id, 0) and person = import_person(new.email)
    end for update;
    new.id := known.id;
  end loop;
  if known.id is not null then
    if not may_mend_import(known, given) then
      -- By the id alone: a key may be an e-mail.
      if import_person(new.email) not in (known.person, coalesce(known.given_person, known.person)) then
        raise exception 'the key is that of another person already (import %): give each person a key of their own',
          known.id using errcode = 'unique_violation';
      end if;
      if known.campaign_id is distinct from new.campaign_id then
        raise exception 'the key is for another campaign already (import %): give each campaign of a person a key of its own',
          known.id using errcode = 'unique_violation';
      end if;
      return new;
    end if;
    update applicant_import set applicant_state = 'draft', reason_code = null, reason = null, erased_at = null,
      application_state = case when new.campaign_id is not null then 'waiting' end, company_id = new.company_id,
      campaign_id = new.campaign_id, email = new.email, first_name = new.first_name, last_name = new.last_name,
      locale = new.locale, phone_code = new.phone_code, phone_number = new.phone_number, iso_country = new.iso_country,
      avatar_url = new.avatar_url, bio_url = new.bio_url,
      is_partner_newsletter_active = new.is_partner_newsletter_active,
      is_campaign_alert_active = new.is_campaign_alert_active,
      is_legals_accepted_by_manager = new.is_legals_accepted_by_manager, consent_at = new.consent_at,
      consent_how = new.consent_how, consent_wording = new.consent_wording, given_hash = given,
      given_person = import_person(new.email)
    where id = known.id;
    -- A CV that no check has found good is not kept.
    delete from import_resume where import_id = known.id and (new.resume is not null or type is null);
  end if;
  if new.resume is not null then
    insert into import_resume (import_id, size, sha256, bytes)
    values (new.id, length(new.resume), encode(sha256(new.resume), 'hex'), new.resume);
  end if;
  return new;
end
$$;
-- It runs with the rights of its owner, which a replaced function must be told again: no object of a caller's own schemas may
-- stand in for one of ours.
do $$
begin
  execute format('alter function insert_import_inbox() set search_path = %I, pg_temp', current_schema());
end
$$;
