create table manager (
  account text not null,
  id bigint not null,
  email text,
  first_name text,
  last_name text,
  locale text,
  phone_code text,
  phone_number text,
  credentials text,
  created_at timestamptz(3),
  company_id bigint,
  company_slug text,
  raw jsonb not null,
  hash text not null,
  first_seen_at timestamptz(3) not null default now(),
  changed_at timestamptz(3) not null default now(),
  deleted_at timestamptz(3),
  primary key (account, id)
);

create table entity (
  account text not null,
  id bigint not null,
  name text,
  reference text,
  color text,
  logo_url text,
  created_at timestamptz(3),
  company_id bigint,
  company_slug text,
  raw jsonb not null,
  hash text not null,
  first_seen_at timestamptz(3) not null default now(),
  changed_at timestamptz(3) not null default now(),
  deleted_at timestamptz(3),
  primary key (account, id)
);

create table unit (
  account text not null,
  id bigint not null,
  entity_id bigint,
  name text,
  reference text,
  created_at timestamptz(3),
  raw jsonb not null,
  hash text not null,
  first_seen_at timestamptz(3) not null default now(),
  changed_at timestamptz(3) not null default now(),
  deleted_at timestamptz(3),
  primary key (account, id)
);
