-- Corrects the meaning of some columns.
comment on column public.sync_run.rows is 'Different rows on its pages.';
comment on column public.sync_run.seen is 'The same as rows.';
comment on column public.sync_run.least_total is 'The smallest total that its pages reported.';
comment on column public.import_request.at is 'When it was answered.';
comment on column public.database_identity.system is 'System identifier of the server. Null: it cannot be read.';
comment on column public.database_identity.timeline is 'Timeline of the server. Null: it cannot be read.';
comment on column public.database_identity.directory_id is 'Of an embedded database, what distinguishes its directory from a copy.';
