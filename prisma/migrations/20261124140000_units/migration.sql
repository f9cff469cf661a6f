-- A walker may read the list of one parent: the units of one entity.
alter table sync_walker add column parent bigint;
