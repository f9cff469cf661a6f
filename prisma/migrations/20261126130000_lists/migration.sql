-- How many different rows a walk has brought: what bounds the requests of a list that tells no length.
alter table public.sync_walker add column fresh integer not null default 0;
-- What its pages have shown of the pagination header: believed; ignored, since the first page of the run contradicted it;
-- contradicted, since a later page did. See src/sync/header-trust.ts.
alter table public.sync_walker add column header text not null default 'believed';
