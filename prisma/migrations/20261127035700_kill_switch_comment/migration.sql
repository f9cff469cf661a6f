-- What writes the kill switch: people, and what throws it by itself.
comment on table public.import_control is 'The kill switch of an account. A person throws it and turns it off; a refused key or a restored database throws it too.';
