-- The reason of a decision about a person goes when retention erases the person, too.
create or replace function public.guard_audit_words() returns trigger language plpgsql
set search_path = pg_catalog, pg_temp as $$
begin
  if new.why is null and to_jsonb(new) - 'why' = to_jsonb(old) - 'why'
    and exists (select from public.audit_chain c where c.audit_id = old.id and c.why_hash is not null)
    and (exists (select from public.erasure e where e.account = old.account and e.what = 'erased'
        and e.at >= transaction_timestamp() - interval '1 second' and e.xmin = pg_current_xact_id()::xid)
      or exists (select from public.suppression s where s.account = old.account and s.kind = 'retention'
        and s.created_at >= transaction_timestamp() - interval '1 second' and s.xmin = pg_current_xact_id()::xid)) then
    return new;
  end if;
  raise exception 'audit is append-only: its rows are neither changed nor deleted' using errcode = 'insufficient_privilege';
end
$$;
