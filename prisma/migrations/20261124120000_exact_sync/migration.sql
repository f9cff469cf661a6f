-- A run now says what it proved. Runs of before read a list to its end and proved nothing.
update sync_run set state = 'unproven' where state in ('complete', 'incomplete');
alter table sync_run
  add column accepted boolean not null default false,
  add column witness text,
  add column seen integer,
  add column least_total integer,
  add column overlapping integer,
  add column restored integer,
  add column known integer,
  add column candidates integer,
  add column deleted integer,
  add column refuted integer;

alter table sync_walker
  add column order_by text not null default 'created_at',
  add column status text,
  add column since date,
  add column reach integer not null default 0,
  add column page_rows smallint not null default 50,
  add column own_pages boolean not null default false,
  add column drift integer not null default 0,
  add column calm smallint not null default 0,
  add column wary smallint not null default 0;
update sync_walker set reach = (next_page - 1) * per_page;

alter table sync_page
  add column received integer not null default 0,
  add column restored integer not null default 0,
  add column contiguous boolean not null default true,
  add column overlapping boolean not null default false;
update sync_page set received = cardinality(ids) + quarantined;

create table sync_candidate (
  run_id integer not null,
  id bigint not null,
  state text not null,
  primary key (run_id, id),
  foreign key (run_id) references sync_run (id) on delete cascade on update cascade
);

create table change (
  account text not null,
  resource text not null,
  row_id bigint not null,
  id bigserial not null,
  at timestamptz(3) not null default now(),
  kind text not null,
  before jsonb,
  after jsonb,
  run_id integer,
  primary key (account, resource, row_id, id)
);
create index change_account_at_idx on change using brin (account, at);

-- How long each application stood in each status, as far as the mirror has seen it change; `left_at` null: it still does.
create view application_status_time as
with step as (
  select account, row_id, id, before ->> 'status' as old_status,
    (before ->> 'status_changed_at')::timestamptz as old_since,
    coalesce((after ->> 'status_changed_at')::timestamptz, at) as at
  from change where resource = 'application' and after ? 'status'
), span as (
  select step.account, step.row_id, step.old_status as status,
    coalesce(lag(step.at) over of_row, step.old_since, application.created_at, application.first_seen_at) as entered_at,
    step.at as left_at
  from step join application on application.account = step.account and application.id = step.row_id
  window of_row as (partition by step.account, step.row_id order by step.id)
  union all
  select application.account, application.id, application.status,
    coalesce(last.at, application.status_changed_at, application.created_at, application.first_seen_at),
    application.deleted_at
  from application left join lateral (
    select at from step where step.account = application.account and step.row_id = application.id
    order by step.id desc limit 1) last on true
)
select account, row_id as application_id, status, entered_at, left_at,
  coalesce(left_at, now()) - entered_at as time_in_status
from span;
