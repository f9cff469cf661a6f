-- Reports over a million applications, and over whatever SQL of others writes into the mirror: names of any length, moments that no
-- calendar has.

-- An entry of an index holds at most 2,704 bytes; a longer status must not refuse its row.
drop index public.campaign_account_status_idx;
drop index public.application_account_status_idx;
create index application_status on public.application (account, status) where octet_length(status) <= 2000;

-- A time zone that Postgres does not know would fail every report.
alter table public.account add constraint account_timezone_known
  check ((timestamptz '2000-01-01 00:00:00+00' at time zone timezone) is not null);

create or replace function public.read_moment(written text) returns timestamptz immutable strict language plpgsql
set search_path = pg_catalog, pg_temp as $$
declare
  at timestamptz;
begin
  if written ~ '^[12]\d{3}-(0[1-9]|1[0-2])-([01][1-9]|[12]0|2[0-8])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?(Z|[+-](0\d|1[0-2]):[0-5]\d)$' then
    return date_trunc('milliseconds', written::timestamptz);
  end if;
  if written !~ '^\s*\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?( ?(Z|UTC|[+-]\d\d(:?\d\d)?))?)?\s*$' or written ~ '^\s*0000' then
    return null;
  end if;
  begin
    at := date_trunc('milliseconds', case when written ~ '(Z|UTC|:\d\d(\.\d+)?\s?[+-]\d\d(:?\d\d)?)\s*$'
      then written else btrim(written) || 'Z' end::timestamptz);
    return case when at between '0001-01-03+00' and '9999-12-30+00' then at end;
  exception when others then
    return null;
  end;
end
$$;

-- What facts are made of. A status that no index holds is its beginning and its hash. A moment that no calendar has, or of a year that
-- not every client reads back, is not known; one that must be there is the nearest one that reports can show.
create view public.reported_application as
select account, id, campaign_id, applicant_id, entity_id, source, is_complete, current_stage, status_history,
  case when octet_length(status) > 2000 then left(status, 200) || '… ' || md5(status) else status end as status,
  case when status_changed_at between '0001-01-03+00' and '9999-12-30+00' then status_changed_at end as status_changed_at,
  case when created_at between '0001-01-03+00' and '9999-12-30+00' then created_at end as created_at,
  greatest(least(first_seen_at, timestamptz '9999-12-30+00'), timestamptz '0001-01-03+00') as first_seen_at,
  greatest(least(changed_at, timestamptz '9999-12-30+00'), timestamptz '0001-01-03+00') as changed_at,
  case when deleted_at is not null
    then greatest(least(deleted_at, timestamptz '9999-12-30+00'), timestamptz '0001-01-03+00') end as deleted_at
from public.application;
comment on view public.reported_application is 'The applications, with what facts can be made of: statuses that an index holds and moments of the calendar.';

create view public.reported_change as
select account, row_id, id, kind, before, after,
  case when octet_length(before ->> 'status') > 2000 then left(before ->> 'status', 200) || '… ' || md5(before ->> 'status') else before ->> 'status' end as old_status,
  case when octet_length(after ->> 'status') > 2000 then left(after ->> 'status', 200) || '… ' || md5(after ->> 'status') else after ->> 'status' end as status,
  greatest(least(at, timestamptz '9999-12-30+00'), timestamptz '0001-01-03+00') as at
from public.change where resource = 'application';
comment on view public.reported_change is 'The changes of applications, with moments of the calendar.';

-- Makes the facts of these applications anew from their row, the status history of the API and our own changes.
create or replace function public.refresh_application_facts(of_account text, ids bigint[]) returns void language plpgsql
set search_path = pg_catalog, pg_temp
-- One plan, which looks rows up by their key however large the tables have become since it was made: the range of ids makes the key
-- the cheapest way even where nothing is known of a table yet.
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_nestloop = off set jit = off as $$
declare
  zone text := coalesce((select a.timezone from public.account a where a.account = of_account), 'Europe/Paris');
  lowest bigint := (select min(i) from unnest(ids) i);
  highest bigint := (select max(i) from unnest(ids) i);
begin
  delete from public.application_step s where s.account = of_account and s.application_id = any(ids) and s.application_id between lowest and highest;
  with app as materialized (
    select a.id, a.status, a.status_changed_at, a.status_history, coalesce(a.created_at, a.first_seen_at) as applied_at,
      a.deleted_at is not null as is_deleted
    from public.reported_application a where a.account = of_account and a.id = any(ids) and a.id between lowest and highest
  ), entry as materialized (
    select e.*, e.status = e.present as is_present from (
    select e.id, e.n, e.at, e.present, case when octet_length(e.status) > 2000 then left(e.status, 200) || '… ' || md5(e.status) else e.status end as status from (
    select app.id, e.n, app.status as present, coalesce(e.item ->> 'value', e.item #>> '{status,value}', e.item #>> '{status,name}', e.item ->> 'status',
        e.item ->> 'name', e.item ->> 'slug', e.item ->> 'label', e.item ->> 'title') as status,
      public.read_moment(coalesce(e.item ->> 'changed_at', e.item ->> 'date', e.item ->> 'updated_at', e.item ->> 'created_at',
        e.item ->> 'at', e.item #>> '{status,changed_at}', e.item #>> '{status,date}')) as at
    from app, jsonb_array_elements(case jsonb_typeof(app.status_history) when 'array' then app.status_history else '[]' end)
      with ordinality as e (item, n) offset 0
    ) e
    ) e
  ), listed as (
    -- Of entries of one moment, the one with the present status is the newest.
    select entry.*, min(at) over of_row as first_at, max(at) over of_row as last_at,
      (first_value(at) over whole, first_value(is_present) over whole) > (last_value(at) over whole, last_value(is_present) over whole)
        as is_newest_first
    from entry where at is not null and status is not null
    window of_row as (partition by id), whole as (partition by id order by n rows between unbounded preceding and unbounded following)
  ), span as (
    select id, min(first_at) as first_at, max(last_at) as last_at from listed group by id
  ), dated as materialized (
    select c.row_id as id, c.id as n, c.at, c.before ? 'status' as has_before, c.after ? 'status' as is_move,
      c.old_status, c.status,
      public.read_moment(c.before ->> 'status_changed_at') as old_since, public.read_moment(c.after ->> 'status_changed_at') as since,
      c.after ? 'status_changed_at' as has_since
    from public.reported_change c
    where c.account = of_account and c.row_id = any(ids) and c.row_id between lowest and highest
      and c.after ?| array['status', 'status_changed_at']
  ), grouped as (
    select dated.*, count(*) filter (where has_since) over (partition by id order by n) as known_since,
      first_value(old_since) over (partition by id order by not has_since, n) as earliest,
      bool_or(has_since) over (partition by id) as is_dated
    from dated
  ), standing as (
    select grouped.*, app.applied_at, case when is_dated then earliest else app.status_changed_at end as began,
      case when known_since > 0 then first_value(since) over (partition by grouped.id, known_since order by n)
      when is_dated then earliest else app.status_changed_at end as in_force
    from grouped join app using (id)
  ), move as (
    -- The name of a status changes where the status does and its moment does not, unless the API gives days alone.
    select standing.*, has_before and not has_since and in_force is not null
      and not (in_force = date_trunc('day', in_force, 'UTC') and at < in_force + interval '2 days') as is_rename,
      row_number() over (partition by id order by n) as nth
    from standing where is_move
  ), chained as (
    select move.*, count(*) filter (where not is_rename) over (partition by id order by n) as chain from move
  ), own as (
    -- Under its new name, a status goes on since it was entered.
    select id, n, status, case chain when 0 then coalesce(began, applied_at)
        else first_value(coalesce(since, at)) over (partition by id, chain order by n) end as at,
      coalesce(lead(is_rename) over (partition by id order by n), false) as is_renamed
    from chained
    union all
    select id, 0, old_status, coalesce(began, applied_at), is_rename from move where nth = 1 and old_status is not null
  ), event as (
    select id, 2 as part, case when is_newest_first then -n else n end as n, at, status from listed
    union all
    select own.id, case when own.at < span.first_at then 1 else 3 end, own.n, own.at, own.status
    from own left join span using (id)
    where not own.is_renamed and own.status is not null and (span.id is null or own.at < span.first_at or own.at > span.last_at)
    union all
    select app.id, 4, 0, coalesce(case when last_own.id is null then known.at end, app.status_changed_at, last_own.at, app.applied_at),
      app.status
    from app
    left join (select id, max(at) as at from own group by id) last_own using (id)
    left join (select id, min(began) as at from standing group by id) known using (id)
    where app.status is not null
  ), sequence as (
    select id, row_number() over (partition by id order by part, case part when 2 then at end, n) as n, at, status from event
  ), distinct_one as (
    select sequence.*, status is distinct from lag(status) over (partition by id order by n) as is_step from sequence
  ), reached as (
    select id, n, status, max(at) over (partition by id order by n) as at, is_step from distinct_one
  ), step as (
    select r.id, r.status, r.at, row_number() over of_row as step, lead(r.at) over of_row as next_at, lead(r.status) over of_row as next_status,
      case when c.account is null then public.guess_status_category(r.status) else c.category end as category
    from reached r left join public.status_category c on c.account = of_account and c.status = r.status
    where r.is_step window of_row as (partition by r.id order by r.n)
  ), judged as (
    select step.*, coalesce(step > coalesce(max(step) filter (where coalesce(category, '') not in ('hired', 'refused', 'withdrawn'))
      over (partition by id), 0), false) as is_closed
    from step
  )
  insert into public.application_step (account, application_id, step, status, category, entered_at, entered_on, left_at, days,
    next_status, is_current, is_deleted)
  select of_account, j.id, j.step, j.status, j.category, j.at, (j.at at time zone zone)::date,
    case when j.is_closed then j.at else j.next_at end,
    case when j.is_closed then 0 else (j.next_at at time zone zone)::date - (j.at at time zone zone)::date end,
    j.next_status, j.next_at is null, app.is_deleted
  from judged j join app using (id) order by j.id, j.step;

  insert into public.status_category (account, status, category)
  select of_account, found.status, public.guess_status_category(found.status)
  from (
    select s.status from public.application_step s where s.account = of_account and s.application_id = any(ids) and s.application_id between lowest and highest
    union
    select c.old_status from public.reported_change c where c.account = of_account
      and c.row_id = any(ids) and c.row_id between lowest and highest and c.before ->> 'status' is not null
  ) found
  where not exists (select from public.status_category k where k.account = of_account and k.status = found.status)
  order by 2 on conflict do nothing;

  insert into public.application_fact as old
  select of_account, a.id, a.campaign_id, a.applicant_id, a.entity_id, a.source, a.is_complete, a.current_stage,
    a.created_at, (a.created_at at time zone zone)::date, a.status, k.category, s.since, (s.since at time zone zone)::date,
    coalesce(s.steps, 0), s.first_new_at, s.first_in_progress_at, s.first_interview_at, s.first_offer_at, s.first_hired_at,
    s.first_refused_at, s.first_withdrawn_at, h.hired_at, (h.hired_at at time zone zone)::date,
    (h.hired_at at time zone zone)::date - (a.created_at at time zone zone)::date,
    s.closed_at, (s.closed_at at time zone zone)::date,
    (s.first_at at time zone zone)::date - (a.created_at at time zone zone)::date,
    a.first_seen_at, a.deleted_at, coalesce(c.last, 0)
  from public.reported_application a
  left join public.status_category k on k.account = of_account and k.status = a.status
  left join (
    select application_id as id, count(*) as steps, min(entered_at) as first_at,
      max(entered_at) filter (where is_current) as since,
      min(entered_at) filter (where step > last_open) as closed_at,
      min(entered_at) filter (where category = 'new') as first_new_at,
      min(entered_at) filter (where category = 'in_progress') as first_in_progress_at,
      min(entered_at) filter (where category = 'interview') as first_interview_at,
      min(entered_at) filter (where category = 'offer') as first_offer_at,
      min(entered_at) filter (where category = 'hired') as first_hired_at,
      min(entered_at) filter (where category = 'refused') as first_refused_at,
      min(entered_at) filter (where category = 'withdrawn') as first_withdrawn_at
    from (
      select t.*, coalesce(max(step) filter (where coalesce(category, '') not in ('hired', 'refused', 'withdrawn'))
        over (partition by application_id), 0) as last_open
      from public.application_step t where t.account = of_account and t.application_id = any(ids) and t.application_id between lowest and highest
    ) t
    group by application_id
  ) s using (id)
  left join (
    select row_id as id, max(c.id) as last from public.reported_change c
    where account = of_account and row_id = any(ids) and row_id between lowest and highest group by row_id
  ) c using (id)
  cross join lateral (select case when k.category = 'hired' then s.first_hired_at end as hired_at) h
  where a.account = of_account and a.id = any(ids) and a.id between lowest and highest order by a.id
  on conflict (account, application_id) do update set
    campaign_id = excluded.campaign_id, applicant_id = excluded.applicant_id, entity_id = excluded.entity_id,
    source = excluded.source, is_complete = excluded.is_complete, current_stage = excluded.current_stage,
    applied_at = excluded.applied_at, applied_on = excluded.applied_on, status = excluded.status, category = excluded.category,
    status_since = excluded.status_since, status_since_on = excluded.status_since_on, steps = excluded.steps,
    first_new_at = excluded.first_new_at, first_in_progress_at = excluded.first_in_progress_at,
    first_interview_at = excluded.first_interview_at, first_offer_at = excluded.first_offer_at,
    first_hired_at = excluded.first_hired_at, first_refused_at = excluded.first_refused_at,
    first_withdrawn_at = excluded.first_withdrawn_at, hired_at = excluded.hired_at, hired_on = excluded.hired_on,
    days_to_hire = excluded.days_to_hire, closed_at = excluded.closed_at, closed_on = excluded.closed_on,
    days_before_first_step = excluded.days_before_first_step, first_seen_at = excluded.first_seen_at,
    deleted_at = excluded.deleted_at, last_change = excluded.last_change;

  -- What was true when: at each change what the mirror saw, and between two of them what the source says by its own dates.
  delete from public.application_state s where s.account = of_account and s.application_id = any(ids) and s.application_id between lowest and highest;
  with app as materialized (
    select a.id, a.campaign_id, a.applicant_id, a.source, a.status, a.created_at, a.first_seen_at, a.changed_at, a.deleted_at
    from public.reported_application a where a.account = of_account and a.id = any(ids) and a.id between lowest and highest
  ), recorded as (
    select c.row_id as id, c.id as n, c.at, c.kind, c.after ? 'status' as is_move, c.before ? 'status' as has_before,
      c.old_status, c.status,
      count(*) filter (where c.after ? 'status') over (partition by c.row_id order by c.id) as moves
    from public.reported_change c
    where c.account = of_account and c.row_id = any(ids) and c.row_id between lowest and highest
  ), seen as materialized (
    -- Each change shows the status that it left, whether it changed it or not.
    select id, n, at, kind, is_move, has_before, old_status, moves,
      first_value(status) over (partition by id, moves order by n) as status
    from recorded
  ), life as (
    select app.id, app.created_at, app.status, app.changed_at, app.deleted_at, least(app.first_seen_at, s.first_at) as seen_at,
      coalesce(s.has_move, false) as has_move, s.first_move, s.last_life
    from app left join (
      select id, min(at) as first_at, bool_or(is_move) as has_move, min(n) filter (where is_move) as first_move,
        (array_agg(kind order by n desc) filter (where kind in ('deleted', 'restored')))[1] as last_life
      from seen group by id) s using (id)
  ), begin as (
    -- A proven run that read the list after the application is dated, and did not see it, outranks that date.
    select life.*, case when life.created_at is null or life.created_at >= life.seen_at or exists (
        select from public.sync_run r where r.account = of_account and r.resource = 'applications' and r.state = 'proven'
          and r.kind = 'full' and r.started_at > life.created_at and r.started_at < life.seen_at and r.finished_at < life.seen_at)
      then life.seen_at else life.created_at end as from_at
    from life
  ), event as (
    select id, from_at as at, 0 as part, 0::bigint as n, true as is_status, null::text as status, true as is_life, true as is_there
    from begin
    union all
    select s.application_id, greatest(s.entered_at, b.from_at), 1, s.step, true, s.status, false, null
    from public.application_step s join begin b on b.id = s.application_id
    where s.account = of_account and s.application_id = any(ids) and s.application_id between lowest and highest
    union all
    select b.id, b.seen_at, 2, 0, true, case when b.has_move then m.old_status else b.status end, false, null
    from begin b left join seen m on m.id = b.id and m.n = b.first_move
    where not b.has_move or m.has_before
    union all
    select id, at, 3, n, moves > 0 and kind <> 'deleted', status, kind in ('deleted', 'restored'), kind = 'restored' from seen
    union all
    select s.id, s.at, 2, s.n, true, case when b.has_move then m.old_status else b.status end, false, null
    from seen s join begin b using (id) left join seen m on m.id = b.id and m.n = b.first_move
    where s.moves = 0 and s.kind <> 'deleted' and (not b.has_move or m.has_before)
    union all
    select id, changed_at, 4, 0, true, status, false, null from begin where has_move
    union all
    select id, deleted_at, 5, 0, false, null, true, false from begin
    where deleted_at is not null and last_life is distinct from 'deleted'
  ), tracked as (
    select id, at, part, n, status, is_there, is_status, is_life,
      count(*) filter (where is_status) over (partition by id order by at, part, n) as status_group,
      count(*) filter (where is_life) over (partition by id order by at, part, n) as life_group
    from event
  ), known as (
    select id, at, part, n, first_value(status) over (partition by id, status_group order by at, part, n) as status,
      first_value(is_there) over (partition by id, life_group order by at, part, n) as is_there
    from tracked
  ), latest as (
    select id, at, status, is_there from (
      select known.*, lead(at) over (partition by id order by at, part, n) is distinct from at as is_last from known) k
    where is_last
  ), different as (
    select id, at, status, is_there from (
      select latest.*, row_number() over of_row = 1 or (status, is_there) is distinct from
        (lag(status) over of_row, lag(is_there) over of_row) as is_new
      from latest window of_row as (partition by id order by at)) l
    where is_new
  ), ended as (
    select different.*, lead(at) over (partition by id order by at) as until_at from different
  )
  insert into public.application_state (account, application_id, from_at, until_at, status, campaign_id, applicant_id, applied_on, source)
  select of_account, e.id, e.at, e.until_at, e.status, app.campaign_id, app.applicant_id, (app.created_at at time zone zone)::date, app.source
  from ended e join app using (id) where e.is_there order by e.id, e.at;
end
$$;

-- Moments of the mirror and of our own tables that no calendar has are not known, instead of failing the view. A role that reads has
-- no right to a function of ours.

create or replace view report.entity as
select account, id as entity_id, name, reference, (case when created_at between '0001-01-03+00' and '9999-12-30+00' then created_at end
    at time zone coalesce(d.timezone, 'Europe/Paris'))::date as created_on
from public.entity left join public.report_day d using (account) where deleted_at is null;

create or replace view report.unit as
select account, id as unit_id, entity_id, name, reference, (case when created_at between '0001-01-03+00' and '9999-12-30+00' then created_at end
    at time zone coalesce(d.timezone, 'Europe/Paris'))::date as created_on
from public.unit left join public.report_day d using (account) where deleted_at is null;

create or replace view report.campaign as
select c.account, c.id as campaign_id, c.name, c.status, l.label_en as status_en, l.label_fr as status_fr,
  c.is_online, c.is_draft, m.created_at::timestamptz as created_at,
  (m.created_at at time zone coalesce(d.timezone, 'Europe/Paris'))::date as created_on,
  (m.last_activation_at at time zone coalesce(d.timezone, 'Europe/Paris'))::date as online_since,
  c.job_type, c.job_field, c.working_time, c.remote_level, c.education_level, c.experience_level,
  c.salary_min, c.salary_max, c.salary_currency, c.company_id, c.entity_id, coalesce(e.name, c.entity_name) as entity_name,
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

create or replace view report.run as
select account, id::bigint as run_id, resource, kind, trigger, state, m.started_at::timestamptz as started_at,
  m.finished_at::timestamptz as finished_at, round(extract(epoch from m.finished_at - m.started_at), 1) as seconds,
  rows::bigint as rows, inserted::bigint as inserted, updated::bigint as updated, unchanged::bigint as unchanged,
  restored::bigint as restored, deleted::bigint as deleted, quarantined::bigint as quarantined, error_code
from public.sync_run r
cross join lateral (select case when r.started_at between '0001-01-03+00' and '9999-12-30+00' then r.started_at end as started_at,
  case when r.finished_at between '0001-01-03+00' and '9999-12-30+00' then r.finished_at end as finished_at) m;

create or replace view report.freshness as
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
        from public.sync_run where started_at between '0001-01-03+00' and '9999-12-30+00' group by account, resource
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

create or replace view report.import_outcome as
select i.account, i.id::bigint as import_id, i.intake, i.source, i.campaign_id,
  case when i.dismissed_at is null then i.state else 'dismissed' end as state, l.label_en as state_en, l.label_fr as state_fr,
  i.reason_code, i.applicant_id, i.application_id, i.attempts::bigint as attempts, m.created_at::timestamptz as submitted_at,
  (m.created_at at time zone coalesce(d.timezone, 'Europe/Paris'))::date as submitted_on, m.finished_at::timestamptz as finished_at,
  round(extract(epoch from m.finished_at - m.created_at) / 60, 1) as minutes
from public.applicant_import i
cross join lateral (select case when i.created_at between '0001-01-03+00' and '9999-12-30+00' then i.created_at end as created_at,
  case when i.finished_at between '0001-01-03+00' and '9999-12-30+00' then i.finished_at end as finished_at) m
left join public.report_day d using (account)
left join report.label l on l.kind = 'import_state' and l.code = case when i.dismissed_at is null then i.state else 'dismissed' end;

create or replace view report.status as
select c.account, c.status, c.category, l.position as category_position, l.label_en as category_en, l.label_fr as category_fr,
  c.category is not null as is_mapped, c.is_guessed and c.category is not null as is_guessed,
  c.category in ('hired', 'refused', 'withdrawn') as is_closed, coalesce(f.applications, 0)::bigint as applications,
  (case when c.first_seen_at between '0001-01-03+00' and '9999-12-30+00' then c.first_seen_at end)::timestamptz
    as first_seen_at
from public.status_category c
left join report.label l on l.kind = 'category' and l.code = c.category
left join (
  select account, status, count(*) as applications from public.application_fact where deleted_at is null group by account, status
) f on f.account = c.account and f.status = c.status;

-- With what its application is counted by, a past moment is read from this table alone. Another table in its place: quicker than to
-- rewrite every row.
alter table public.application_state rename to application_state_before;
create table public.application_state (
  account text not null,
  application_id bigint not null,
  from_at timestamptz(3) not null,
  until_at timestamptz(3),
  status text,
  campaign_id bigint,
  applicant_id bigint,
  applied_on date,
  source text
);
insert into public.application_state
select s.account, s.application_id, s.from_at, s.until_at, s.status, f.campaign_id, f.applicant_id, f.applied_on, f.source
from public.application_state_before s left join public.application_fact f using (account, application_id)
order by s.account, s.application_id, s.from_at;

create or replace view report.application_state as
select s.account, s.application_id, s.campaign_id, s.applicant_id, s.source, s.applied_on, s.status, c.category,
  s.from_at::timestamptz as from_at, s.until_at::timestamptz as until_at
from public.application_state s
left join public.status_category c on c.account = s.account and c.status = s.status;

drop table public.application_state_before;
alter table public.application_state add constraint application_state_pkey primary key (account, application_id, from_at);

comment on table public.application_state is 'A stretch of time in which an application existed with one status; what report.application_as_of reads. Triggers keep it.';
comment on column public.application_state.account is 'The account.';
comment on column public.application_state.application_id is 'The application (application.id).';
comment on column public.application_state.from_at is 'Since when.';
comment on column public.application_state.until_at is 'Until when. Null: still.';
comment on column public.application_state.status is 'The status. Null: not known.';
comment on column public.application_state.campaign_id is 'The campaign of the application.';
comment on column public.application_state.applicant_id is 'The person of the application.';
comment on column public.application_state.applied_on is 'Day on which the person applied, in the account''s time zone.';
comment on column public.application_state.source is 'Where the application came from.';

-- They are inlined; without this, no process helps a query that calls them.
alter function report.application_as_of(timestamptz) parallel safe;
alter function report.funnel_as_of(timestamptz) parallel safe;

-- The applications are counted by their days first: the median of a million is that of a few thousand rows.
create or replace view report.source_effectiveness as
select account, source, sum(n)::bigint as applications, sum(complete)::bigint as complete, sum(open)::bigint as open,
  sum(interviewed)::bigint as interviewed, sum(offered)::bigint as offered, sum(hired)::bigint as hired,
  round(100.0 * sum(hired) / sum(n), 1) as hired_percent,
  round(sum(days_to_hire * n) / sum(n) filter (where days_to_hire is not null), 1) as average_days_to_hire,
  (min(days_to_hire) filter (where 2 * upto >= whole))::bigint as median_days_to_hire
from (
  select counted.*, sum(n) over (partition by account, source order by days_to_hire) as upto,
    sum(n) filter (where days_to_hire is not null) over (partition by account, source) as whole
  from (
    select account, source, days_to_hire, count(*) as n, count(*) filter (where is_complete) as complete,
      count(*) filter (where closed_at is null) as open, count(first_interview_at) as interviewed, count(first_offer_at) as offered,
      count(hired_at) as hired
    from public.application_fact where deleted_at is null group by account, source, days_to_hire
  ) counted
) ranked
group by account, source;

create or replace view report.hires_by_month as
select account, month, sum(n)::bigint as hires, sum(since_deleted)::bigint as since_deleted,
  round(sum(days_to_hire * n) / sum(n) filter (where days_to_hire is not null), 1) as average_days_to_hire,
  (min(days_to_hire) filter (where 2 * upto >= whole))::bigint as median_days_to_hire
from (
  select counted.*, sum(n) over (partition by account, month order by days_to_hire) as upto,
    sum(n) filter (where days_to_hire is not null) over (partition by account, month) as whole
  from (
    select account, date_trunc('month', hired_on::timestamp)::date as month, days_to_hire, count(*) as n, count(deleted_at) as since_deleted
    from public.application_fact where hired_at is not null group by 1, 2, 3
  ) counted
) ranked
group by account, month;

create view report.status_days as
select account, status, days::bigint as days, count(*) as stays
from public.application_step where left_at > entered_at and not is_deleted group by account, status, days;
create index application_step_days on public.application_step (account, status, days) where left_at > entered_at and not is_deleted;
create index application_fact_stalled on public.application_fact (account, status_since_on, application_id)
  where deleted_at is null and closed_at is null and is_complete is not false;
comment on view report.status_days is 'The stays in one status that ended after a number of days; those of report.status_step, counted.';
comment on column report.status_days.account is 'The account (KELIO_ACCOUNT).';
comment on column report.status_days.status is 'Status, as recruiters named it (report.status). Null: not known.';
comment on column report.status_days.days is 'Days that each of them lasted.';
comment on column report.status_days.stays is 'Number of stays that lasted so long.';

-- A status of a million applications gets another category in seconds: what depends on categories alone is made from the steps, without
-- the histories behind them.
alter table public.pending_fact add column categories_alone boolean not null default false;
comment on column public.pending_fact.categories_alone is 'The categories of their statuses have changed, and nothing else.';

create view public.application_stages as
select account, application_id, count(*) as steps, min(entered_at) as first_at,
  max(entered_at) filter (where is_current) as since, min(entered_at) filter (where step > last_open) as closed_at,
  min(entered_at) filter (where category = 'new') as first_new_at,
  min(entered_at) filter (where category = 'in_progress') as first_in_progress_at,
  min(entered_at) filter (where category = 'interview') as first_interview_at,
  min(entered_at) filter (where category = 'offer') as first_offer_at,
  min(entered_at) filter (where category = 'hired') as first_hired_at,
  min(entered_at) filter (where category = 'refused') as first_refused_at,
  min(entered_at) filter (where category = 'withdrawn') as first_withdrawn_at
from (
  select s.*, coalesce(max(step) filter (where coalesce(category, '') not in ('hired', 'refused', 'withdrawn'))
    over (partition by account, application_id), 0) as last_open
  from public.application_step s
) s
group by account, application_id;
comment on view public.application_stages is 'What the steps of an application add up to: the part of its facts that depends on them.';

create function public.categorise_applications(of_account text, ids bigint[]) returns void language plpgsql
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_nestloop = off set jit = off as $$
declare
  zone text := coalesce((select a.timezone from public.account a where a.account = of_account), 'Europe/Paris');
  lowest bigint := (select min(i) from unnest(ids) i);
  highest bigint := (select max(i) from unnest(ids) i);
begin
  with judged as (
    select s.application_id, s.step, k.category, s.entered_at, s.entered_on, lead(s.entered_at) over of_row as next_at,
      lead(s.entered_on) over of_row as next_on,
      s.step > coalesce(max(s.step) filter (where coalesce(k.category, '') not in ('hired', 'refused', 'withdrawn'))
        over (partition by s.application_id), 0) as is_closed
    from public.application_step s left join public.status_category k on k.account = of_account and k.status = s.status
    where s.account = of_account and s.application_id = any(ids) and s.application_id between lowest and highest
    window of_row as (partition by s.application_id order by s.step)
  ), now as (
    select application_id, step, category, case when is_closed then entered_at else next_at end as left_at,
      case when is_closed then 0 else next_on - entered_on end as days
    from judged
  )
  update public.application_step s set category = n.category, left_at = n.left_at, days = n.days
  from now n
  where s.account = of_account and s.application_id between lowest and highest
    and n.application_id = s.application_id and n.step = s.step
    and (s.category, s.left_at, s.days) is distinct from (n.category, n.left_at, n.days);

  update public.application_fact f set category = n.category, first_new_at = n.first_new_at,
    first_in_progress_at = n.first_in_progress_at, first_interview_at = n.first_interview_at, first_offer_at = n.first_offer_at,
    first_hired_at = n.first_hired_at, first_refused_at = n.first_refused_at, first_withdrawn_at = n.first_withdrawn_at,
    hired_at = n.hired_at, hired_on = (n.hired_at at time zone zone)::date,
    days_to_hire = (n.hired_at at time zone zone)::date - f.applied_on,
    closed_at = n.closed_at, closed_on = (n.closed_at at time zone zone)::date
  from (
    select o.application_id, k.category, s.first_new_at, s.first_in_progress_at, s.first_interview_at, s.first_offer_at, s.first_hired_at,
      s.first_refused_at, s.first_withdrawn_at, case when k.category = 'hired' then s.first_hired_at end as hired_at, s.closed_at
    from public.application_fact o
    join public.application_stages s on s.account = of_account and s.application_id = o.application_id
      and s.application_id = any(ids) and s.application_id between lowest and highest
    left join public.status_category k on k.account = of_account and k.status = o.status
    where o.account = of_account and o.application_id between lowest and highest
  ) n
  where f.account = of_account and f.application_id between lowest and highest and n.application_id = f.application_id
    and (f.category, f.first_new_at, f.first_in_progress_at, f.first_interview_at, f.first_offer_at, f.first_hired_at,
        f.first_refused_at, f.first_withdrawn_at, f.hired_at, f.closed_at) is distinct from
      (n.category, n.first_new_at, n.first_in_progress_at, n.first_interview_at, n.first_offer_at, n.first_hired_at,
        n.first_refused_at, n.first_withdrawn_at, n.hired_at, n.closed_at);
end
$$;

create or replace function public.refresh_mapped_applications() returns trigger language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
declare
  one record;
begin
  -- Before it looks which facts there are: a batch under way may be making some more with what was known until now.
  perform pg_advisory_xact_lock(public.facts_lock(account)) from (select distinct account from written order by account offset 0) w;
  for one in
    select account, array_agg(application_id order by application_id) as ids
    from (
      select s.*, (row_number() over (partition by account order by application_id) - 1) / 2000 as part
      from (
        select distinct t.account, t.application_id
        from written n join former o using (account, status) join public.application_step t using (account, status)
        where n.category is distinct from o.category) s) s
    group by account, part order by account, part
  loop
    if current_setting('applicant_sync.facts', true) = 'later' then
      insert into public.pending_fact (account, application_ids, categories_alone) values (one.account, one.ids, true);
    else
      perform public.categorise_applications(one.account, one.ids);
    end if;
  end loop;
  return null;
end
$$;

drop function public.refresh_account_facts(text, text[]);
create function public.refresh_account_facts(of_account text) returns void language plpgsql
set search_path = pg_catalog, pg_temp as $$
declare
  batch bigint[];
  last_id bigint := null;
begin
  -- Before it looks which facts there are: a batch under way may be making some more with what was known until now.
  perform pg_advisory_xact_lock(public.facts_lock(of_account));
  loop
    batch := array(
      select a.id from public.application a where a.account = of_account and (last_id is null or a.id > last_id) order by a.id limit 2000);
    exit when cardinality(batch) = 0;
    perform public.make_or_note_facts(of_account, batch);
    last_id := batch[cardinality(batch)];
  end loop;
end
$$;

-- As before. Categories alone take a tenth of the time.
create or replace function public.make_pending_facts(of_account text, at_most integer) returns integer language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
declare
  ids bigint[];
  mapped bigint[];
  one bigint;
  failed integer := 0;
begin
  if not exists (select from public.pending_fact p where p.account = of_account) then
    return 0;
  elsif not pg_try_advisory_xact_lock(public.facts_lock(of_account)) then
    return null;
  end if;
  with due as (
    select p.id, sum(work) over (order by p.id) - work as before
    from (
      select id, cardinality(application_ids) / case when categories_alone then 10 else 1 end as work
      from public.pending_fact where account = of_account order by id limit at_most) p
  ), taken as (
    delete from public.pending_fact p using due
    where p.account = of_account and p.id = due.id and due.before < at_most returning p.application_ids, p.categories_alone
  )
  select array_agg(i) filter (where not categories_alone), array_agg(i) filter (where categories_alone) into ids, mapped from (
    select i, bool_and(categories_alone) as categories_alone from taken, unnest(taken.application_ids) i group by i) i;
  if mapped is not null then
    perform public.categorise_applications(of_account, mapped);
  end if;
  if ids is null then
    return coalesce(cardinality(mapped), 0);
  end if;
  begin
    perform public.refresh_application_facts(of_account, ids);
  exception when data_exception or integrity_constraint_violation or program_limit_exceeded then
    foreach one in array ids loop
      begin
        perform public.refresh_application_facts(of_account, array[one]);
      exception when data_exception or integrity_constraint_violation or program_limit_exceeded then
        raise warning 'the facts of application % of account % cannot be made (%)', one, of_account, sqlstate;
        insert into public.pending_fact (account, application_ids) values (of_account, array[one]);
        failed := failed + 1;
      end;
    end loop;
  end;
  return cardinality(ids) + coalesce(cardinality(mapped), 0) - failed;
end
$$;
