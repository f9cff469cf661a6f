-- A label for a reason that has joined: the view as it is, and one row more.
do $$
begin
  execute format('create or replace view report.label as %s union all select ''reason'', ''suppressed'', %s::bigint, %L, %L',
    rtrim(pg_get_viewdef('report.label'::regclass), '; '), (select max(position) + 1 from report.label where kind = 'reason'),
    'The person is not to be stored', 'Personne à ne pas conserver');
end
$$;
