-- The bounds of 20261126195000_inbox hold of every row that is written, old ones included: a rejected import of before with a
-- longer value could be neither tried again nor erased. Only rows that a check refused have such values; they are cut.
alter table public.applicant_import disable trigger user;
update public.applicant_import set
  account = left(account, 50), key = left(key, 500), source = left(source, 500), email = left(email, 500),
  first_name = left(first_name, 500), last_name = left(last_name, 500), locale = left(locale, 500),
  phone_code = left(phone_code, 500), phone_number = left(phone_number, 500), iso_country = left(iso_country, 500),
  avatar_url = left(avatar_url, 2500), bio_url = left(bio_url, 2500), consent_how = left(consent_how, 10000),
  consent_wording = left(consent_wording, 10000)
where octet_length(account) > 200
  or greatest(octet_length(key), octet_length(source), octet_length(email), octet_length(first_name), octet_length(last_name),
    octet_length(locale), octet_length(phone_code), octet_length(phone_number), octet_length(iso_country)) > 2000
  or greatest(octet_length(avatar_url), octet_length(bio_url)) > 10000
  or greatest(octet_length(consent_how), octet_length(consent_wording)) > 40000;
alter table public.applicant_import enable trigger user;
