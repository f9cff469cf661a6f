-- Since 20261126195000_inbox the first imports of a source are approved for each intake. Imports that waited for those of another
-- intake would wait for ever: the oldest of them is now the first one.
update public.applicant_import set reason_code = 'first_n_approval',
  reason = 'One of the first of a new source: look at it, then release it.'
where id in (
  select min(w.id) from public.applicant_import w
  where w.state = 'held' and w.reason_code = 'awaits_first_n' and not exists (
    select from public.applicant_import f
    where f.account = w.account and f.source = w.source and f.intake = w.intake
      and f.submitted_by is not distinct from w.submitted_by
      and f.state = 'held' and f.reason_code = 'first_n_approval')
  group by w.account, w.source, w.intake, w.submitted_by);
