-- The facts of each application ask for a proven run of this kind: without the index they read every run since the application is dated.
create index sync_run_proven on public.sync_run (account, started_at, finished_at)
  where resource = 'applications' and state = 'proven' and kind = 'full';
