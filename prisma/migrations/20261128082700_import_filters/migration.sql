-- The filters of lists of imports, each the newest first, and the spellings of sources and files.
create index applicant_import_listed on public.applicant_import
  (account, (case when dismissed_at is null then state else 'dismissed' end), id desc);
create index applicant_import_reason on public.applicant_import (account, reason_code, id desc);
-- Not of longer texts, which do not fit into an index: former versions of rows that a reader may still see have some.
create index applicant_import_source on public.applicant_import (account, source, id desc) where octet_length(source) <= 2000;
create index applicant_import_file on public.applicant_import (account, file, id desc) where octet_length(file) <= 2000;
-- The line of time of the audit.
create index sync_run_started on public.sync_run (account, started_at desc, id desc);
