create table public.condition_since (
  account text not null,
  code text not null,
  subject text not null,
  since timestamptz(3) not null,
  primary key (account, code, subject)
);
comment on table public.condition_since is 'Since when a worker has seen a condition of an account, as long as it lasts.';
comment on column public.condition_since.account is 'The account.';
comment on column public.condition_since.code is 'Code of the condition, such as clock_skew.';
comment on column public.condition_since.subject is 'What it is about; empty: the account.';
comment on column public.condition_since.since is 'When it was first seen; of no_worker: when a worker last ran.';
