-- The decisions of an account form a chain: each link is the SHA-256 of the link before it and of the row. A row that was changed, removed or
-- inserted past the triggers breaks it, which `audit verify` finds. The links stand beside the rows, which are never updated.
create table public.audit_chain (
  account text not null,
  position bigint not null check (position > 0),
  audit_id bigint not null unique,
  hash bytea not null check (octet_length(hash) = 32),
  primary key (account, position)
);

-- What a link says of a row. It depends on no setting of a session, and never changes: `audit verify` computes the same outside the database.
create function public.audit_content(decision public.audit) returns text language sql stable
set search_path = pg_catalog, pg_temp as $$
  select jsonb_build_array(decision.id, decision.account, round(extract(epoch from decision.at) * 1000)::bigint, decision.source,
    decision.role, decision.name, decision.what, to_jsonb(decision.subjects), decision.why, decision.facts)::text
$$;

-- At commit: whoever waits for the lock of the chain waits for commits alone, and holds every other lock that it needs already, so that no two
-- wait for one another. A transaction whose snapshot is older than the last link fails by the primary key: the chain has no branches.
create function public.link_audit() returns trigger language plpgsql
set search_path = pg_catalog, pg_temp as $$
declare
  last public.audit_chain;
begin
  perform pg_advisory_xact_lock(hashtextextended('audit ' || new.account, 0));
  select * into last from public.audit_chain where account = new.account order by position desc limit 1;
  insert into public.audit_chain (account, position, audit_id, hash) values (new.account, coalesce(last.position, 0) + 1, new.id,
    sha256(coalesce(last.hash, '') || convert_to(public.audit_content(new), 'UTF8')));
  return null;
end
$$;
create constraint trigger link_audit after insert on public.audit deferrable initially deferred
  for each row execute function public.link_audit();

-- Nobody backdates a decision.
create function public.date_audit() returns trigger language plpgsql
set search_path = pg_catalog, pg_temp as $$
begin
  new.at := date_trunc('milliseconds', clock_timestamp());
  return new;
end
$$;
create trigger date_audit before insert on public.audit for each row execute function public.date_audit();

-- A table without rows may be truncated, as the copy of a database into another one does with its target.
create or replace function public.guard_audit() returns trigger language plpgsql
set search_path = pg_catalog, pg_temp as $$
declare
  is_filled boolean := true;
begin
  if tg_op = 'TRUNCATE' then
    execute format('select exists (select from %I.%I)', tg_table_schema, tg_table_name) into is_filled;
  end if;
  if is_filled then
    raise exception '% is append-only: its rows are neither changed nor deleted', tg_table_name using errcode = 'insufficient_privilege';
  end if;
  return null;
end
$$;
create trigger guard_audit_chain before update or delete or truncate on public.audit_chain
  for each statement execute function public.guard_audit();

-- The decisions so far, in the order in which they were made.
do $$
declare
  decision public.audit;
  last public.audit_chain;
begin
  for decision in select * from public.audit order by account, id loop
    if last.account is distinct from decision.account then
      last := null;
    end if;
    insert into public.audit_chain (account, position, audit_id, hash) values (decision.account, coalesce(last.position, 0) + 1, decision.id,
      sha256(coalesce(last.hash, '') || convert_to(public.audit_content(decision), 'UTF8')))
    returning * into last;
  end loop;
end
$$;

comment on table public.audit_chain is 'The links of the decisions of an account, by which audit verify finds what was changed, removed or inserted. Append-only.';
comment on column public.audit_chain.account is 'The account.';
comment on column public.audit_chain.position is 'Number of the link within the account, from 1, without a gap.';
comment on column public.audit_chain.audit_id is 'The decision in audit.';
comment on column public.audit_chain.hash is 'SHA-256 of the hash before it and of the decision.';
