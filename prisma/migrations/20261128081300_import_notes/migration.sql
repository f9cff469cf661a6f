-- What was assumed or left out of an import by SQL, for the role that inserted it: files and HTTP report it in their answer.

alter table public.applicant_import add column notes text;
comment on column public.applicant_import.notes is 'What was assumed or left out when an import of the SQL intake was checked, such as an unknown language. Null: nothing, or another intake, which reports it in its answer.';

-- That a person or an application was deleted in the account is for those who decide about it, not for the role that inserts.
create or replace view public.import_status with (security_barrier = true) as
select i.id, i.account, i.key, i.source, i.state, nullif(i.reason_code, 'deleted_there') as reason_code,
  case when why.code is not null then coalesce(why.reason, i.reason) end as reason,
  replace(replace(replace(replace(following.next, '{id}', i.id::text), '{source}', i.source),
    '{campaign}', coalesce(i.campaign_id::text, '')), '{until}', coalesce(i.not_before::text, '')) as next,
  i.applicant_id, i.application_id, i.created_at, i.updated_at, i.finished_at, i.notes
from public.applicant_import i
cross join lateral (select case when i.applicant_state = 'sent' and i.application_state is not null then i.application_state
  else i.applicant_state end as state) step
left join public.import_text why on why.account = i.account and i.reason_code <> 'deleted_there'
  and why.code = case when i.reason_code like 'api\_%' then 'api' else i.reason_code end
left join public.import_text following on following.account = i.account and following.code = case
  when step.state = 'rejected' and i.email is null then 'state:erased'
  when step.state = 'ready' and i.not_before is not null then 'state:postponed'
  when why.state = step.state then why.code
  else 'state:' || step.state end
where i.submitted_by = any (array(
  select r.rolname::text from pg_catalog.pg_roles r
  where pg_catalog.pg_has_role(case pg_catalog.current_setting('role') when 'none' then session_user
    else pg_catalog.current_setting('role')::name end, r.oid, 'member')));

comment on column public.import_status.notes is 'What was assumed or left out when it was checked, such as an unknown language. Null: nothing.';
