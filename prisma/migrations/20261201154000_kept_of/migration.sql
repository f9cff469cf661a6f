-- What an object of the API keeps of a suppressed person: these keys, where their values are what the row made of them. Under the name of a
-- date, an id or a flag, an object may hold any text, of which the row then has nothing.
create function public.kept_of(document jsonb, kept jsonb, keys text[]) returns jsonb stable parallel safe language sql
set search_path = pg_catalog, pg_temp as $$
  select case when document is null then null else coalesce(jsonb_object_agg(e.key, e.value), '{}') end
  from jsonb_each(case jsonb_typeof(document) when 'object' then document else '{}' end) e
  where e.key = any(keys) and (jsonb_typeof(e.value) = 'null' or jsonb_typeof(e.value) not in ('object', 'array')
    and (e.value #>> '{}' = kept ->> e.key or public.read_moment(e.value #>> '{}') is not null))
$$;

create or replace function public.empty_suppressed_applicant() returns trigger language plpgsql
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
    new.raw := public.kept_of(new.raw, to_jsonb(new), array['id', 'is_partner_newsletter_active', 'is_campaign_alert_active',
      'is_legals_accepted_by_manager', 'created_at', 'company_id', 'company_slug']);
  end if;
  return new;
end
$$;

create or replace function public.empty_suppressed_application() returns trigger language plpgsql
set search_path = pg_catalog, pg_temp as $$
begin
  if exists (select from public.suppression s where s.account = new.account and s.applicant_id = new.applicant_id) then
    new.tags := null;
    new.skills := null;
    new.comments := null;
    new.status_history := public.states_only(new.status_history);
    new.raw := public.kept_of(new.raw, to_jsonb(new), array['id', 'campaign_id', 'applicant_id', 'status', 'status_changed_at', 'current_stage',
      'is_complete', 'source', 'created_at', 'company_id', 'company_slug', 'entity_id'])
      || case when new.status_history is null then '{}' else jsonb_build_object('status_history', new.status_history) end;
  end if;
  return new;
end
$$;
