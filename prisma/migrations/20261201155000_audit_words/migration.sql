-- What somebody wrote as the reason of a decision may name a person who is erased later. The link of a decision now holds a hash of the
-- reason in the place of its words, so that the words can go while the chain still proves the decision. Links from before stay as they are.
alter table public.audit_chain add column why_hash bytea check (octet_length(why_hash) = 32);

create function public.audit_content(decision public.audit, why_hash bytea) returns text language sql stable
set search_path = pg_catalog, pg_temp as $$
  select jsonb_build_array(decision.id, decision.account, round(extract(epoch from decision.at) * 1000)::bigint, decision.source,
    decision.role, decision.name, decision.what, to_jsonb(decision.subjects), encode(why_hash, 'hex'), decision.facts)::text
$$;

create or replace function public.audit_content(decision public.audit) returns text language sql stable
set search_path = pg_catalog, pg_temp as $$
  select case when c.why_hash is not null then public.audit_content(decision, c.why_hash)
    else jsonb_build_array(decision.id, decision.account, round(extract(epoch from decision.at) * 1000)::bigint, decision.source,
      decision.role, decision.name, decision.what, to_jsonb(decision.subjects), decision.why, decision.facts)::text end
  from (select) one left join public.audit_chain c on c.audit_id = decision.id
$$;

create or replace function public.link_audit() returns trigger language plpgsql
set search_path = pg_catalog, pg_temp as $$
declare
  last public.audit_chain;
  why_hash bytea;
begin
  perform pg_advisory_xact_lock(hashtextextended('audit ' || new.account, 0));
  select * into last from public.audit_chain where account = new.account order by position desc limit 1;
  why_hash := sha256(coalesce(last.hash, '') || convert_to(new.why, 'UTF8'));
  insert into public.audit_chain (account, position, audit_id, why_hash, hash) values (new.account, coalesce(last.position, 0) + 1, new.id,
    why_hash, sha256(coalesce(last.hash, '') || convert_to(public.audit_content(new, why_hash), 'UTF8')));
  return null;
end
$$;

-- Only the erasure of a person, which the same transaction notes, takes the words of a reason away, and only of one with a hash.
create function public.guard_audit_words() returns trigger language plpgsql
set search_path = pg_catalog, pg_temp as $$
begin
  if new.why is null and to_jsonb(new) - 'why' = to_jsonb(old) - 'why'
    and exists (select from public.audit_chain c where c.audit_id = old.id and c.why_hash is not null)
    and exists (select from public.erasure e where e.account = old.account and e.what = 'erased'
      and e.at >= transaction_timestamp() - interval '1 second' and e.xmin = pg_current_xact_id()::xid) then
    return new;
  end if;
  raise exception 'audit is append-only: its rows are neither changed nor deleted' using errcode = 'insufficient_privilege';
end
$$;
drop trigger guard_audit on public.audit;
create trigger guard_audit before delete or truncate on public.audit
  for each statement execute function public.guard_audit();
create trigger guard_audit_words before update on public.audit
  for each row execute function public.guard_audit_words();

comment on table public.audit is 'The decisions of people: who, when, from where, what and why. Append-only, but for words about an erased person.';
comment on column public.audit.why is 'The reason that the person gave. Null: none, or it was about a person who was erased.';
comment on column public.audit_chain.why_hash is 'SHA-256 of the hash before it and of the reason. Null: no reason, or a link from before reasons were hashed.';
comment on column public.audit_chain.hash is 'SHA-256 of the hash before it and of the decision, with the hash of its reason.';
