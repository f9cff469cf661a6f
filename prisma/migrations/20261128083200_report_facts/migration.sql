-- What reports are made of: for each application its facts, its steps and its states in time. Triggers keep them for the rows
-- that a write changed, in its transaction; a sync in which nothing changed costs nothing.

alter table public.account add column timezone text not null default 'Europe/Paris';

create table public.status_word (
  position smallint not null primary key,
  pattern text not null,
  category text not null
);

create table public.status_category (
  account text not null,
  status text not null,
  category text,
  is_guessed boolean not null default true,
  first_seen_at timestamptz(3) not null default now(),
  primary key (account, status),
  constraint status_category_known check (category in ('new', 'in_progress', 'interview', 'offer', 'hired', 'refused', 'withdrawn'))
);

create table public.report_schedule (
  account text not null,
  resource text not null,
  is_scheduled boolean not null,
  late_at timestamptz(3),
  overdue_at timestamptz(3),
  unproven_at timestamptz(3),
  primary key (account, resource)
);

create table public.application_step (
  account text not null,
  application_id bigint not null,
  step integer not null,
  status text not null,
  category text,
  entered_at timestamptz(3) not null,
  entered_on date not null,
  left_at timestamptz(3),
  days integer,
  next_status text,
  is_current boolean not null,
  is_deleted boolean not null,
  primary key (account, application_id, step)
);
create index application_step_account_status_idx on public.application_step (account, status);

create table public.application_state (
  account text not null,
  application_id bigint not null,
  from_at timestamptz(3) not null,
  until_at timestamptz(3),
  status text,
  primary key (account, application_id, from_at)
);

create table public.application_fact (
  account text not null,
  application_id bigint not null,
  campaign_id bigint,
  applicant_id bigint,
  entity_id bigint,
  source text,
  is_complete boolean,
  current_stage text,
  applied_at timestamptz(3),
  applied_on date,
  status text,
  category text,
  status_since timestamptz(3),
  status_since_on date,
  steps integer not null default 0,
  first_new_at timestamptz(3),
  first_in_progress_at timestamptz(3),
  first_interview_at timestamptz(3),
  first_offer_at timestamptz(3),
  first_hired_at timestamptz(3),
  first_refused_at timestamptz(3),
  first_withdrawn_at timestamptz(3),
  hired_at timestamptz(3),
  hired_on date,
  days_to_hire integer,
  closed_at timestamptz(3),
  closed_on date,
  days_before_first_step integer,
  first_seen_at timestamptz(3) not null,
  deleted_at timestamptz(3),
  last_change bigint not null default 0,
  primary key (account, application_id)
);

-- Which category a status means, by its words in French and English: the first pattern that is found decides. The text is
-- compared in lower case, without accents, with single spaces for all other characters.
insert into public.status_word (position, pattern, category) values
  (10, '\y(non|pas|not|jamais) (lue?s?|vue?s?|traitee?s?|read|seen|processed|reviewed)\y|\yunread\y|\yunprocessed\y', 'new'),
  (11, '\ya (traiter|trier|lire|etudier|examiner|qualifier)\y|\yto (be )?(process|review|read|screen|sort)(ed)?\y', 'new'),
  (20, 'withdr[ae]w|desist|\yretire|\yretrait|abandon|renonc|\yno show|\ylapin|ne (donne|souhaite) (pas|plus)', 'withdrawn'),
  (21, '(refus|declin|rejet)\w* (par |du |de la |de l |le |la )*candidate?\y|candidate?s? (a |has |have )?(refus|declin|reject|withdr|renonc)', 'withdrawn'),
  (22, '(offre|proposition) (refus|declin)|offer (was )?(refus|declin|reject)|(refus|declin)\w* (de |d |the )?(l )?(offre|offer|proposition)', 'withdrawn'),
  (23, '(plus|not|no longer|pas) (interess|interest|disponible|available)|indisponible|unavailable', 'withdrawn'),
  (30, '\y(non|pas|not) (retenu|embauch|recrut|select|hired|suitable|qualif|conserv|adapt|valid|shortlist|accept|a fit|fit)', 'refused'),
  (31, 'refus|rejet|reject|declin|disqualif|elimin|ecarte|unsuccessful|unsuitable|turned down|negati|\ynok?\y|\yko\y', 'refused'),
  (32, 'sans suite|(non|pas|not) (concluant|conclusive)|defavorable|hors profil|blacklist|liste noire|\yechec|\yfailed|\ydismissed', 'refused'),
  (40, 'promesse|pre ?embauche', 'offer'),
  (41, '(offre|proposition|promesse|contrat) (d embauche )?(accept|sign)|(offer|contract) (was )?(accept|sign)|accepted|\yaccepte', 'hired'),
  (42, 'hired|embauch|\yrecrute?e?s?\y|\yengagee?s?\y|onboard|\yretenue?s?\y|\yplaced\y|prise de poste|\yintegr|\ysigned\y|\ysignee?\y|\yjoined\y', 'hired'),
  (50, 'offer|\yoffre|proposition|\yproposee?s?\y|negoci|negotiat|\ycontrat|\ycontract\y', 'offer'),
  (60, 'interview|entretien|entrevue|\yrdv\y|rendez ?vous|rencontre|\yvisio|meeting|jury', 'interview'),
  (70, 'en cours|in progress|ongoing|processing|traitement|review|screen|select|short ?list|long ?list|qualif', 'in_progress'),
  (71, 'etude|examin|evaluat|assess|\ytests?\y|contact|rappel|appel|\ytel\y|telephon|phone|\ycall', 'in_progress'),
  (72, 'attente|pending|waiting|on hold|transmi|forward|manager|reference|background|verif|check|consider|\yvue?s?\y|\ylue?s?\y|\yseen\y|\yread\y|\ytraitee?s?\y', 'in_progress'),
  (80, '\ynew\y|nouve|recue?s?\y|received|applied|postul|soumis|submitted|inbox|incoming|initial|\yneuf\y|a venir|candidature', 'new');

-- The category that a status is taken for; null: no word of it is known.
create function public.guess_status_category(status text) returns text stable strict language sql
set search_path = pg_catalog, pg_temp as $$
  select w.category from public.status_word w
  where btrim(regexp_replace(lower(translate(normalize(status, nfc), 'àâäáãçéèêëîïíìôöóòõùûüúñÀÂÄÁÃÇÉÈÊËÎÏÍÌÔÖÓÒÕÙÛÜÚÑ',
    'aaaaaceeeeiiiiooooouuuunaaaaaceeeeiiiiooooouuuun')), '[^a-z0-9]+', ' ', 'g')) ~ w.pattern
  order by w.position limit 1
$$;

-- A moment as the API writes it, a date alone as its midnight in UTC; null for any other text.
create function public.read_moment(written text) returns timestamptz immutable strict language plpgsql
set search_path = pg_catalog, pg_temp as $$
begin
  if written ~ '^[12]\d{3}-(0[1-9]|1[0-2])-([01][1-9]|[12]0|2[0-8])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?(Z|[+-](0\d|1[0-2]):[0-5]\d)$' then
    return date_trunc('milliseconds', written::timestamptz);
  end if;
  if written !~ '^\s*\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?( ?(Z|UTC|[+-]\d\d(:?\d\d)?))?)?\s*$' or written ~ '^\s*0000' then
    return null;
  end if;
  begin
    return date_trunc('milliseconds', case when written ~ '(Z|UTC|:\d\d(\.\d+)?\s?[+-]\d\d(:?\d\d)?)\s*$' then written else btrim(written) || 'Z' end::timestamptz);
  exception when others then
    return null;
  end;
end
$$;

-- Makes the facts of these applications anew from their row, the status history of the API and our own changes.
create function public.refresh_application_facts(of_account text, ids bigint[]) returns void language plpgsql
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
    from public.application a where a.account = of_account and a.id = any(ids) and a.id between lowest and highest
  ), entry as materialized (
    select *, status = present as is_present from (
    select app.id, e.n, app.status as present, coalesce(e.item ->> 'value', e.item #>> '{status,value}', e.item #>> '{status,name}', e.item ->> 'status',
        e.item ->> 'name', e.item ->> 'slug', e.item ->> 'label', e.item ->> 'title') as status,
      public.read_moment(coalesce(e.item ->> 'changed_at', e.item ->> 'date', e.item ->> 'updated_at', e.item ->> 'created_at',
        e.item ->> 'at', e.item #>> '{status,changed_at}', e.item #>> '{status,date}')) as at
    from app, jsonb_array_elements(case jsonb_typeof(app.status_history) when 'array' then app.status_history else '[]' end)
      with ordinality as e (item, n)
    ) e
  ), listed as (
    -- Of entries of one moment, the one with the present status is the newest.
    select entry.*, min(at) over of_row as first_at, max(at) over of_row as last_at,
      (first_value(at) over whole, first_value(is_present) over whole) > (last_value(at) over whole, last_value(is_present) over whole)
        as is_newest_first
    from entry where at is not null and octet_length(status) <= 2000
    window of_row as (partition by id), whole as (partition by id order by n rows between unbounded preceding and unbounded following)
  ), span as (
    select id, min(first_at) as first_at, max(last_at) as last_at from listed group by id
  ), dated as materialized (
    select c.row_id as id, c.id as n, c.at, c.before ? 'status' as has_before, c.after ? 'status' as is_move,
      c.before ->> 'status' as old_status, c.after ->> 'status' as status,
      public.read_moment(c.before ->> 'status_changed_at') as old_since, public.read_moment(c.after ->> 'status_changed_at') as since,
      c.after ? 'status_changed_at' as has_since
    from public.change c
    where c.account = of_account and c.resource = 'application' and c.row_id = any(ids) and c.row_id between lowest and highest
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
    select c.before ->> 'status' from public.change c where c.account = of_account and c.resource = 'application'
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
  from public.application a
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
    select row_id as id, max(change.id) as last from public.change
    where account = of_account and resource = 'application' and row_id = any(ids) and row_id between lowest and highest group by row_id
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
    select a.id, a.status, a.created_at, a.first_seen_at, a.changed_at, a.deleted_at
    from public.application a where a.account = of_account and a.id = any(ids) and a.id between lowest and highest
  ), recorded as (
    select c.row_id as id, c.id as n, c.at, c.kind, c.after ? 'status' as is_move, c.before ? 'status' as has_before,
      c.before ->> 'status' as old_status, c.after ->> 'status' as status,
      count(*) filter (where c.after ? 'status') over (partition by c.row_id order by c.id) as moves
    from public.change c
    where c.account = of_account and c.resource = 'application' and c.row_id = any(ids) and c.row_id between lowest and highest
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
  insert into public.application_state (account, application_id, from_at, until_at, status)
  select of_account, id, at, until_at, status from ended where is_there order by id, at;
end
$$;

create function public.refresh_written_applications() returns trigger language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
declare
  one record;
begin
  for one in
    select account, array_agg(id order by id) as ids
    from (select w.account, w.id, row_number() over (partition by w.account order by w.id) / 1000 as part from written w) w
    group by account, part
  loop
    perform public.refresh_application_facts(one.account, one.ids);
  end loop;
  return null;
end
$$;

create function public.refresh_updated_applications() returns trigger language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
declare
  one record;
begin
  for one in
    select w.account, array_agg(w.id order by w.id) as ids
    from (select w.*, row_number() over (partition by w.account order by w.id) / 1000 as part from written w) w
    join former f using (account, id)
    where (w.status, w.status_changed_at, w.status_history, w.created_at, w.deleted_at, w.campaign_id, w.applicant_id, w.entity_id,
        w.source, w.is_complete, w.current_stage, w.first_seen_at) is distinct from
      (f.status, f.status_changed_at, f.status_history, f.created_at, f.deleted_at, f.campaign_id, f.applicant_id, f.entity_id,
        f.source, f.is_complete, f.current_stage, f.first_seen_at)
    group by w.account, w.part
  loop
    perform public.refresh_application_facts(one.account, one.ids);
  end loop;
  return null;
end
$$;

-- A page write fires this behind the triggers of `application`, which have seen its changes already.
create function public.refresh_changed_applications() returns trigger language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
declare
  one record;
begin
  for one in
    select w.account, array_agg(w.row_id) as ids
    from (
      select account, row_id, max(id) as id, row_number() over (partition by account order by row_id) / 1000 as part
      from written where resource = 'application' group by account, row_id) w
    join public.application_fact f on f.account = w.account and f.application_id = w.row_id
    where w.id > f.last_change
    group by w.account, w.part
  loop
    perform public.refresh_application_facts(one.account, one.ids);
  end loop;
  return null;
end
$$;

create function public.drop_application_facts() returns trigger language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
begin
  if tg_op = 'TRUNCATE' then
    delete from public.application_fact;
    delete from public.application_step;
    delete from public.application_state;
    return null;
  end if;
  delete from public.application_fact t using former f where t.account = f.account and t.application_id = f.id;
  delete from public.application_step t using former f where t.account = f.account and t.application_id = f.id;
  delete from public.application_state t using former f where t.account = f.account and t.application_id = f.id;
  return null;
end
$$;

create trigger report_inserted after insert on public.application referencing new table as written
  for each statement execute function public.refresh_written_applications();
create trigger report_updated after update on public.application referencing new table as written old table as former
  for each statement execute function public.refresh_updated_applications();
create trigger report_deleted after delete on public.application referencing old table as former
  for each statement execute function public.drop_application_facts();
create trigger report_truncated after truncate on public.application
  for each statement execute function public.drop_application_facts();
create trigger report_changed after insert on public.change referencing new table as written
  for each statement execute function public.refresh_changed_applications();

-- Makes the facts of an account anew, those that have a step with one of the statuses or, without statuses, all.
create function public.refresh_account_facts(of_account text, statuses text[] default null) returns void language plpgsql
set search_path = pg_catalog, pg_temp as $$
declare
  batch bigint[];
  last_id bigint := null;
begin
  loop
    batch := case when statuses is null then array(
        select a.id from public.application a where a.account = of_account and (last_id is null or a.id > last_id) order by a.id limit 2000)
      else array(
        select distinct s.application_id from public.application_step s
        where s.account = of_account and s.status = any(statuses) and (last_id is null or s.application_id > last_id)
        order by 1 limit 2000) end;
    exit when cardinality(batch) = 0;
    perform public.refresh_application_facts(of_account, batch);
    last_id := batch[cardinality(batch)];
  end loop;
end
$$;

create function public.refresh_mapped_applications() returns trigger language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
declare
  one record;
begin
  for one in
    select n.account, array_agg(n.status) as statuses from written n join former o using (account, status)
    where n.category is distinct from o.category group by n.account
  loop
    perform public.refresh_account_facts(one.account, one.statuses);
  end loop;
  return null;
end
$$;

create function public.refresh_moved_account() returns trigger language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
begin
  perform public.refresh_account_facts(n.account) from written n join former o using (account)
  where n.timezone is distinct from o.timezone;
  return null;
end
$$;

create trigger report_mapped after update on public.status_category referencing new table as written old table as former
  for each statement execute function public.refresh_mapped_applications();
create trigger report_moved after update on public.account referencing new table as written old table as former
  for each statement execute function public.refresh_moved_account();

comment on column public.account.timezone is 'IANA name of the time zone whose days reports count, from TIMEZONE of the worker.';
comment on table public.status_word is 'What patterns in the name of a status say about its category. The first that matches, in the order of position, decides.';
comment on column public.status_word.position is 'Its turn.';
comment on column public.status_word.pattern is 'A regular expression over the name in lower case without accents.';
comment on column public.status_word.category is 'new, in_progress, interview, offer, hired, refused or withdrawn.';
comment on table public.status_category is 'The category of each status of an account. Change it with applicant-sync report statuses.';
comment on column public.status_category.account is 'The account.';
comment on column public.status_category.status is 'The status, as the API writes it.';
comment on column public.status_category.category is 'new, in_progress, interview, offer, hired, refused or withdrawn. Null: not mapped.';
comment on column public.status_category.is_guessed is 'It was guessed from the words of the status; nobody has set it.';
comment on column public.status_category.first_seen_at is 'When the mirror saw the status first.';
comment on table public.report_schedule is 'When the copy of a list becomes late, overdue and unproven by the schedules of the worker, for report.freshness.';
comment on column public.report_schedule.account is 'The account.';
comment on column public.report_schedule.resource is 'The list.';
comment on column public.report_schedule.is_scheduled is 'A schedule reads it.';
comment on column public.report_schedule.late_at is 'When it becomes late. Null: never.';
comment on column public.report_schedule.overdue_at is 'When it becomes overdue. Null: never.';
comment on column public.report_schedule.unproven_at is 'When it becomes unproven. Null: never.';
comment on table public.application_step is 'A stretch of time in one status; what report.status_step shows. Triggers keep it.';
comment on column public.application_step.account is 'The account.';
comment on column public.application_step.application_id is 'The application (application.id).';
comment on column public.application_step.step is 'Number of the step, from 1.';
comment on column public.application_step.status is 'The status.';
comment on column public.application_step.category is 'Its category. Null: not mapped.';
comment on column public.application_step.entered_at is 'When it entered the status.';
comment on column public.application_step.entered_on is 'That day, in the account''s time zone.';
comment on column public.application_step.left_at is 'When it left the status, or began a step of a closed application. Null: it still has it.';
comment on column public.application_step.days is 'Days in it. Null: it still has it.';
comment on column public.application_step.next_status is 'The status after it. Null: none.';
comment on column public.application_step.is_current is 'It is the last step.';
comment on column public.application_step.is_deleted is 'The application is deleted.';
comment on table public.application_state is 'A stretch of time in which an application existed with one status; what report.application_as_of reads. Triggers keep it.';
comment on column public.application_state.account is 'The account.';
comment on column public.application_state.application_id is 'The application (application.id).';
comment on column public.application_state.from_at is 'Since when.';
comment on column public.application_state.until_at is 'Until when. Null: still.';
comment on column public.application_state.status is 'The status. Null: not known.';
comment on table public.application_fact is 'The facts of an application that reports read, deleted ones included. Triggers keep it.';
comment on column public.application_fact.account is 'The account.';
comment on column public.application_fact.application_id is 'The application (application.id).';
comment on column public.application_fact.campaign_id is 'Its campaign.';
comment on column public.application_fact.applicant_id is 'Its person.';
comment on column public.application_fact.entity_id is 'The entity of its campaign.';
comment on column public.application_fact.source is 'Where it came from.';
comment on column public.application_fact.is_complete is 'The person has completed every step.';
comment on column public.application_fact.current_stage is 'The step at which an incomplete one stands.';
comment on column public.application_fact.applied_at is 'When the person applied.';
comment on column public.application_fact.applied_on is 'That day, in the account''s time zone.';
comment on column public.application_fact.status is 'Its present status.';
comment on column public.application_fact.category is 'The category of that status. Null: not mapped.';
comment on column public.application_fact.status_since is 'Since when it has this status.';
comment on column public.application_fact.status_since_on is 'That day, in the account''s time zone.';
comment on column public.application_fact.steps is 'Number of its steps.';
comment on column public.application_fact.first_new_at is 'When it first was new.';
comment on column public.application_fact.first_in_progress_at is 'When it first was in progress.';
comment on column public.application_fact.first_interview_at is 'When it first had an interview.';
comment on column public.application_fact.first_offer_at is 'When it first had an offer.';
comment on column public.application_fact.first_hired_at is 'When it first was hired.';
comment on column public.application_fact.first_refused_at is 'When it first was refused.';
comment on column public.application_fact.first_withdrawn_at is 'When it first was withdrawn.';
comment on column public.application_fact.hired_at is 'When it was hired. Null: it is not.';
comment on column public.application_fact.hired_on is 'That day, in the account''s time zone.';
comment on column public.application_fact.days_to_hire is 'Days from applied_on to hired_on.';
comment on column public.application_fact.closed_at is 'When it was closed. Null: it is open.';
comment on column public.application_fact.closed_on is 'That day, in the account''s time zone.';
comment on column public.application_fact.days_before_first_step is 'Days from applied_on to its first step.';
comment on column public.application_fact.first_seen_at is 'When the mirror saw it first.';
comment on column public.application_fact.deleted_at is 'When it was found to be gone. Null: it exists.';
comment on column public.application_fact.last_change is 'The last of our changes (change.id) that it takes into account.';

-- What is mirrored already.
select public.refresh_account_facts(a.account) from (select distinct account from public.application) a;
