-- From the least to the greatest id of a page: two pages whose spans lie apart share no row, and need not be unpacked.
create function span_of(packed bytea) returns numrange immutable strict language sql as $$
  select numrange(min(id), max(id), '[]') from unpack_ids(packed) as id
$$;

alter table sync_page add column span numrange generated always as (span_of(ids)) stored;
