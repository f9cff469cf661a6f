-- The gate in front of the API, in one round trip: counts a request that is about to leave, or says for how many
-- milliseconds the last 60 seconds leave it no room (`wait_ms` > 0: it was not counted). One at a time for each account;
-- each statement of the function sees what was counted before it had its turn. Does not wait for the disk.
create function open_request(account text, quota integer, method text, path text, job text,
  out id bigint, out wait_ms integer) language plpgsql as $$
begin
  perform set_config('synchronous_commit', 'off', true),
    pg_advisory_xact_lock(hashtextextended('api_request:' || account, 0));
  select ceil(extract(epoch from at + interval '60 seconds' - clock_timestamp()) * 1000) into wait_ms
    from api_request
    where api_request.account = open_request.account and at > clock_timestamp() - interval '60 seconds'
    order by at desc offset quota - 1 limit 1;
  if found then
    id := 0;
    wait_ms := greatest(1, wait_ms);
  else
    wait_ms := 0;
    insert into api_request (account, method, path, job)
      values (open_request.account, open_request.method, open_request.path, open_request.job)
      returning api_request.id into id;
  end if;
end
$$;
