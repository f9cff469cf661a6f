-- What the last check of the audit found. A fault is a condition as long as it is there.
create table public.audit_check (
  account text not null primary key,
  checked_at timestamptz(3) not null default clock_timestamp(),
  decisions integer not null,
  head text,
  last_decision bigint,
  fault text,
  decision bigint,
  since timestamptz(3)
);

comment on table public.audit_check is 'What the last check of the audit of each account found.';
comment on column public.audit_check.account is 'The account.';
comment on column public.audit_check.checked_at is 'When it was checked.';
comment on column public.audit_check.decisions is 'How many decisions were linked when it was last found whole.';
comment on column public.audit_check.head is 'The last hash then, in hexadecimal: the chain must have it ever after. Null: there was none.';
comment on column public.audit_check.last_decision is 'The decision of that hash.';
comment on column public.audit_check.fault is 'What is wrong: changed, removed, unlinked, gap or cut. Null: nothing.';
comment on column public.audit_check.decision is 'The first decision that is touched. Null: none is.';
comment on column public.audit_check.since is 'When that was found first. Null: nothing is wrong.';
