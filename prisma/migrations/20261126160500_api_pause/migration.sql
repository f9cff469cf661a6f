-- How long an account asks nothing of the API after a 403 that is not about the request itself: a minute, then twice as long
-- each time the first request after it meets a 403 again, up to 15 minutes. For all processes, and across restarts.
create table public.api_pause (
  account text primary key,
  -- 1: the first pause in a row.
  step smallint not null,
  -- Requests that left before this moment belong to it: their 403s make it no longer.
  noted_at timestamptz(3) not null,
  until timestamptz(3) not null,
  -- The request that leaves first after it, alone until it is answered.
  trial bigint
);

-- Records the 403 of a request. Returns for how many milliseconds nothing is to be asked.
create function public.note_api_refusal(account text, request bigint) returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  pause public.api_pause;
  left_at timestamptz := coalesce((select r.at from public.api_request r where r.id = request), clock_timestamp());
begin
  -- A little more than the minutes, so that several programs do not come back together.
  insert into public.api_pause values (note_api_refusal.account, 1, clock_timestamp(),
    clock_timestamp() + make_interval(secs => 60 + 5 * random()), null)
  on conflict do nothing;
  select * into pause from public.api_pause p where p.account = note_api_refusal.account for update;
  if left_at > pause.noted_at then
    -- One that ended long ago says nothing of this 403.
    pause.step := case when pause.until < clock_timestamp() - interval '1 hour' then 1 else least(pause.step + 1, 5) end;
    pause.until := clock_timestamp() + make_interval(secs => least(900, 60 * 2 ^ (pause.step - 1)) + 5 * random());
    update public.api_pause p set step = pause.step, noted_at = clock_timestamp(), until = pause.until, trial = null
      where p.account = note_api_refusal.account;
  end if;
  return greatest(1, ceil(extract(epoch from pause.until - clock_timestamp()) * 1000));
end
$$;

-- Whether a request that has been counted may leave: 0, or for how many milliseconds it must not, and then it is not counted
-- any more. After a pause one request leaves alone, and the others once it is answered.
create function public.take_api_turn(account text, request bigint) returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  pause public.api_pause;
  wait_ms integer;
begin
  select * into pause from public.api_pause p where p.account = take_api_turn.account for update;
  if not found then
    return 0;
  end if;
  if pause.until > clock_timestamp() then
    wait_ms := greatest(1, ceil(extract(epoch from pause.until - clock_timestamp()) * 1000));
  elsif exists (select from public.api_request r where r.id = pause.trial and r.duration_ms is null
      and r.at > clock_timestamp() - interval '60 seconds') then
    wait_ms := 1000;
  else
    update public.api_pause p set trial = request where p.account = take_api_turn.account;
    return 0;
  end if;
  delete from public.api_request r where r.id = request;
  return wait_ms;
end
$$;
