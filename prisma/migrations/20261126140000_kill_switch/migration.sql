-- The kill switch of an account stays the row of import_control. Only hold and release write it: what a worker writes itself, the
-- pause after unknown outcomes, moves to a table of its own, so that no transaction of a worker ever holds the switch.
create table public.import_pause (
  account text primary key,
  -- Requests with an unknown outcome in a row; from the third on, a pause.
  trouble smallint not null default 0,
  paused_until timestamptz(3)
);
insert into public.import_pause (account, trouble, paused_until)
  select account, trouble, paused_until from public.import_control;
alter table public.import_control drop column trouble, drop column paused_until, add column reason_code text;
insert into public.import_control (account) select account from public.account on conflict do nothing;

-- What one transaction at a time may do: row locks, because anybody may take an advisory lock, and a role that may only read
-- can lock none of these rows.
create table public.account_lock (
  account text not null,
  name text not null,
  primary key (account, name)
);

-- Takes a lock until the end of the transaction. With `wait_ms`, this and every later wait for a lock in the transaction end
-- after so many milliseconds, with the error 55P03.
create function public.take_account_lock(account text, name text, wait_ms integer) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if wait_ms is not null then
    perform set_config('lock_timeout', wait_ms::text, true);
  end if;
  loop
    perform from public.account_lock l
      where l.account = take_account_lock.account and l.name = take_account_lock.name for update;
    exit when found;
    insert into public.account_lock values (take_account_lock.account, take_account_lock.name) on conflict do nothing;
  end loop;
end
$$;

-- The gate in front of the API, in one round trip: counts a request that is about to leave, or says for how many
-- milliseconds the last 60 seconds leave it no room (`wait_ms` > 0), or that the kill switch keeps it here (`held`): then it
-- was not counted. One at a time for each account; each statement of the function sees what was committed before its turn.
-- Does not wait for the disk.
drop function public.open_request(text, integer, text, text, text);
create function public.open_request(account text, quota integer, method text, path text, job text, creates boolean,
  out id bigint, out wait_ms integer, out held boolean)
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  perform set_config('synchronous_commit', 'off', true);
  perform public.take_account_lock(account, 'api_request', 5000);
  id := 0;
  wait_ms := 0;
  select ceil(extract(epoch from at + interval '60 seconds' - clock_timestamp()) * 1000) into wait_ms
    from public.api_request r
    where r.account = open_request.account and at > clock_timestamp() - interval '60 seconds'
    order by at desc offset quota - 1 limit 1;
  if found then
    wait_ms := greatest(1, wait_ms);
    held := false;
    return;
  end if;
  wait_ms := 0;
  -- Read last: nothing is created once the switch has been thrown.
  held := creates and exists (select from public.import_control c where c.account = open_request.account and c.held);
  if not held then
    insert into public.api_request (account, method, path, job)
      values (open_request.account, open_request.method, open_request.path, open_request.job)
      returning api_request.id into id;
  end if;
end
$$;

-- What the gate keeps here goes back to where a person sees it.
insert into public.import_transition values ('sending', 'held') on conflict do nothing;
