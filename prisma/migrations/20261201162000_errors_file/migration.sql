-- Files that `import --errors` wrote hold people of rejected lines, of whom the database has nothing: an erasure must find them there.
create table public.import_errors_file (
  account text not null,
  host text not null,
  path text not null,
  at timestamptz(3) not null default clock_timestamp(),
  primary key (account, host, path)
);

comment on table public.import_errors_file is 'Files of rejected lines that import --errors wrote. An erasure takes the lines of the person out of those on its machine.';
comment on column public.import_errors_file.account is 'The account.';
comment on column public.import_errors_file.host is 'The machine on which the file is.';
comment on column public.import_errors_file.path is 'The whole path of the file.';
comment on column public.import_errors_file.at is 'When it was begun.';
