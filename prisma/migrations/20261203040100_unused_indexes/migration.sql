-- No query of ours reads applications by the moment or by the campaign alone, and each page of new rows wrote both indexes.
drop index public.application_account_created_at_idx;
drop index public.application_account_campaign_id_idx;
-- The steps of a status are looked for where its category changes, which reads all steps of the account in half a second. Without this
-- index, no plan looks the steps of a batch up by the account alone.
drop index public.application_step_account_status_idx;
