-- The e-mail of an applicant in its comparable form (src/email-key.ts), by which a person is known in whatever spelling. SQL can
-- write it only where nothing but case differs; the rest is null until the next start fills it in.
alter table public.applicant add column email_key text;
update public.applicant set email_key = pg_catalog.lower(email collate "C")
where email collate "C" ~ '^[!-?A-~]{1,100}@[A-Za-z0-9.-]{1,100}[A-Za-z]$' and email collate "C" !~* '@.*xn--';
create index applicant_account_email_key_idx on public.applicant (account, email_key);
create index applicant_without_email_key on public.applicant (account, id) where email is not null and email_key is null;

-- The one above takes their place: an e-mail of 3 kB does not fit into an index.
drop index public.applicant_account_email_idx;
drop index public.applicant_account_lower_email;
