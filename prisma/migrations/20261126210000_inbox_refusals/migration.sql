-- A row that is refused is repeated nowhere: it is a person's.
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
