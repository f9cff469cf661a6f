-- A past moment agrees in the end with the row, whatever SQL of others has done to it without a change: a row that it restored, whose status
-- it set, or which was removed and inserted again.
-- It is done in one statement, which reads the applications and their changes once and nothing that it has just written. A plan that was
-- made while the steps were few read all steps of the account three times for each batch, and compared each with all ids of it. A status is
-- guessed once, not at each of its steps, and no application looks for a proven run before it was seen where the account has none.
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
  delete from public.application_state s where s.account = of_account and s.application_id = any(ids) and s.application_id between lowest and highest;
  with app as materialized (
    select a.*, coalesce(a.created_at, a.first_seen_at) as applied_at
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
  ), recorded as materialized (
    select c.row_id as id, c.id as n, c.at, c.kind, c.before ? 'status' as has_before, c.after ? 'status' as is_move,
      c.old_status, c.status, c.before ->> 'status_changed_at' as old_since, c.after ->> 'status_changed_at' as since,
      c.after ? 'status_changed_at' as has_since
    from public.reported_change c
    where c.account = of_account and c.row_id = any(ids) and c.row_id between lowest and highest
  ), dated as materialized (
    select id, n, at, has_before, is_move, old_status, status, public.read_moment(old_since) as old_since,
      public.read_moment(since) as since, has_since
    from recorded where is_move or has_since
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
  ), category as (
    select found.status, k.account is null as is_new,
      case when k.account is null then public.guess_status_category(found.status) else k.category end as category
    from (select status from reached union select old_status from recorded where old_status is not null) found
    left join public.status_category k on k.account = of_account and k.status = found.status
  ), new_category as (
    insert into public.status_category (account, status, category)
    select of_account, status, category from category where is_new order by status on conflict do nothing
  ), step as (
    select r.id, r.status, r.at, row_number() over of_row as step, lead(r.at) over of_row as next_at, lead(r.status) over of_row as next_status,
      k.category
    from reached r join category k using (status)
    where r.is_step window of_row as (partition by r.id order by r.n)
  ), judged as (
    select step.*, coalesce(step > coalesce(max(step) filter (where coalesce(category, '') not in ('hired', 'refused', 'withdrawn'))
      over (partition by id), 0), false) as is_closed
    from step
  ), new_step as (
    insert into public.application_step (account, application_id, step, status, category, entered_at, entered_on, left_at, days,
      next_status, is_current, is_deleted)
    select of_account, j.id, j.step, j.status, j.category, j.at, (j.at at time zone zone)::date,
      case when j.is_closed then j.at else j.next_at end,
      case when j.is_closed then 0 else (j.next_at at time zone zone)::date - (j.at at time zone zone)::date end,
      j.next_status, j.next_at is null, app.deleted_at is not null
    from judged j join app using (id) order by j.id, j.step
  ), fact as (
    insert into public.application_fact as old
    select of_account, a.id, a.campaign_id, a.applicant_id, a.entity_id, a.source, a.is_complete, a.current_stage,
      a.created_at, (a.created_at at time zone zone)::date, a.status, k.category, s.since, (s.since at time zone zone)::date,
      coalesce(s.steps, 0), s.first_new_at, s.first_in_progress_at, s.first_interview_at, s.first_offer_at, s.first_hired_at,
      s.first_refused_at, s.first_withdrawn_at, h.hired_at, (h.hired_at at time zone zone)::date,
      (h.hired_at at time zone zone)::date - (a.created_at at time zone zone)::date,
      s.closed_at, (s.closed_at at time zone zone)::date,
      (s.first_at at time zone zone)::date - (a.created_at at time zone zone)::date,
      a.first_seen_at, a.deleted_at, coalesce(c.last, 0)
    from app a
    left join category k on k.status = a.status
    left join (
      select id, count(*) as steps, min(at) as first_at,
        max(at) filter (where next_at is null) as since,
        min(at) filter (where is_closed) as closed_at,
        min(at) filter (where category = 'new') as first_new_at,
        min(at) filter (where category = 'in_progress') as first_in_progress_at,
        min(at) filter (where category = 'interview') as first_interview_at,
        min(at) filter (where category = 'offer') as first_offer_at,
        min(at) filter (where category = 'hired') as first_hired_at,
        min(at) filter (where category = 'refused') as first_refused_at,
        min(at) filter (where category = 'withdrawn') as first_withdrawn_at
      from judged group by id
    ) s using (id)
    left join (select id, max(n) as last from recorded group by id) c using (id)
    cross join lateral (select case when k.category = 'hired' then s.first_hired_at end as hired_at) h
    order by a.id
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
      deleted_at = excluded.deleted_at, last_change = excluded.last_change
  ), seen as materialized (
    -- What was true when: at each change what the mirror saw, and between two of them what the source says by its own dates. Each
    -- change shows the status that it left, whether it changed it or not.
    select id, n, latest_at as at, change_kind as kind, is_move, has_before, old_status, moves,
      first_value(status) over (partition by id, moves order by n) as status
    from (
      -- A clock may have been put back between two of them. A row that is inserted behind others of its changes was removed before.
      select recorded.*, count(*) filter (where is_move) over so_far as moves, max(at) over so_far as latest_at,
        case when kind = 'inserted' and lag(n) over so_far is not null then 'restored' else kind end as change_kind
      from recorded window so_far as (partition by id order by n)) counted
  ), life as (
    select app.id, app.created_at, app.status, app.changed_at, app.deleted_at, least(app.first_seen_at, s.first_at) as seen_at,
      s.last_at, coalesce(s.has_move, false) as has_move, s.first_move, s.last_life
    from app left join (
      select id, min(at) as first_at, max(at) as last_at, bool_or(is_move) as has_move, min(n) filter (where is_move) as first_move,
        (array_agg(kind order by n desc) filter (where kind in ('deleted', 'restored')))[1] as last_life
      from seen group by id) s using (id)
  ), begin as (
    -- A proven run that read the list after the application is dated, and did not see it, outranks that date.
    select life.*, case when life.created_at is null or life.created_at >= life.seen_at
        or (select exists (select from public.sync_run r where r.account = of_account and r.resource = 'applications'
          and r.state = 'proven' and r.kind = 'full'))
        and exists (select from public.sync_run r where r.account = of_account and r.resource = 'applications' and r.state = 'proven'
          and r.kind = 'full' and r.started_at > life.created_at and r.started_at < life.seen_at and r.finished_at < life.seen_at)
      then life.seen_at else life.created_at end as from_at
    from life
  ), state_event as (
    select id, from_at as at, 0 as part, 0::bigint as n, true as is_status, null::text as status, true as is_life, true as is_there
    from begin
    union all
    select j.id, greatest(j.at, b.from_at), 1, j.step, true, j.status, false, null from judged j join begin b using (id)
    union all
    select b.id, b.seen_at, 2, 0, true, case when b.has_move then m.old_status else b.status end, false, null
    from begin b left join seen m on m.id = b.id and m.n = b.first_move
    where not b.has_move or m.has_before
    union all
    select id, at, 3, n, moves > 0 and kind <> 'deleted', status, kind in ('deleted', 'restored'), kind = 'restored' from seen where moves > 0 or kind in ('deleted', 'restored')
    union all
    select s.id, s.at, 2, s.n, true, case when b.has_move then m.old_status else b.status end, false, null
    from seen s join begin b using (id) left join seen m on m.id = b.id and m.n = b.first_move
    where s.moves = 0 and s.kind <> 'deleted' and s.at > b.seen_at and (not b.has_move or m.has_before)
    union all
    -- What the row itself says comes last.
    select id, greatest(changed_at, last_at), 4, 0, true, status, false, null from begin where has_move
    union all
    select id, greatest(coalesce(deleted_at, changed_at), last_at, from_at), 5, 0, false, null, true, deleted_at is null from begin
    where (deleted_at is null) = (last_life is not distinct from 'deleted')
  ), known as (
    -- What the latest event with a status, and the latest with a life, say at each event.
    select id, at, part, n,
      (array_agg(status) filter (where is_status) over so_far)[count(*) filter (where is_status) over so_far] as status,
      (array_agg(is_there) filter (where is_life) over so_far)[count(*) filter (where is_life) over so_far] as is_there
    from state_event window so_far as (partition by id order by at, part, n)
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

insert into public.pending_fact (account, application_ids)
select account, array_agg(application_id)
from (
  select f.account, f.application_id, row_number() over (partition by f.account order by f.application_id) / 1000 as part
  from public.application_fact f
  left join public.application_state s on s.account = f.account and s.application_id = f.application_id and s.until_at is null
  where (f.deleted_at is null) <> (s.account is not null) or (f.deleted_at is null and f.status is distinct from s.status)) f
group by account, part;
