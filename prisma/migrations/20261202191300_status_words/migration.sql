-- The same category in every database: what lower() makes of a letter depends on the locale of the database (of I in Turkish, for one),
-- and once accents are off only ASCII is compared.
create or replace function public.guess_status_category(status text) returns text stable strict language sql
set search_path = pg_catalog, pg_temp as $$
  select w.category from public.status_word w
  where btrim(regexp_replace(lower(translate(normalize(status, nfc), 'àâäáãçéèêëîïíìôöóòõùûüúñÀÂÄÁÃÇÉÈÊËÎÏÍÌÔÖÓÒÕÙÛÜÚÑ',
    'aaaaaceeeeiiiiooooouuuunaaaaaceeeeiiiiooooouuuun') collate "C"), '[^a-z0-9]+', ' ', 'g')) ~ w.pattern
  order by w.position limit 1
$$;
