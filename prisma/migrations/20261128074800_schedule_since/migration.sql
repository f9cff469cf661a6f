-- A schedule is judged from the moment it was set: hourly since noon is not late by the days before.
alter table public.schedule_tick add column expression_since timestamptz(3);

comment on column public.schedule_tick.expression_since is 'Since when it has this cron expression. Null: since before this was recorded.';
