-- Who decided what, when, from where and why. A row is written in the transaction of what it decides, and stays as it is.
create table public.audit (
  id bigserial primary key,
  account text not null,
  at timestamptz(3) not null default clock_timestamp(),
  source text not null check (source in ('command', 'page', 'http', 'worker')),
  role text not null check (role in ('operator', 'program')),
  name text check (char_length(name) <= 200),
  what text not null check (what ~ '^[a-z][a-z_]{0,39}$'),
  subjects text[] not null default '{}',
  why text check (char_length(why) <= 500),
  facts jsonb not null default '{}'
);
create index audit_account_at on public.audit (account, at desc, id desc);

-- A table without rows may be truncated, as the copy of a database into another one does with its target.
create function public.guard_audit() returns trigger language plpgsql
set search_path = pg_catalog, pg_temp as $$
begin
  if tg_op = 'TRUNCATE' and not exists (select from public.audit) then
    return null;
  end if;
  raise exception 'audit is append-only: its rows are neither changed nor deleted' using errcode = 'insufficient_privilege';
end
$$;
create trigger guard_audit before update or delete or truncate on public.audit
  for each statement execute function public.guard_audit();

comment on table public.audit is 'The decisions of people: who, when, from where, what and why. Append-only. No personal data.';
comment on column public.audit.id is 'Number of the decision.';
comment on column public.audit.account is 'The account.';
comment on column public.audit.at is 'When it was made.';
comment on column public.audit.source is 'From where: command, page or http; worker: noticed or done by a worker itself.';
comment on column public.audit.role is 'operator, or program where no person decided.';
comment on column public.audit.name is 'The user of the operating system who ran the command, or the name in the trusted header of the page. Null: not known.';
comment on column public.audit.what is 'What was decided, as a code.';
comment on column public.audit.subjects is 'The ids of what it is about: imports, a run, a source, a campaign, or names of settings.';
comment on column public.audit.why is 'The reason that the person gave. Null: none.';
comment on column public.audit.facts is 'Counts and codes of the decision, such as how many imports it moved.';
