-- A migration of its own: facts are made under locks of both tables, taken the other way round.
-- The steps of a status are looked for where its category changes, which reads all steps of the account in half a second. Without this
-- index, no plan looks the steps of a batch up by the account alone.
drop index public.application_step_account_status_idx;
