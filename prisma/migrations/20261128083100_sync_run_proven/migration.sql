-- Added after the migration that follows it, which makes the facts of all applications: for each it looks for a proven run of this kind,
-- and without the index it reads every run since the application is dated.
create index if not exists sync_run_proven on public.sync_run (account, started_at, finished_at)
  where resource = 'applications' and state = 'proven' and kind = 'full';
