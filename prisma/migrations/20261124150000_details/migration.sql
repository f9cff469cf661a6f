-- Rows that a list showed without the embedded data that was asked for. A run completes some of them one by one;
-- run_id is the run that has taken a row up, attempts how often asking for it has failed.
create table undetailed (
  account text not null,
  resource text not null,
  id bigint not null,
  since timestamptz(3) not null default now(),
  attempts smallint not null default 0,
  run_id integer,
  primary key (account, resource, id)
);
create index undetailed_run_id_idx on undetailed (run_id);

-- details: rows taken up for this run, null before that; detailed: those completed; detail_failures: those that were not.
alter table sync_run
  add column details integer,
  add column detailed integer not null default 0,
  add column detail_failures integer not null default 0;
