-- Writes each row of these people once more, of which the triggers leave what a suppressed person keeps. Of others nothing changes.
create function public.empty_people(account text, applicants bigint[]) returns void language plpgsql
set search_path = pg_catalog, pg_temp as $$
declare
  applications bigint[] := (select coalesce(array_agg(a.id), '{}') from public.application a
    where a.account = empty_people.account and a.applicant_id = any(applicants));
begin
  update public.applicant r set hash = r.hash where r.account = empty_people.account and r.id = any(applicants);
  update public.application r set hash = r.hash where r.account = empty_people.account and r.id = any(applications);
  update public.change r set kind = r.kind where r.account = empty_people.account and r.resource = 'applicant'
    and r.row_id = any(applicants);
  update public.change r set kind = r.kind where r.account = empty_people.account and r.resource = 'application'
    and r.row_id = any(applications);
  update public.quarantine r set reason = r.reason where r.account = empty_people.account and (r.row_id = any(applicants)
    and (r.resource = 'applicants' or r.part = 'applicant') or r.row_id = any(applications) and r.resource = 'applications');
end
$$;
