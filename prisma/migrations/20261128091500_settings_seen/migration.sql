-- What the settings of a worker were at its last start, so that the audit can name those that have changed since.

create table public.settings_seen (
  account text primary key,
  at timestamptz(3) not null default clock_timestamp(),
  shown jsonb not null,
  hidden jsonb not null
);

comment on table public.settings_seen is 'The settings with which a worker of an account was started last. No secret can be told from it.';
comment on column public.settings_seen.account is 'The account.';
comment on column public.settings_seen.at is 'When the worker was started.';
comment on column public.settings_seen.shown is 'The values of settings that are no secret, by name. Null: unset.';
comment on column public.settings_seen.hidden is 'Fingerprints of secrets, URLs and addresses, by name, made with KELIO_SECRET_KEY: equal while the value is.';
