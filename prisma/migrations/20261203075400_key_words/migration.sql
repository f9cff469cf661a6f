comment on column public.privacy_key.id is 'Fingerprint of the key, from which the key cannot be derived.';
