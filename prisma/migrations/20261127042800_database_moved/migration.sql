-- What `database copy-to` notes in the database that it copied.
comment on table public.import_restore is 'When the database of an account was last found to be a copy or an older backup, or was copied so that another one goes on.';
comment on column public.import_restore.code is 'database_older, database_copied or database_moved.';
