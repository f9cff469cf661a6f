-- The runs that wait for a decision, without a look at all others: the page and the scrape ask for them every few seconds.
create index sync_run_needs_review on public.sync_run (account, id desc) where state = 'needs_review';
