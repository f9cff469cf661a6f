-- Which database this is, so that a copy or a restored backup is noticed before it sends what has been sent already.
create table public.database_identity (
  only_one boolean primary key default true check (only_one),
  -- Names this history in the marks that are kept outside the database; a new one after each copy or restore that was noticed.
  id uuid not null default gen_random_uuid(),
  -- What the server says of itself, null where it may not be read: system identifier, oid of the database, timeline, version.
  system text,
  database bigint not null,
  timeline text,
  version integer not null,
  -- Of an embedded one: what tells its directory from a copy of it.
  place text
);

-- How many steps the outbox of an account has taken: compared with what was seen outside the database.
create table public.import_progress (
  account text primary key,
  steps bigint not null
);

-- When the database of an account was last found to be a copy or an older backup, and when a person decided to go on.
create table public.import_restore (
  account text primary key,
  code text not null,
  found_at timestamptz(3) not null default clock_timestamp(),
  decided_at timestamptz(3)
);

-- When a look-up last showed that what an import is to create is not there.
alter table public.applicant_import add column looked_at timestamptz(3);
