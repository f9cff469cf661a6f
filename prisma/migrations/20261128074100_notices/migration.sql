-- Notices: what people were told of the conditions of an account, what waits to be delivered, and the pings of its nights.

create table public.notice_state (
  account text not null,
  code text not null,
  subject text not null,
  told text,
  told_at timestamptz(3),
  red_since timestamptz(3),
  raise_at timestamptz(3),
  last_red_at timestamptz(3) not null,
  items jsonb not null,
  primary key (account, code, subject),
  check (told in ('raised', 'reminder', 'resolved'))
);

create table public.notice (
  id uuid primary key default gen_random_uuid(),
  account text not null,
  code text not null,
  subject text not null,
  channel text not null,
  kind text not null,
  items jsonb not null,
  occurred_at timestamptz(3) not null,
  state text not null default 'waiting',
  attempts integer not null default 0,
  next_attempt_at timestamptz(3) not null,
  give_up_at timestamptz(3),
  delivered_at timestamptz(3),
  error text,
  unique (account, code, subject, channel, occurred_at),
  check (kind in ('raised', 'reminder', 'resolved')),
  check (state in ('waiting', 'sending', 'delivered', 'given_up'))
);

create index notice_open on public.notice (account, channel, occurred_at) where state in ('waiting', 'sending');
create index notice_account on public.notice (account, occurred_at);

create table public.heartbeat (
  account text primary key,
  run_id uuid not null,
  started_at timestamptz(3) not null,
  ended_at timestamptz(3),
  failed text,
  told text,
  attempts integer not null default 0,
  next_attempt_at timestamptz(3) not null,
  check (told in ('start', 'end'))
);

comment on table public.notice_state is 'What people have been told of a condition of an account, and what was seen of it since.';
comment on column public.notice_state.account is 'The account.';
comment on column public.notice_state.code is 'Code of the condition, such as mirror_overdue.';
comment on column public.notice_state.subject is 'What it is about, such as the number of a run; empty: the account, or all of its resources.';
comment on column public.notice_state.told is 'Kind of the last notice: raised, reminder or resolved. Null: none yet.';
comment on column public.notice_state.told_at is 'When that was.';
comment on column public.notice_state.red_since is 'Since when it has been red without a break. Null: it is not.';
comment on column public.notice_state.raise_at is 'When it may be told, if it lasts.';
comment on column public.notice_state.last_red_at is 'When it was last seen red.';
comment on column public.notice_state.items is 'Its facts when it was last seen red: a list of subject, since and facts.';
comment on table public.notice is 'What one channel is told about one change of a condition. No personal data. Kept for 90 days.';
comment on column public.notice.id is 'Sent with every attempt, so that a receiver recognises a repetition.';
comment on column public.notice.account is 'The account.';
comment on column public.notice.code is 'Code of the condition.';
comment on column public.notice.subject is 'What it is about; empty: the account, or all of its resources.';
comment on column public.notice.channel is 'webhook or email.';
comment on column public.notice.kind is 'raised, reminder or resolved.';
comment on column public.notice.items is 'What it says: a list of subject, since and facts.';
comment on column public.notice.occurred_at is 'When the condition changed.';
comment on column public.notice.state is 'waiting, sending, delivered or given_up.';
comment on column public.notice.attempts is 'Attempts so far.';
comment on column public.notice.next_attempt_at is 'When the next attempt is due; while it is being sent, when that attempt counts as lost; when it was given up.';
comment on column public.notice.give_up_at is 'A day after the first attempt, when it is given up.';
comment on column public.notice.delivered_at is 'When the receiver accepted it.';
comment on column public.notice.error is 'Why the last attempt failed.';
comment on table public.heartbeat is 'The last night of full syncs of an account, as HEARTBEAT_URL is told of it.';
comment on column public.heartbeat.account is 'The account.';
comment on column public.heartbeat.run_id is 'The run id of its pings.';
comment on column public.heartbeat.started_at is 'When its first full sync started.';
comment on column public.heartbeat.ended_at is 'When its last one ended and no other was due. Null: it is going on.';
comment on column public.heartbeat.failed is 'The resources whose full sync failed, separated by commas. Null: none.';
comment on column public.heartbeat.told is 'What the receiver was told last: start or end. Null: nothing yet.';
comment on column public.heartbeat.attempts is 'Attempts of the next ping so far.';
comment on column public.heartbeat.next_attempt_at is 'When it is due; while it is being sent, when that counts as lost.';
