-- What leads to everything of one person without reading whole tables: the imports that name them by the vendor's id, and the
-- changes of an address.
create index applicant_import_applicant on public.applicant_import (account, applicant_id) where applicant_id is not null;
create index change_email on public.change (account, row_id) where resource = 'applicant' and before ? 'email';
