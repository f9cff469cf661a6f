-- What our own tables say of when something happened is read by commands and by the page, which know no moment that no calendar has.
-- SQL of others that writes one is refused; in the mirrored tables it is not known.
alter table public.sync_run add constraint sync_run_moments check (started_at between '0001-01-03+00' and '9999-12-30+00'
  and finished_at between '0001-01-03+00' and '9999-12-30+00') not valid;
alter table public.applicant_import add constraint applicant_import_moments check (created_at between '0001-01-03+00' and '9999-12-30+00'
  and finished_at between '0001-01-03+00' and '9999-12-30+00') not valid;
