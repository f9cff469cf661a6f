-- Workers note since when nothing is wrong, too.
comment on table public.condition_since is 'Since when a worker has seen a condition of an account, as long as it lasts, and since when nothing is wrong.';
comment on column public.condition_since.code is 'Code of the condition, such as clock_skew; quiet: nothing is wrong that a sentence of the overview tells of.';
comment on column public.condition_since.subject is 'What it is about; empty: the account; of quiet: the sentence.';
