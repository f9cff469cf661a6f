-- The published views: a name keeps its meaning. They run with the rights of their owner, so that a role needs rights on them alone.
do $$
begin
  -- `if not exists` would still need the right to create schemas.
  if to_regnamespace('report') is null then
    create schema report;
  end if;
  if to_regnamespace('report_people') is null then
    create schema report_people;
  end if;
end
$$;
comment on schema report is 'What reports read: no names of people. Its names keep their meaning.';
comment on schema report_people is 'Names and addresses of applicants, for the few roles that may see them.';

-- Each account with its time zone and its present day.
create view public.report_day as
select account, timezone, (now() at time zone timezone)::date as today
from (
  select account, timezone from public.account
  union all
  select distinct_one.account, 'Europe/Paris' from (
    -- One probe of the index for each account, however many rows.
    with recursive next as (
      (select f.account from public.application_fact f order by f.account limit 1)
      union all
      select (select f.account from public.application_fact f where f.account > next.account order by f.account limit 1)
      from next where next.account is not null
    )
    select account from next where account is not null
  ) distinct_one
  where not exists (select from public.account a where a.account = distinct_one.account)
) known;

create view report.label as
select kind, code, position::bigint, label_en, label_fr from (values
  ('category', 'new', 1, 'New', 'Nouvelle'),
  ('category', 'in_progress', 2, 'In progress', 'En cours'),
  ('category', 'interview', 3, 'Interview', 'Entretien'),
  ('category', 'offer', 4, 'Offer', 'Proposition'),
  ('category', 'hired', 5, 'Hired', 'Embauche'),
  ('category', 'refused', 6, 'Refused', 'Refus'),
  ('category', 'withdrawn', 7, 'Withdrawn', 'Désistement'),
  ('age_band', '0-7', 1, 'Up to 7 days', 'Jusqu’à 7 jours'),
  ('age_band', '8-14', 2, '8 to 14 days', '8 à 14 jours'),
  ('age_band', '15-30', 3, '15 to 30 days', '15 à 30 jours'),
  ('age_band', '31-60', 4, '31 to 60 days', '31 à 60 jours'),
  ('age_band', '61-90', 5, '61 to 90 days', '61 à 90 jours'),
  ('age_band', '91+', 6, 'More than 90 days', 'Plus de 90 jours'),
  ('campaign_status', 'online', 1, 'Online', 'En ligne'),
  ('campaign_status', 'standby', 2, 'Standby', 'En pause'),
  ('campaign_status', 'draft', 3, 'Draft', 'Brouillon'),
  ('campaign_status', 'archived', 4, 'Archived', 'Archivée'),
  ('resource', 'campaigns', 1, 'Campaigns', 'Offres'),
  ('resource', 'applications', 2, 'Applications', 'Candidatures'),
  ('resource', 'applicants', 3, 'Applicants', 'Candidats'),
  ('resource', 'managers', 4, 'Managers', 'Recruteurs'),
  ('resource', 'entities', 5, 'Entities', 'Entités'),
  ('resource', 'units', 6, 'Units', 'Unités'),
  ('freshness', 'on_time', 1, 'On time', 'À l’heure'),
  ('freshness', 'running', 2, 'Running', 'En cours'),
  ('freshness', 'late', 3, 'Late', 'En retard'),
  ('freshness', 'overdue', 4, 'Overdue', 'Très en retard'),
  ('freshness', 'unproven', 5, 'Not proven', 'Non prouvée'),
  ('freshness', 'never_synced', 6, 'Never synced', 'Jamais synchronisée'),
  ('freshness', 'off', 7, 'Off', 'Désactivée'),
  ('run_kind', 'full', 1, 'Full', 'Complète'),
  ('run_kind', 'incremental', 2, 'Incremental', 'Incrémentale'),
  ('run_state', 'running', 1, 'Running', 'En cours'),
  ('run_state', 'proven', 2, 'Proven', 'Prouvée'),
  ('run_state', 'unproven', 3, 'Not proven', 'Non prouvée'),
  ('run_state', 'needs_review', 4, 'Needs a review', 'À vérifier'),
  ('run_state', 'done', 5, 'Done', 'Terminée'),
  ('run_state', 'failed', 6, 'Failed', 'Échouée'),
  ('import_state', 'draft', 1, 'Being checked', 'En vérification'),
  ('import_state', 'held', 2, 'Held', 'Suspendu'),
  ('import_state', 'ready', 3, 'Ready', 'Prêt'),
  ('import_state', 'sending', 4, 'Being sent', 'En cours d’envoi'),
  ('import_state', 'unknown', 5, 'Outcome unknown', 'Résultat inconnu'),
  ('import_state', 'needs_review', 6, 'Needs a review', 'À vérifier'),
  ('import_state', 'rejected', 7, 'Rejected', 'Rejeté'),
  ('import_state', 'dismissed', 8, 'Dismissed', 'Classé'),
  ('import_state', 'done', 9, 'Done', 'Terminé')
) as known (kind, code, position, label_en, label_fr);

create view report.calendar as
select day, extract(year from day)::bigint as year, date_trunc('quarter', day::timestamp)::date as quarter,
  date_trunc('month', day::timestamp)::date as month, date_trunc('week', day::timestamp)::date as week,
  extract(isoyear from day)::bigint as iso_year, extract(week from day)::bigint as iso_week,
  extract(isodow from day)::bigint as weekday, extract(isodow from day) >= 6 as is_weekend,
  (array['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November',
    'December'])[extract(month from day)::integer] as month_en,
  (array['janvier', 'février', 'mars', 'avril', 'mai', 'juin', 'juillet', 'août', 'septembre', 'octobre', 'novembre',
    'décembre'])[extract(month from day)::integer] as month_fr
from (
  select date '2000-01-01' + n as day
  from generate_series(0, make_date(extract(year from now() at time zone 'UTC')::integer + 1, 12, 31) - date '2000-01-01') n
) days;

create view report.status as
select c.account, c.status, c.category, l.position as category_position, l.label_en as category_en, l.label_fr as category_fr,
  c.category is not null as is_mapped, c.is_guessed and c.category is not null as is_guessed,
  c.category in ('hired', 'refused', 'withdrawn') as is_closed, coalesce(f.applications, 0)::bigint as applications,
  c.first_seen_at::timestamptz as first_seen_at
from public.status_category c
left join report.label l on l.kind = 'category' and l.code = c.category
left join (
  select account, status, count(*) as applications from public.application_fact where deleted_at is null group by account, status
) f on f.account = c.account and f.status = c.status;

create view report.entity as
select account, id as entity_id, name, reference, (created_at at time zone coalesce(d.timezone, 'Europe/Paris'))::date as created_on
from public.entity left join public.report_day d using (account) where deleted_at is null;

create view report.unit as
select account, id as unit_id, entity_id, name, reference, (created_at at time zone coalesce(d.timezone, 'Europe/Paris'))::date as created_on
from public.unit left join public.report_day d using (account) where deleted_at is null;

create view report.campaign as
select c.account, c.id as campaign_id, c.name, c.status, l.label_en as status_en, l.label_fr as status_fr,
  c.is_online, c.is_draft, c.created_at::timestamptz as created_at,
  (c.created_at at time zone coalesce(d.timezone, 'Europe/Paris'))::date as created_on,
  (c.last_activation_at at time zone coalesce(d.timezone, 'Europe/Paris'))::date as online_since,
  c.job_type, c.job_field, c.working_time, c.remote_level, c.education_level, c.experience_level,
  c.salary_min, c.salary_max, c.salary_currency, c.company_id, c.entity_id, coalesce(e.name, c.entity_name) as entity_name,
  c.unit_id, coalesce(u.name, c.unit_name) as unit_name, c.zipcode, c.city, c.administrative_area_level_2 as department,
  c.administrative_area_level_1 as region, c.country, c.iso_country, array_to_string(c.tags, ', ') as tags,
  array_to_string(c.channels, ', ') as channels
from public.campaign c
left join public.report_day d using (account)
left join public.entity e on e.account = c.account and e.id = c.entity_id
left join public.unit u on u.account = c.account and u.id = c.unit_id
left join report.label l on l.kind = 'campaign_status' and l.code = c.status
where c.deleted_at is null;

create view report.source as
select account, source, count(*)::bigint as applications, min(applied_on) as first_applied_on, max(applied_on) as last_applied_on
from public.application_fact where deleted_at is null and source is not null group by account, source;

create view report.application as
select f.account, f.application_id, f.campaign_id, f.applicant_id, f.entity_id, f.source, f.applied_at::timestamptz as applied_at,
  f.applied_on, date_trunc('month', f.applied_on::timestamp)::date as cohort_month, f.status, f.category,
  f.status_since::timestamptz as status_since, f.status_since_on,
  f.first_new_at::timestamptz as first_new_at, f.first_in_progress_at::timestamptz as first_in_progress_at,
  f.first_interview_at::timestamptz as first_interview_at, f.first_offer_at::timestamptz as first_offer_at,
  f.first_hired_at::timestamptz as first_hired_at, f.first_refused_at::timestamptz as first_refused_at,
  f.first_withdrawn_at::timestamptz as first_withdrawn_at, f.hired_at::timestamptz as hired_at, f.hired_on,
  f.days_to_hire::bigint as days_to_hire, f.closed_at::timestamptz as closed_at, f.closed_on,
  date_trunc('month', f.closed_on::timestamp)::date as closing_month, f.closed_at is null as is_open, f.is_complete, f.current_stage,
  f.steps::bigint as steps, (coalesce(f.closed_on, d.today) - f.applied_on)::bigint as days_in_process,
  case when f.closed_at is null then (d.today - f.applied_on)::bigint end as age_days,
  case when f.closed_at is null then (d.today - f.status_since_on)::bigint end as days_in_status,
  f.days_before_first_step::bigint as days_before_first_step, f.first_seen_at::timestamptz as first_seen_at
from public.application_fact f left join public.report_day d using (account)
where f.deleted_at is null;

create view report.status_step as
select s.account, s.application_id, s.step::bigint as step, s.status, s.category, s.entered_at::timestamptz as entered_at, s.entered_on,
  s.left_at::timestamptz as left_at, coalesce(s.days, d.today - s.entered_on)::bigint as days, s.next_status, s.is_current
from public.application_step s left join public.report_day d using (account)
where not s.is_deleted;

create view report.application_state as
select s.account, s.application_id, f.campaign_id, f.applicant_id, f.source, f.applied_on, s.status, c.category,
  s.from_at::timestamptz as from_at, s.until_at::timestamptz as until_at
from public.application_state s
left join public.application_fact f on f.account = s.account and f.application_id = s.application_id
left join public.status_category c on c.account = s.account and c.status = s.status;

create view report.campaign_funnel as
select f.account, f.campaign_id, c.name as campaign_name, v.category, l.position as category_position, l.label_en as category_en,
  l.label_fr as category_fr, v.applications::bigint as applications, v.reached::bigint as reached
from (
  select account, campaign_id, count(*) as every,
    count(*) filter (where category = 'new') as new, count(*) filter (where category = 'in_progress') as in_progress,
    count(*) filter (where category = 'interview') as interview, count(*) filter (where category = 'offer') as offer,
    count(*) filter (where category = 'hired') as hired, count(*) filter (where category = 'refused') as refused,
    count(*) filter (where category = 'withdrawn') as withdrawn, count(*) filter (where category is null) as unmapped,
    count(first_in_progress_at) as reached_in_progress, count(first_interview_at) as reached_interview,
    count(first_offer_at) as reached_offer, count(first_hired_at) as reached_hired, count(first_refused_at) as reached_refused,
    count(first_withdrawn_at) as reached_withdrawn
  from public.application_fact where deleted_at is null group by account, campaign_id
) f
cross join lateral (values ('new', new, every), ('in_progress', in_progress, reached_in_progress),
  ('interview', interview, reached_interview), ('offer', offer, reached_offer), ('hired', hired, reached_hired),
  ('refused', refused, reached_refused), ('withdrawn', withdrawn, reached_withdrawn), (null, unmapped, null)
) as v (category, applications, reached)
left join report.label l on l.kind = 'category' and l.code = v.category
left join public.campaign c on c.account = f.account and c.id = f.campaign_id
where v.category is not null or v.applications > 0;

create view report.source_effectiveness as
select account, source, count(*)::bigint as applications, count(*) filter (where is_complete)::bigint as complete,
  count(*) filter (where closed_at is null)::bigint as open, count(first_interview_at)::bigint as interviewed,
  count(first_offer_at)::bigint as offered, count(hired_at)::bigint as hired,
  round(100.0 * count(hired_at) / count(*), 1) as hired_percent,
  round(avg(days_to_hire), 1) as average_days_to_hire,
  (percentile_disc(0.5) within group (order by days_to_hire))::bigint as median_days_to_hire
from public.application_fact where deleted_at is null group by account, source;

create view report.ageing as
select o.account, o.category, l.label_en as category_en, l.label_fr as category_fr, b.code as age_band, b.position as age_band_position,
  b.label_en as age_band_en, b.label_fr as age_band_fr, o.applications::bigint as applications, o.oldest::bigint as oldest_days
from (
  select f.account, f.category, case when age <= 7 then '0-7' when age <= 14 then '8-14' when age <= 30 then '15-30'
      when age <= 60 then '31-60' when age <= 90 then '61-90' else '91+' end as band, sum(n) as applications, max(age) as oldest
  from (
    -- Grouped by day first: as many rows as there are days.
    select g.account, g.category, d.today - g.applied_on as age, g.n
    from (
      select account, category, applied_on, count(*) as n from public.application_fact
      where deleted_at is null and closed_at is null and applied_on is not null group by account, category, applied_on) g
    join public.report_day d using (account)) f
  group by 1, 2, 3
) o
join report.label b on b.kind = 'age_band' and b.code = o.band
left join report.label l on l.kind = 'category' and l.code = o.category;

create view report.applications_by_month as
select account, date_trunc('month', applied_on::timestamp)::date as month, sum(applications)::bigint as applications,
  sum(since_deleted)::bigint as since_deleted, sum(complete)::bigint as complete, sum(hired)::bigint as hired, sum(open)::bigint as open
from (
  select account, applied_on, count(*) as applications, count(deleted_at) as since_deleted, count(*) filter (where is_complete) as complete,
    count(hired_at) as hired, count(*) filter (where closed_at is null and deleted_at is null) as open
  from public.application_fact group by account, applied_on
) days
group by 1, 2;

create view report.hires_by_month as
select account, date_trunc('month', hired_on::timestamp)::date as month, count(*)::bigint as hires,
  count(deleted_at)::bigint as since_deleted, round(avg(days_to_hire), 1) as average_days_to_hire,
  (percentile_disc(0.5) within group (order by days_to_hire))::bigint as median_days_to_hire
from public.application_fact where hired_at is not null group by 1, 2;

create view report.open_campaigns as
select c.account, c.campaign_id, c.name, c.entity_name, c.unit_name, c.city, c.online_since,
  (d.today - c.online_since)::bigint as days_online, coalesce(f.applications, 0)::bigint as applications,
  coalesce(f.open, 0)::bigint as open_applications, coalesce(f.new, 0)::bigint as new_applications,
  coalesce(f.interview, 0)::bigint as in_interview, coalesce(f.offer, 0)::bigint as in_offer, coalesce(f.hired, 0)::bigint as hired,
  f.last_applied_on
from report.campaign c
left join public.report_day d using (account)
left join (
  select account, campaign_id, count(*) as applications, count(*) filter (where closed_at is null) as open,
    count(*) filter (where category = 'new') as new, count(*) filter (where category = 'interview') as interview,
    count(*) filter (where category = 'offer') as offer, count(hired_at) as hired, max(applied_on) as last_applied_on
  from public.application_fact where deleted_at is null group by account, campaign_id
) f on f.account = c.account and f.campaign_id = c.campaign_id
where c.is_online is true or (c.is_online is null and c.status = 'online');

create view report.run as
select account, id::bigint as run_id, resource, kind, trigger, state, started_at::timestamptz as started_at,
  finished_at::timestamptz as finished_at, round(extract(epoch from finished_at - started_at), 1) as seconds,
  rows::bigint as rows, inserted::bigint as inserted, updated::bigint as updated, unchanged::bigint as unchanged,
  restored::bigint as restored, deleted::bigint as deleted, quarantined::bigint as quarantined, error_code
from public.sync_run;

create view report.freshness as
select r.account, r.resource, l.label_en as resource_en, l.label_fr as resource_fr, r.as_of::timestamptz as as_of,
  r.proven_as_of::timestamptz as proven_as_of, r.word, w.label_en as word_en, w.label_fr as word_fr,
  floor(extract(epoch from now() - r.as_of) / 60)::bigint as minutes_since
from (
  -- As src/ops/state/word.ts judges it.
  select account, resource, as_of, proven_as_of, case
      when not is_scheduled then case when is_running then 'running' else 'off' end
      when as_of is null then case when is_explained then 'running' else 'never_synced' end
      when now() > overdue_at then case when is_explained then 'running' else 'overdue' end
      when now() > late_at then case when is_explained then 'running' else 'late' end
      when now() > unproven_at then case when is_running and is_full then 'running' else 'unproven' end
      when is_running then 'running' else 'on_time' end as word
  from (
    select known.*, is_running and (not has_failed or (is_full and has_read)) as is_explained
    from (
      select coalesce(s.account, r.account) as account, coalesce(s.resource, r.resource) as resource, r.as_of, r.proven_as_of,
        coalesce(s.is_scheduled, false) as is_scheduled, s.late_at, s.overdue_at, s.unproven_at,
        coalesce(r.failed_at > r.as_of or (r.failed_at is not null and r.as_of is null), false) as has_failed,
        g.id is not null and greatest(g.started_at, q.at) > now() - interval '6 hours' as is_running, g.kind = 'full' as is_full,
        exists (select from public.sync_page p where p.run_id = g.id) as has_read
      from public.report_schedule s
      full join (
        select account, resource, max(started_at) filter (where state in ('proven', 'unproven', 'needs_review', 'done')) as as_of,
          max(started_at) filter (where state = 'proven') as proven_as_of, max(started_at) filter (where state = 'failed') as failed_at
        from public.sync_run group by account, resource
      ) r on r.account = s.account and r.resource = s.resource
      left join public.sync_run g on g.account = coalesce(s.account, r.account) and g.resource = coalesce(s.resource, r.resource)
        and g.state = 'running'
      left join lateral (
        select at from public.api_request where account = coalesce(s.account, r.account) order by at desc limit 1) q on true
    ) known
  ) judged
) r
left join report.label l on l.kind = 'resource' and l.code = r.resource
left join report.label w on w.kind = 'freshness' and w.code = r.word;

create view report.import_outcome as
select i.account, i.id::bigint as import_id, i.intake, i.source, i.campaign_id,
  case when i.dismissed_at is null then i.state else 'dismissed' end as state, l.label_en as state_en, l.label_fr as state_fr,
  i.reason_code, i.applicant_id, i.application_id, i.attempts::bigint as attempts, i.created_at::timestamptz as submitted_at,
  (i.created_at at time zone coalesce(d.timezone, 'Europe/Paris'))::date as submitted_on, i.finished_at::timestamptz as finished_at,
  round(extract(epoch from i.finished_at - i.created_at) / 60, 1) as minutes
from public.applicant_import i
left join public.report_day d using (account)
left join report.label l on l.kind = 'import_state' and l.code = case when i.dismissed_at is null then i.state else 'dismissed' end;

-- Inlined: they need rights on the view alone, and read with a plan for the time that is asked for.
create function report.application_as_of(t timestamptz) returns table (account text, application_id bigint, campaign_id bigint,
  applicant_id bigint, source text, applied_on date, status text, category text, is_open boolean, status_since timestamptz)
language sql stable as $$
  select s.account, s.application_id, s.campaign_id, s.applicant_id, s.source, s.applied_on, s.status, s.category,
    coalesce(s.category not in ('hired', 'refused', 'withdrawn'), true), s.from_at
  from report.application_state s where s.from_at <= t and (s.until_at is null or s.until_at > t)
$$;

create function report.funnel_as_of(t timestamptz) returns table (account text, campaign_id bigint, campaign_name text, category text,
  category_position bigint, category_en text, category_fr text, applications bigint)
language sql stable as $$
  select f.account, f.campaign_id, c.name, f.category, l.position, l.label_en, l.label_fr, f.applications
  from (
    select s.account, s.campaign_id, s.category, pg_catalog.count(*) as applications
    from report.application_state s where s.from_at <= t and (s.until_at is null or s.until_at > t)
    group by s.account, s.campaign_id, s.category
  ) f
  left join report.campaign c on c.account = f.account and c.campaign_id = f.campaign_id
  left join report.label l on l.kind = 'category' and l.code = f.category
$$;

create view report_people.applicant as
select account, id as applicant_id, first_name, last_name, email, phone_code, phone_number, locale, iso_country, country, zipcode, city
from public.applicant where deleted_at is null;

create view report_people.application as
select a.account, a.application_id, a.campaign_id, a.applicant_id, p.first_name, p.last_name, p.email, a.applied_on, a.status, a.category,
  a.is_open, a.is_complete
from report.application a left join report_people.applicant p using (account, applicant_id);

comment on view public.report_day is 'Each account, with the day that it is there.';
comment on column public.report_day.account is 'The account.';
comment on column public.report_day.timezone is 'The time zone of the account.';
comment on column public.report_day.today is 'The present day in that time zone.';
comment on function report.application_as_of(timestamptz) is
  'The applications as they were at a moment, those deleted since included. The mirror knows each status that it saw, from the sync that saw it; between two syncs and before the first, the dates that the API gives (status_history, status_changed_at). It cannot know a status that came and went between two syncs and is in no history, nor an application that was deleted before it was seen; a deletion counts from the sync that noticed it. Categories are those of today.';
comment on function report.funnel_as_of(timestamptz) is
  'The number of applications of each campaign and category as they were at a moment, from report.application_as_of.';
comment on view report.ageing is 'The open applications of one category and one band of age.';
comment on column report.ageing.account is 'The account (KELIO_ACCOUNT).';
comment on column report.ageing.category is 'What the status means: new, in_progress, interview, offer, hired, refused or withdrawn. Null: the status is unknown or not mapped.';
comment on column report.ageing.category_en is 'The category in English. Null: none.';
comment on column report.ageing.category_fr is 'The category in French. Null: none.';
comment on column report.ageing.age_band is 'Days since the person applied, such as 8-14.';
comment on column report.ageing.age_band_position is 'Order of the band, from 1.';
comment on column report.ageing.age_band_en is 'The band in English.';
comment on column report.ageing.age_band_fr is 'The band in French.';
comment on column report.ageing.applications is 'Number of applications.';
comment on column report.ageing.oldest_days is 'Age of the oldest, in days.';
comment on view report.application is 'One application that exists, with its way through the stages.';
comment on column report.application.account is 'The account (KELIO_ACCOUNT).';
comment on column report.application.application_id is 'The application (report.application).';
comment on column report.application.campaign_id is 'The campaign (report.campaign). Null: the API does not say.';
comment on column report.application.applicant_id is 'The person, as a number (report_people.applicant). Null: the API does not say.';
comment on column report.application.entity_id is 'The entity (report.entity). Null: none.';
comment on column report.application.source is 'Where it came from. Null: not known.';
comment on column report.application.applied_at is 'When the person applied. Null: the API does not say.';
comment on column report.application.applied_on is 'Day on which the person applied, in the account''s time zone. Null: the API does not say.';
comment on column report.application.cohort_month is 'First day of the month of applied_on.';
comment on column report.application.status is 'Status, as recruiters named it (report.status). Null: not known.';
comment on column report.application.category is 'What the status means: new, in_progress, interview, offer, hired, refused or withdrawn. Null: the status is unknown or not mapped.';
comment on column report.application.status_since is 'Since when it has this status. Null: not known.';
comment on column report.application.status_since_on is 'Day of status_since, in the account''s time zone. Null: not known.';
comment on column report.application.first_new_at is 'When it first had a status of the category new. Null: never, as far as is known.';
comment on column report.application.first_in_progress_at is 'When it first had a status of the category in_progress. Null: never, as far as is known.';
comment on column report.application.first_interview_at is 'When it first had a status of the category interview. Null: never, as far as is known.';
comment on column report.application.first_offer_at is 'When it first had a status of the category offer. Null: never, as far as is known.';
comment on column report.application.first_hired_at is 'When it first had a status of the category hired, even if it no longer has. Null: never, as far as is known.';
comment on column report.application.first_refused_at is 'When it first had a status of the category refused. Null: never, as far as is known.';
comment on column report.application.first_withdrawn_at is 'When it first had a status of the category withdrawn. Null: never, as far as is known.';
comment on column report.application.hired_at is 'When it first had a status of the category hired, if it has one now. Null: it is not hired.';
comment on column report.application.hired_on is 'Day of hired_at, in the account''s time zone. Null: it is not hired.';
comment on column report.application.days_to_hire is 'Days from applied_on to hired_on. Null: it is not hired, or applied_on is not known.';
comment on column report.application.closed_at is 'Since when it has had only statuses of the categories hired, refused and withdrawn. Null: it is open.';
comment on column report.application.closed_on is 'Day of closed_at, in the account''s time zone. Null: it is open.';
comment on column report.application.closing_month is 'First day of the month of closed_on. Null: it is open.';
comment on column report.application.is_open is 'It is not closed. A status that is not mapped counts as open.';
comment on column report.application.is_complete is 'The person completed every step of applying. Null: the API does not say.';
comment on column report.application.current_stage is 'Step of applying at which the person stopped. Null: it is complete.';
comment on column report.application.steps is 'Number of its steps (report.status_step).';
comment on column report.application.days_in_process is 'Days from applied_on to closed_on, or to today if it is open. Null: applied_on is not known.';
comment on column report.application.age_days is 'Days since applied_on. Null: it is closed, or applied_on is not known.';
comment on column report.application.days_in_status is 'Days since status_since. Null: it is closed, or that is not known.';
comment on column report.application.days_before_first_step is 'Days from applied_on to the first step that is known: with the days of the steps, they add up to days_in_process. Null: not known.';
comment on column report.application.first_seen_at is 'When the mirror saw it first.';
comment on view report.application_state is 'One stretch of time in which an application existed and had one status, those deleted since included. What application_as_of reads.';
comment on column report.application_state.account is 'The account (KELIO_ACCOUNT).';
comment on column report.application_state.application_id is 'The application (report.application).';
comment on column report.application_state.campaign_id is 'The campaign (report.campaign). Null: the API does not say.';
comment on column report.application_state.applicant_id is 'The person, as a number (report_people.applicant). Null: the API does not say.';
comment on column report.application_state.source is 'Where it came from. Null: not known.';
comment on column report.application_state.applied_on is 'Day on which the person applied, in the account''s time zone. Null: the API does not say.';
comment on column report.application_state.status is 'Status, as recruiters named it (report.status). Null: not known.';
comment on column report.application_state.category is 'What the status means: new, in_progress, interview, offer, hired, refused or withdrawn. Null: the status is unknown or not mapped.';
comment on column report.application_state.from_at is 'Since when this was so.';
comment on column report.application_state.until_at is 'When it ended, or the application was deleted. Null: it is so now.';
comment on view report.applications_by_month is 'One month of arrival. Applications deleted since stay in their month.';
comment on column report.applications_by_month.account is 'The account (KELIO_ACCOUNT).';
comment on column report.applications_by_month.month is 'First day of the month. Null: the source gives no date.';
comment on column report.applications_by_month.applications is 'Number of applications.';
comment on column report.applications_by_month.since_deleted is 'Of these, applications deleted since: report.application no longer shows them.';
comment on column report.applications_by_month.complete is 'Number of applications that are complete.';
comment on column report.applications_by_month.hired is 'Number of applications that are hired, in whatever month.';
comment on column report.applications_by_month.open is 'Number of applications that are open.';
comment on view report.calendar is 'One day, from 2000-01-01 to the end of next year.';
comment on column report.calendar.day is 'The day.';
comment on column report.calendar.year is 'Its year.';
comment on column report.calendar.quarter is 'First day of its quarter.';
comment on column report.calendar.month is 'First day of the month. Null: the source gives no date.';
comment on column report.calendar.week is 'The Monday of its week.';
comment on column report.calendar.iso_year is 'Year of its ISO week.';
comment on column report.calendar.iso_week is 'Number of its ISO week, 1 to 53.';
comment on column report.calendar.weekday is 'Day of the week: 1 Monday to 7 Sunday.';
comment on column report.calendar.is_weekend is 'It is a Saturday or a Sunday.';
comment on column report.calendar.month_en is 'Name of its month in English.';
comment on column report.calendar.month_fr is 'Name of its month in French.';
comment on view report.campaign is 'One campaign (a job offer) that exists.';
comment on column report.campaign.account is 'The account (KELIO_ACCOUNT).';
comment on column report.campaign.campaign_id is 'The vendor''s id of the campaign.';
comment on column report.campaign.name is 'Title of the offer. Null: not given.';
comment on column report.campaign.status is 'Status, such as online or archived. Null: not given.';
comment on column report.campaign.status_en is 'The status in English. Null: no label is known.';
comment on column report.campaign.status_fr is 'The status in French. Null: no label is known.';
comment on column report.campaign.is_online is 'People can apply to it. Null: not given.';
comment on column report.campaign.is_draft is 'It is a draft. Null: not given.';
comment on column report.campaign.created_at is 'When it was created. Null: not given.';
comment on column report.campaign.created_on is 'Day on which it was created, in the account''s time zone. Null: not given.';
comment on column report.campaign.online_since is 'Day on which it was last put online, in the account''s time zone. Null: not given.';
comment on column report.campaign.job_type is 'Kind of contract. Null: not given.';
comment on column report.campaign.job_field is 'Field of work. Null: not given.';
comment on column report.campaign.working_time is 'Full or part time. Null: not given.';
comment on column report.campaign.remote_level is 'How much remote work is possible. Null: not given.';
comment on column report.campaign.education_level is 'Required education. Null: not given.';
comment on column report.campaign.experience_level is 'Required experience. Null: not given.';
comment on column report.campaign.salary_min is 'Lowest salary, in salary_currency. Null: not given.';
comment on column report.campaign.salary_max is 'Highest salary, in salary_currency. Null: not given.';
comment on column report.campaign.salary_currency is 'Currency of the salary. Null: not given.';
comment on column report.campaign.company_id is 'The vendor''s id of the company. Null: not given.';
comment on column report.campaign.entity_id is 'The entity (report.entity). Null: none.';
comment on column report.campaign.entity_name is 'Name of its entity. Null: none.';
comment on column report.campaign.unit_id is 'The unit (report.unit). Null: none.';
comment on column report.campaign.unit_name is 'Name of its unit. Null: none.';
comment on column report.campaign.zipcode is 'Postal code. Null: not given.';
comment on column report.campaign.city is 'City. Null: not given.';
comment on column report.campaign.department is 'Second administrative area, in France the department. Null: not given.';
comment on column report.campaign.region is 'Largest administrative area. Null: not given.';
comment on column report.campaign.country is 'Country, by name. Null: not given.';
comment on column report.campaign.iso_country is 'Country, as an ISO 3166-1 code. Null: not given.';
comment on column report.campaign.tags is 'Recruiters'' tags, with commas between. Null: not given.';
comment on column report.campaign.channels is 'Where it is published, with commas between. Null: not given.';
comment on view report.campaign_funnel is 'One category of one campaign. A row without a category holds the statuses that are not mapped.';
comment on column report.campaign_funnel.account is 'The account (KELIO_ACCOUNT).';
comment on column report.campaign_funnel.campaign_id is 'The campaign (report.campaign). Null: the API does not say.';
comment on column report.campaign_funnel.campaign_name is 'Title of the campaign. Null: the campaign is not in the mirror.';
comment on column report.campaign_funnel.category is 'What the status means: new, in_progress, interview, offer, hired, refused or withdrawn. Null: the status is unknown or not mapped.';
comment on column report.campaign_funnel.category_position is 'Order of the category, from 1. Null: none.';
comment on column report.campaign_funnel.category_en is 'The category in English. Null: none.';
comment on column report.campaign_funnel.category_fr is 'The category in French. Null: none.';
comment on column report.campaign_funnel.applications is 'Number of applications that have this category now; over all categories, all applications of the campaign.';
comment on column report.campaign_funnel.reached is 'Applications that ever had a status of this category; for new, all. Null: not mapped.';
comment on view report.entity is 'One entity of the company.';
comment on column report.entity.account is 'The account (KELIO_ACCOUNT).';
comment on column report.entity.entity_id is 'The vendor''s id of the entity.';
comment on column report.entity.name is 'Name. Null: not given.';
comment on column report.entity.reference is 'The company''s own reference. Null: not given.';
comment on column report.entity.created_on is 'Day on which it was created, in the account''s time zone. Null: not given.';
comment on view report.freshness is 'One list, and how fresh its copy is.';
comment on column report.freshness.account is 'The account (KELIO_ACCOUNT).';
comment on column report.freshness.resource is 'The list, such as applications.';
comment on column report.freshness.resource_en is 'The list in English.';
comment on column report.freshness.resource_fr is 'The list in French.';
comment on column report.freshness.as_of is 'The copy shows what was so at this time or later. Null: never synced.';
comment on column report.freshness.proven_as_of is 'The last time of which the copy is proven complete. Null: never.';
comment on column report.freshness.word is 'on_time, running, late, overdue, unproven, never_synced or off.';
comment on column report.freshness.word_en is 'The word in English.';
comment on column report.freshness.word_fr is 'The word in French.';
comment on column report.freshness.minutes_since is 'Minutes since as_of. Null: never synced.';
comment on view report.hires_by_month is 'One month with hires, by hired_on. Applications deleted since stay in their month.';
comment on column report.hires_by_month.account is 'The account (KELIO_ACCOUNT).';
comment on column report.hires_by_month.month is 'First day of the month. Null: the source gives no date.';
comment on column report.hires_by_month.hires is 'Number of hires.';
comment on column report.hires_by_month.since_deleted is 'Of these, applications deleted since: report.application no longer shows them.';
comment on column report.hires_by_month.average_days_to_hire is 'Average of days_to_hire of its hires, in days. Null: no hire.';
comment on column report.hires_by_month.median_days_to_hire is 'Median of days_to_hire of its hires, in days. Null: no hire.';
comment on view report.import_outcome is 'One import and what became of it. No personal data.';
comment on column report.import_outcome.account is 'The account (KELIO_ACCOUNT).';
comment on column report.import_outcome.import_id is 'Number of the import.';
comment on column report.import_outcome.intake is 'file, http or sql.';
comment on column report.import_outcome.source is 'The source that the import names.';
comment on column report.import_outcome.campaign_id is 'The campaign applied to. Null: none.';
comment on column report.import_outcome.state is 'State of the import, such as done or rejected.';
comment on column report.import_outcome.state_en is 'The state in English.';
comment on column report.import_outcome.state_fr is 'The state in French.';
comment on column report.import_outcome.reason_code is 'Why it is in this state (docs/reasons.md). Null: no reason.';
comment on column report.import_outcome.applicant_id is 'The person that was created or found. Null: none yet.';
comment on column report.import_outcome.application_id is 'The application that was created or found. Null: none.';
comment on column report.import_outcome.attempts is 'Requests to create that have begun.';
comment on column report.import_outcome.submitted_at is 'When it was submitted.';
comment on column report.import_outcome.submitted_on is 'Day of submitted_at, in the account''s time zone.';
comment on column report.import_outcome.finished_at is 'When it was done or rejected. Null: neither.';
comment on column report.import_outcome.minutes is 'Minutes from submitted_at to finished_at. Null: not finished.';
comment on view report.label is 'One code of these views, in both languages.';
comment on column report.label.kind is 'What the code is of, such as category.';
comment on column report.label.code is 'The code, as other views hold it.';
comment on column report.label.position is 'Order of the code within its kind, from 1.';
comment on column report.label.label_en is 'The code for people, in English.';
comment on column report.label.label_fr is 'The code for people, in French.';
comment on view report.open_campaigns is 'One campaign that is online.';
comment on column report.open_campaigns.account is 'The account (KELIO_ACCOUNT).';
comment on column report.open_campaigns.campaign_id is 'The campaign (report.campaign).';
comment on column report.open_campaigns.name is 'Name. Null: not given.';
comment on column report.open_campaigns.entity_name is 'Name of its entity. Null: none.';
comment on column report.open_campaigns.unit_name is 'Name of its unit. Null: none.';
comment on column report.open_campaigns.city is 'City. Null: not given.';
comment on column report.open_campaigns.online_since is 'Day on which it was last put online, in the account''s time zone. Null: not given.';
comment on column report.open_campaigns.days_online is 'Days since online_since. Null: not known.';
comment on column report.open_campaigns.applications is 'Number of applications.';
comment on column report.open_campaigns.open_applications is 'Number of applications that are open.';
comment on column report.open_campaigns.new_applications is 'Number of applications of the category new.';
comment on column report.open_campaigns.in_interview is 'Number of applications of the category interview.';
comment on column report.open_campaigns.in_offer is 'Number of applications of the category offer.';
comment on column report.open_campaigns.hired is 'Number of applications that are hired.';
comment on column report.open_campaigns.last_applied_on is 'Day of the last application. Null: none.';
comment on view report.run is 'One sync of one list.';
comment on column report.run.account is 'The account (KELIO_ACCOUNT).';
comment on column report.run.run_id is 'Number of the run.';
comment on column report.run.resource is 'The list, such as applications.';
comment on column report.run.kind is 'full or incremental.';
comment on column report.run.trigger is 'What started it: schedule or command.';
comment on column report.run.state is 'running, proven, unproven, needs_review, done or failed.';
comment on column report.run.started_at is 'When it started.';
comment on column report.run.finished_at is 'When it ended. Null: it is running.';
comment on column report.run.seconds is 'How long it took, in seconds. Null: it is running.';
comment on column report.run.rows is 'Different rows that it read. Null: not known yet.';
comment on column report.run.inserted is 'Rows that were new. Null: not known yet.';
comment on column report.run.updated is 'Rows that had changed. Null: not known yet.';
comment on column report.run.unchanged is 'Rows that had not changed. Null: not known yet.';
comment on column report.run.restored is 'Rows that are back. Null: not known.';
comment on column report.run.deleted is 'Rows that were marked as deleted. Null: not concluded.';
comment on column report.run.quarantined is 'Objects that could not become a row. Null: not known yet.';
comment on column report.run.error_code is 'Why it failed or proved nothing. Null: it did not.';
comment on view report.source is 'One source of applications.';
comment on column report.source.account is 'The account (KELIO_ACCOUNT).';
comment on column report.source.source is 'The source, as applications name it.';
comment on column report.source.applications is 'Number of applications.';
comment on column report.source.first_applied_on is 'Day of its first application. Null: not known.';
comment on column report.source.last_applied_on is 'Day of its last application. Null: not known.';
comment on view report.source_effectiveness is 'One source, with what became of its applications. A row without a source holds those whose source is not known.';
comment on column report.source_effectiveness.account is 'The account (KELIO_ACCOUNT).';
comment on column report.source_effectiveness.source is 'Where it came from. Null: not known.';
comment on column report.source_effectiveness.applications is 'Number of applications.';
comment on column report.source_effectiveness.complete is 'Number of applications that are complete.';
comment on column report.source_effectiveness.open is 'Number of applications that are open.';
comment on column report.source_effectiveness.interviewed is 'Number of applications that ever had an interview.';
comment on column report.source_effectiveness.offered is 'Number of applications that ever had an offer.';
comment on column report.source_effectiveness.hired is 'Number of applications that are hired.';
comment on column report.source_effectiveness.hired_percent is 'hired per 100 applications.';
comment on column report.source_effectiveness.average_days_to_hire is 'Average of days_to_hire of its hires, in days. Null: no hire.';
comment on column report.source_effectiveness.median_days_to_hire is 'Median of days_to_hire of its hires, in days. Null: no hire.';
comment on view report.status is 'One status that applications have or had, with its category.';
comment on column report.status.account is 'The account (KELIO_ACCOUNT).';
comment on column report.status.status is 'The status, as recruiters named it.';
comment on column report.status.category is 'What the status means: new, in_progress, interview, offer, hired, refused or withdrawn. Null: the status is unknown or not mapped.';
comment on column report.status.category_position is 'Order of the category, from 1. Null: none.';
comment on column report.status.category_en is 'The category in English. Null: none.';
comment on column report.status.category_fr is 'The category in French. Null: none.';
comment on column report.status.is_mapped is 'The status has a category.';
comment on column report.status.is_guessed is 'The category was guessed from the words of the status; nobody has set it.';
comment on column report.status.is_closed is 'An application with this status is closed. Null: the status has no category.';
comment on column report.status.applications is 'Number of applications that have it now.';
comment on column report.status.first_seen_at is 'When the mirror saw the status first.';
comment on view report.status_step is 'One stretch of time that an application spent in one status.';
comment on column report.status_step.account is 'The account (KELIO_ACCOUNT).';
comment on column report.status_step.application_id is 'The application (report.application).';
comment on column report.status_step.step is 'Number of the step within its application, from 1.';
comment on column report.status_step.status is 'Status, as recruiters named it (report.status). Null: not known.';
comment on column report.status_step.category is 'What the status means: new, in_progress, interview, offer, hired, refused or withdrawn. Null: the status is unknown or not mapped.';
comment on column report.status_step.entered_at is 'When it entered the status.';
comment on column report.status_step.entered_on is 'Day of entered_at, in the account''s time zone.';
comment on column report.status_step.left_at is 'When it left the status. In a closed application, the last steps end when they begin. Null: it still has the status, and is open.';
comment on column report.status_step.days is 'Days from entered_on to the day of left_at, or to today. 0 once the application is closed.';
comment on column report.status_step.next_status is 'Status of the next step. Null: there is none.';
comment on column report.status_step.is_current is 'It is the last step of its application.';
comment on view report.unit is 'One unit of an entity.';
comment on column report.unit.account is 'The account (KELIO_ACCOUNT).';
comment on column report.unit.unit_id is 'The vendor''s id of the unit.';
comment on column report.unit.entity_id is 'The entity (report.entity). Null: none.';
comment on column report.unit.name is 'Name. Null: not given.';
comment on column report.unit.reference is 'The company''s own reference. Null: not given.';
comment on column report.unit.created_on is 'Day on which it was created, in the account''s time zone. Null: not given.';
comment on view report_people.applicant is 'One person in the account.';
comment on column report_people.applicant.account is 'The account (KELIO_ACCOUNT).';
comment on column report_people.applicant.applicant_id is 'The vendor''s id of the person.';
comment on column report_people.applicant.first_name is 'First name. Null: not known.';
comment on column report_people.applicant.last_name is 'Last name. Null: not known.';
comment on column report_people.applicant.email is 'E-mail. Null: not known.';
comment on column report_people.applicant.phone_code is 'Country calling code. Null: not known.';
comment on column report_people.applicant.phone_number is 'Phone number without the calling code. Null: not known.';
comment on column report_people.applicant.locale is 'Language: fr, en or es. Null: not known.';
comment on column report_people.applicant.iso_country is 'Country, as an ISO 3166-1 code. Null: not given.';
comment on column report_people.applicant.country is 'Country, by name. Null: not given.';
comment on column report_people.applicant.zipcode is 'Postal code. Null: not given.';
comment on column report_people.applicant.city is 'City. Null: not given.';
comment on view report_people.application is 'One application that exists, with the person.';
comment on column report_people.application.account is 'The account (KELIO_ACCOUNT).';
comment on column report_people.application.application_id is 'The application (report.application).';
comment on column report_people.application.campaign_id is 'The campaign (report.campaign). Null: the API does not say.';
comment on column report_people.application.applicant_id is 'The person, as a number (report_people.applicant). Null: the API does not say.';
comment on column report_people.application.first_name is 'First name. Null: not known.';
comment on column report_people.application.last_name is 'Last name. Null: not known.';
comment on column report_people.application.email is 'E-mail. Null: not known.';
comment on column report_people.application.applied_on is 'Day on which the person applied, in the account''s time zone. Null: the API does not say.';
comment on column report_people.application.status is 'Status, as recruiters named it (report.status). Null: not known.';
comment on column report_people.application.category is 'What the status means: new, in_progress, interview, offer, hired, refused or withdrawn. Null: the status is unknown or not mapped.';
comment on column report_people.application.is_open is 'It is not closed. A status that is not mapped counts as open.';
comment on column report_people.application.is_complete is 'The person completed every step of applying. Null: the API does not say.';
