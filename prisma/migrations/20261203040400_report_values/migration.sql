-- A number that no decimal of a reporting tool holds (NaN, infinity, more than 28 digits), would fail its whole table.
create or replace view report.campaign as
select c.account, c.id as campaign_id, c.name, c.status, l.label_en as status_en, l.label_fr as status_fr,
  c.is_online, c.is_draft, m.created_at::timestamptz as created_at,
  (m.created_at at time zone coalesce(d.timezone, 'Europe/Paris'))::date as created_on,
  (m.last_activation_at at time zone coalesce(d.timezone, 'Europe/Paris'))::date as online_since,
  c.job_type, c.job_field, c.working_time, c.remote_level, c.education_level, c.experience_level,
  case when c.salary_min between 0 and 1e15 then trim_scale(round(c.salary_min, 4)) end as salary_min,
  case when c.salary_max between 0 and 1e15 then trim_scale(round(c.salary_max, 4)) end as salary_max,
  c.salary_currency, c.company_id, c.entity_id, coalesce(e.name, c.entity_name) as entity_name,
  c.unit_id, coalesce(u.name, c.unit_name) as unit_name, c.zipcode, c.city, c.administrative_area_level_2 as department,
  c.administrative_area_level_1 as region, c.country, c.iso_country, array_to_string(c.tags, ', ') as tags,
  array_to_string(c.channels, ', ') as channels
from public.campaign c
cross join lateral (select case when c.created_at between '0001-01-03+00' and '9999-12-30+00' then c.created_at end as created_at,
  case when c.last_activation_at between '0001-01-03+00' and '9999-12-30+00' then c.last_activation_at end as last_activation_at) m
left join public.report_day d using (account)
left join public.entity e on e.account = c.account and e.id = c.entity_id
left join public.unit u on u.account = c.account and u.id = c.unit_id
left join report.label l on l.kind = 'campaign_status' and l.code = c.status
where c.deleted_at is null;
comment on column report.campaign.salary_min is 'Lowest salary, in salary_currency. Null: not given, or beyond all reason.';
comment on column report.campaign.salary_max is 'Highest salary, in salary_currency. Null: not given, or beyond all reason.';

-- A campaign that was deleted since still had its title then.
create view report.campaign_name as select account, id as campaign_id, name from public.campaign;
comment on view report.campaign_name is 'The title of one campaign, those deleted since included.';
comment on column report.campaign_name.account is 'The account (KELIO_ACCOUNT).';
comment on column report.campaign_name.campaign_id is 'The vendor''s id of the campaign.';
comment on column report.campaign_name.name is 'Name. Null: not given.';

create or replace function report.funnel_as_of(t timestamptz) returns table (account text, campaign_id bigint, campaign_name text, category text,
  category_position bigint, category_en text, category_fr text, applications bigint)
language sql stable parallel safe as $$
  select f.account, f.campaign_id, c.name, f.category, l.position, l.label_en, l.label_fr, f.applications
  from (
    select s.account, s.campaign_id, s.category, pg_catalog.count(*) as applications
    from report.application_state s where s.from_at <= t and (s.until_at is null or s.until_at > t)
    group by s.account, s.campaign_id, s.category
  ) f
  left join report.campaign_name c on c.account = f.account and c.campaign_id = f.campaign_id
  left join report.label l on l.kind = 'category' and l.code = f.category
$$;
