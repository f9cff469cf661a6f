-- Which ids a page held, in as many bytes as they need: each as its distance from the one before, zigzag and base 128
-- (the lowest seven bits first, the eighth of a byte says that more follow). What was read so far of runs that are going
-- cannot be told in this form, so they end here.
update sync_run set state = 'failed', finished_at = now(), error_code = 'upgraded',
  error_message = 'An upgrade of applicant-sync ended this run. What was read is kept; the next run reads the list anew.'
  where state = 'running';
delete from sync_page;
alter table sync_page drop column ids, add column ids bytea not null;

create function unpack_ids(packed bytea) returns setof bigint immutable strict language plpgsql as $$
declare
  id bigint := 0;
  distance bigint := 0;
  shift integer := 0;
  part integer;
begin
  for place in 0 .. length(packed) - 1 loop
    part := get_byte(packed, place);
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

create function page_holds(packed bytea, any_of bigint[]) returns boolean immutable language sql as $$
  select exists (select from unpack_ids(packed) as id where id = any(any_of))
$$;
