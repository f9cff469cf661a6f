-- What notices and pings call what they reported last: `told` says neither what nor to whom.
alter table public.notice_state rename column told to last_notice;
alter table public.notice_state rename column told_at to last_notice_at;
alter table public.heartbeat rename column told to last_ping;

comment on table public.notice_state is 'What people have been notified of about a condition of an account, and what was seen of it since.';
comment on column public.notice_state.raise_at is 'When a notice of it may be sent, if it lasts.';
comment on table public.notice is 'What one channel reports about one change of a condition. No personal data. Kept for 90 days.';
comment on table public.heartbeat is 'The last night of full syncs of an account, as it is reported to HEARTBEAT_URL.';
comment on column public.heartbeat.last_ping is 'What was reported last: start or end. Null: nothing yet.';
comment on table public.settings_seen is 'The settings with which a worker of an account was started last. No secret can be derived from it.';
comment on column public.condition_since.code is 'Code of the condition, such as clock_skew; quiet: nothing is wrong that a sentence of the overview reports.';
