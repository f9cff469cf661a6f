create table campaign (
  account text not null,
  id bigint not null,
  name text,
  slug text,
  status text,
  created_at timestamptz(3),
  last_activation_at timestamptz(3),
  job_type text,
  job_field text,
  working_time text,
  remote_level text,
  education_level text,
  experience_level text,
  stages text[],
  video_host text,
  description text,
  profile text,
  salary_min numeric,
  salary_max numeric,
  salary_currency text,
  cover_url text,
  is_draft boolean,
  is_online boolean,
  company_id bigint,
  company_slug text,
  entity_id bigint,
  entity_name text,
  entity_reference text,
  unit_id bigint,
  unit_name text,
  unit_reference text,
  address text,
  street_number text,
  street text,
  zipcode text,
  city text,
  country text,
  iso_country text,
  administrative_area_level_1 text,
  administrative_area_level_2 text,
  administrative_area_level_3 text,
  latitude double precision,
  longitude double precision,
  tags text[],
  channels text[],
  raw jsonb not null,
  hash text not null,
  first_seen_at timestamptz(3) not null default now(),
  changed_at timestamptz(3) not null default now(),
  deleted_at timestamptz(3),
  primary key (account, id)
);
create index campaign_account_status_idx on campaign (account, status);

create table application (
  account text not null,
  id bigint not null,
  campaign_id bigint,
  applicant_id bigint,
  status text,
  status_changed_at timestamptz(3),
  current_stage text,
  is_complete boolean,
  source text,
  created_at timestamptz(3),
  company_id bigint,
  company_slug text,
  entity_id bigint,
  tags text[],
  skills text[],
  comments jsonb,
  status_history jsonb,
  raw jsonb not null,
  hash text not null,
  first_seen_at timestamptz(3) not null default now(),
  changed_at timestamptz(3) not null default now(),
  deleted_at timestamptz(3),
  primary key (account, id)
);
create index application_account_campaign_id_idx on application (account, campaign_id);
create index application_account_applicant_id_idx on application (account, applicant_id);
create index application_account_status_idx on application (account, status);
create index application_account_created_at_idx on application (account, created_at);

create table applicant (
  account text not null,
  id bigint not null,
  email text,
  first_name text,
  last_name text,
  locale text,
  phone_code text,
  phone_number text,
  iso_country text,
  avatar_url text,
  bio_url text,
  is_partner_newsletter_active boolean,
  is_campaign_alert_active boolean,
  is_legals_accepted_by_manager boolean,
  created_at timestamptz(3),
  company_id bigint,
  company_slug text,
  address text,
  street_number text,
  street text,
  zipcode text,
  city text,
  country text,
  administrative_area_level_1 text,
  administrative_area_level_2 text,
  administrative_area_level_3 text,
  latitude double precision,
  longitude double precision,
  pools text[],
  raw jsonb not null,
  hash text not null,
  first_seen_at timestamptz(3) not null default now(),
  changed_at timestamptz(3) not null default now(),
  deleted_at timestamptz(3),
  primary key (account, id)
);
create index applicant_account_email_idx on applicant (account, email);

create table sync_run (
  id serial not null primary key,
  account text not null,
  resource text not null,
  kind text not null,
  trigger text not null,
  state text not null,
  started_at timestamptz(3) not null default now(),
  finished_at timestamptz(3),
  total integer,
  pages integer,
  rows integer,
  inserted integer,
  updated integer,
  unchanged integer,
  quarantined integer,
  error_code text,
  error_message text
);
create index sync_run_account_resource_started_at_idx on sync_run (account, resource, started_at desc);

create table sync_walker (
  run_id integer not null,
  "index" smallint not null,
  step integer not null default 0,
  next_page integer not null,
  per_page integer not null,
  repeats integer not null default 0,
  total integer,
  ended_by text,
  primary key (run_id, "index"),
  foreign key (run_id) references sync_run (id) on delete cascade on update cascade
);

create table sync_page (
  run_id integer not null,
  walker smallint not null,
  step integer not null,
  page integer not null,
  per_page integer not null,
  total integer,
  ids bigint[] not null,
  inserted integer not null,
  updated integer not null,
  unchanged integer not null,
  quarantined integer not null,
  read_at timestamptz(3) not null default now(),
  primary key (run_id, walker, step)
);

create table quarantine (
  account text not null,
  resource text not null,
  fingerprint text not null,
  reason text not null,
  raw jsonb not null,
  run_id integer not null,
  first_seen_at timestamptz(3) not null default now(),
  last_seen_at timestamptz(3) not null default now(),
  primary key (account, resource, fingerprint)
);

create table api_request (
  id bigserial not null primary key,
  account text not null,
  at timestamptz(3) not null default clock_timestamp(),
  method text not null,
  path text not null,
  status smallint,
  duration_ms integer,
  bytes integer,
  error_kind text,
  job text
);
create index api_request_account_at_idx on api_request (account, at);

create table schedule_tick (
  account text not null,
  name text not null,
  expression text not null,
  next_at timestamptz(3) not null,
  primary key (account, name)
);

create table account (
  account text not null primary key,
  kind text not null,
  environment text not null,
  api_host text not null
);

-- A run that is still going is not started twice.
create unique index sync_run_running_key on sync_run (account, resource) where state = 'running';
