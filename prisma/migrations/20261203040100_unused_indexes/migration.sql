-- No query of ours reads applications by the moment or by the campaign alone, and each page of new rows wrote both indexes.
drop index public.application_account_created_at_idx;
drop index public.application_account_campaign_id_idx;
