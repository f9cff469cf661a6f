-- Whom retention will erase, and since when that is announced: nobody is erased who has not stood here for the days of notice.
create table public.retention_person (
  account text not null,
  applicant_id bigint not null,
  clock text not null,
  due_on date not null,
  announced_on date not null,
  erase_on date not null,
  primary key (account, applicant_id)
);
create index retention_person_erase_on on public.retention_person (account, erase_on);

-- How far each clock of an account has been applied.
create table public.retention_clock (
  account text not null,
  clock text not null,
  since timestamptz(3) not null default clock_timestamp(),
  done_on date,
  done_at timestamptz(3),
  primary key (account, clock)
);

-- Whom retention has erased stays empty like a suppressed person, until new activity; they are known by their ids, without a key, and may
-- apply and be imported again.
alter table public.suppression alter column key_id drop not null, drop constraint suppression_kind_check, drop constraint suppression_check,
  add constraint suppression_kind_check check (kind in ('email', 'applicant', 'retention')),
  add constraint suppression_check check ((kind = 'email') = (applicant_id is null) and (kind = 'retention') = (key_id is null));
create index suppression_retention on public.suppression (account, created_at) where kind = 'retention';
comment on column public.suppression.kind is 'email, or applicant: the vendor''s id; retention: erased by retention, until new activity.';
comment on column public.suppression.hash is 'HMAC-SHA-256 of the account and the e-mail in its comparable form, or the id; of retention, the id itself.';
comment on column public.suppression.key_id is 'Fingerprint of the key of the hash. Null: retention, which has none.';

comment on table public.retention_person is 'The notice list: people whom retention will erase, by id.';
comment on column public.retention_person.account is 'The account.';
comment on column public.retention_person.applicant_id is 'The person (applicant.id).';
comment on column public.retention_person.clock is 'refused, pool or deleted: which period ends.';
comment on column public.retention_person.due_on is 'The first day after the period.';
comment on column public.retention_person.announced_on is 'Since when the person stands here.';
comment on column public.retention_person.erase_on is 'From when the person is erased: due_on, or the end of the days of notice if that is later.';
comment on table public.retention_clock is 'How far each clock of RETENTION has been applied.';
comment on column public.retention_clock.account is 'The account.';
comment on column public.retention_clock.clock is 'The name of the clock, as in RETENTION.';
comment on column public.retention_clock.since is 'When a worker applied it for the first time, or tried to.';
comment on column public.retention_clock.done_on is 'The last day for which all that was due was erased. Null: none yet.';
comment on column public.retention_clock.done_at is 'When that was done.';
