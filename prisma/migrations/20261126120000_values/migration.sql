-- Which row a quarantined item would be, where its id can be read, and of which embed; copies: how many of it one answer
-- held, where it has no id; resolved_at: it was seen as a good
-- row since, or a full run that read the list to its end did not see it again.
alter table public.quarantine
  add column row_id bigint,
  add column part text,
  add column copies integer not null default 1,
  add column resolved_at timestamptz(3);
create index quarantine_open_rows on public.quarantine (account, resource, row_id)
  where row_id is not null and resolved_at is null;

-- What the API brings of an embed that is asked for; the embed `*` stands for the endpoint of single rows itself. misses:
-- answers in a row for one row that did not bring it. seen_at: when any answer brought it last, listed_at: when a list did.
-- not_offered_since: so many misses that it counts as not offered to this key; tried_at: when it was last tried since.
create table public.embed_offer (
  account text not null,
  resource text not null,
  embed text not null,
  misses integer not null default 0,
  seen_at timestamptz(3),
  listed_at timestamptz(3),
  not_offered_since timestamptz(3),
  tried_at timestamptz(3),
  primary key (account, resource, embed)
);

-- When asking for a row failed last: the next attempt waits longer after each failure.
alter table public.undetailed add column tried_at timestamptz(3);
