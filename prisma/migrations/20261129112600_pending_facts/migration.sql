-- A page write only notes whose facts it has changed: they are made in batches, before the run ends and by the maintenance of every
-- worker. The statements of others make them at once, as before.

create table public.pending_fact (
  account text not null,
  id bigint generated always as identity,
  application_ids bigint[] not null,
  primary key (account, id)
);
comment on table public.pending_fact is 'Applications that were written and whose facts (application_fact) are still to be made. Workers empty it.';
comment on column public.pending_fact.account is 'The account.';
comment on column public.pending_fact.id is 'Number of the note, in the order of writing.';
comment on column public.pending_fact.application_ids is 'The applications (application.id).';

-- Whoever makes facts at once shares this lock with others who do. A batch holds it alone: it computes from a snapshot, and must not
-- overwrite what was made from a younger one.
create function public.facts_lock(account text) returns bigint immutable language sql
set search_path = pg_catalog, pg_temp as $$ select hashtextextended('facts ' || account, 0) $$;

-- Makes the facts of these applications anew, or notes that they are to be made if the transaction says so: it has called
-- set_config('applicant_sync.facts', 'later', true).
create function public.make_or_note_facts(of_account text, ids bigint[]) returns void language plpgsql
set search_path = pg_catalog, pg_temp as $$
begin
  if current_setting('applicant_sync.facts', true) = 'later' then
    insert into public.pending_fact (account, application_ids) values (of_account, ids);
  else
    perform pg_advisory_xact_lock_shared(public.facts_lock(of_account));
    perform public.refresh_application_facts(of_account, ids);
  end if;
end
$$;

-- Makes the facts of the applications that were noted first, about so many. Returns of how many they were made: 0 if none is left.
-- Null: others are making facts of the account at this moment. What cannot be made stays noted and holds up nothing else.
create function public.make_pending_facts(of_account text, at_most integer) returns integer language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
declare
  ids bigint[];
  one bigint;
  failed integer := 0;
begin
  if not exists (select from public.pending_fact p where p.account = of_account) then
    return 0;
  elsif not pg_try_advisory_xact_lock(public.facts_lock(of_account)) then
    return null;
  end if;
  with due as (
    select p.id, sum(cardinality(p.application_ids)) over (order by p.id) - cardinality(p.application_ids) as before
    from (select * from public.pending_fact where account = of_account order by id limit at_most) p
  ), taken as (
    delete from public.pending_fact p using due
    where p.account = of_account and p.id = due.id and due.before < at_most returning p.application_ids
  )
  select array_agg(distinct i) into ids from taken, unnest(taken.application_ids) i;
  if ids is null then
    return 0;
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
  return cardinality(ids) - failed;
end
$$;

create or replace function public.refresh_written_applications() returns trigger language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
begin
  -- What a page write comes by, in the shortest way.
  if current_setting('applicant_sync.facts', true) = 'later' then
    insert into public.pending_fact (account, application_ids) select account, array_agg(id) from written group by account;
    return null;
  end if;
  perform public.make_or_note_facts(account, ids) from (
    select account, array_agg(id order by id) as ids
    from (select w.account, w.id, row_number() over (partition by w.account order by w.id) / 1000 as part from written w) w
    group by account, part offset 0) parts;
  return null;
end
$$;

create or replace function public.refresh_updated_applications() returns trigger language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
begin
  if not exists (select from written) then
    return null;
  end if;
  perform public.make_or_note_facts(account, ids) from (
    select account, array_agg(id order by id) as ids
    from (
      select w.account, w.id, row_number() over (partition by w.account order by w.id) / 1000 as part
      from written w join former f using (account, id)
      where (w.status, w.status_changed_at, w.status_history, w.created_at, w.deleted_at, w.campaign_id, w.applicant_id, w.entity_id,
          w.source, w.is_complete, w.current_stage, w.first_seen_at) is distinct from
        (f.status, f.status_changed_at, f.status_history, f.created_at, f.deleted_at, f.campaign_id, f.applicant_id, f.entity_id,
          f.source, f.is_complete, f.current_stage, f.first_seen_at)) w
    group by account, part offset 0) parts;
  return null;
end
$$;

-- A page write fires this behind the triggers of `application`, which have seen its changes already.
create or replace function public.refresh_changed_applications() returns trigger language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
begin
  if current_setting('applicant_sync.facts', true) = 'later' then
    return null;
  end if;
  perform public.make_or_note_facts(account, ids) from (
    select w.account, array_agg(w.row_id) as ids
    from (
      select account, row_id, max(id) as id, row_number() over (partition by account order by row_id) / 1000 as part
      from written where resource = 'application' group by account, row_id) w
    join public.application_fact f on f.account = w.account and f.application_id = w.row_id
    where w.id > f.last_change
    group by w.account, w.part offset 0) parts;
  return null;
end
$$;

create or replace function public.drop_application_facts() returns trigger language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
begin
  if tg_op = 'TRUNCATE' then
    delete from public.pending_fact;
    delete from public.application_fact;
    delete from public.application_step;
    delete from public.application_state;
    return null;
  end if;
  perform pg_advisory_xact_lock_shared(public.facts_lock(account)) from (select distinct account from former offset 0) f;
  delete from public.application_fact t using former f where t.account = f.account and t.application_id = f.id;
  delete from public.application_step t using former f where t.account = f.account and t.application_id = f.id;
  delete from public.application_state t using former f where t.account = f.account and t.application_id = f.id;
  return null;
end
$$;

create or replace function public.refresh_account_facts(of_account text, statuses text[] default null) returns void language plpgsql
set search_path = pg_catalog, pg_temp as $$
declare
  batch bigint[];
  last_id bigint := null;
begin
  -- Before it looks which facts there are: a batch under way may be making some more with what was known until now.
  perform pg_advisory_xact_lock(public.facts_lock(of_account));
  loop
    batch := case when statuses is null then array(
        select a.id from public.application a where a.account = of_account and (last_id is null or a.id > last_id) order by a.id limit 2000)
      else array(
        select distinct s.application_id from public.application_step s
        where s.account = of_account and s.status = any(statuses) and (last_id is null or s.application_id > last_id)
        order by 1 limit 2000) end;
    exit when cardinality(batch) = 0;
    perform public.make_or_note_facts(of_account, batch);
    last_id := batch[cardinality(batch)];
  end loop;
end
$$;
