-- A source is counted by its comparable form: case and white space do not make another source. Until now sources had ASCII alone.
with spelt as (
  delete from public.import_source returning account, source, intake, submitted_by, seen)
insert into public.import_source (account, source, intake, submitted_by, seen)
  select account, lower(regexp_replace(btrim(source), '\s+', ' ', 'g')), intake, submitted_by, sum(seen)
  from spelt group by 1, 2, 3, 4;
comment on column public.import_source.source is 'The source, in the form in which sources are compared.';
