-- Names that the field uses, before anything is released: one section for each part of the product.

-- Reading: runs, walkers, pages, details.

-- Writing: imports.

-- Shared: locks, the pace of requests, the identity of the database.

alter table public.database_identity rename column place to directory_id;

create or replace function public.unpack_ids(packed bytea) returns setof bigint immutable strict language plpgsql
set search_path = pg_catalog, pg_temp as $$
declare
  id bigint := 0;
  distance bigint := 0;
  shift integer := 0;
  part integer;
begin
  for index in 0 .. length(packed) - 1 loop
    part := get_byte(packed, index);
    distance := distance | ((part & 127)::bigint << shift);
    if part >= 128 then
      shift := shift + 7;
    else
      id := id + (((distance >> 1) & 9223372036854775807) # -(distance & 1));
      return next id;
      distance := 0;
      shift := 0;
    end if;
  end loop;
end
$$;

-- Locks a name of an account until the end of the transaction. With `wait_ms`, this and every later wait for a lock in the
-- transaction end after so many milliseconds, with the error 55P03.
drop function public.take_account_lock(text, text, integer);
create function public.lock_account(account text, name text, wait_ms integer) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if wait_ms is not null then
    perform set_config('lock_timeout', wait_ms::text, true);
  end if;
  loop
    perform from public.account_lock l
      where l.account = lock_account.account and l.name = lock_account.name for update;
    exit when found;
    insert into public.account_lock values (lock_account.account, lock_account.name) on conflict do nothing;
  end loop;
end
$$;

create or replace function public.open_request(account text, quota integer, method text, path text, job text,
  creates boolean, out id bigint, out wait_ms integer, out held boolean)
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  perform set_config('synchronous_commit', 'off', true);
  perform public.lock_account(account, 'api_request', 5000);
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

-- Whether a request that has been counted may be sent: 0, or for how many milliseconds it must not, and then it is not
-- counted any more. After a pause one request is sent alone, and the others once it is answered.
drop function public.take_api_turn(text, bigint);
create function public.check_api_pause(account text, request bigint) returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  pause public.api_pause;
  wait_ms integer;
begin
  select * into pause from public.api_pause p where p.account = check_api_pause.account for update;
  if not found then
    return 0;
  end if;
  if pause.until > clock_timestamp() then
    wait_ms := greatest(1, ceil(extract(epoch from pause.until - clock_timestamp()) * 1000));
  elsif exists (select from public.api_request r where r.id = pause.trial and r.duration_ms is null
      and r.at > clock_timestamp() - interval '60 seconds') then
    wait_ms := 1000;
  else
    update public.api_pause p set trial = request where p.account = check_api_pause.account;
    return 0;
  end if;
  delete from public.api_request r where r.id = request;
  return wait_ms;
end
$$;
