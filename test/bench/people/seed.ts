import type { Client } from "pg";
import { ACCOUNT } from "../support/environment.ts";

/** The id of the person who is erased: with applications, changes and an import. */
export const PERSON = 7;

/**
 * Fills a new database as a large account has it after a year: people with three applications each and a change of each application, a tenth
 * of them imported, closed for the most part.
 */
export async function seedPeople(client: Client, applications: number): Promise<void> {
  const people = Math.ceil(applications / 3);
  const run = (sql: string, ...values: readonly unknown[]) => client.query(sql, [ACCOUNT, ...values]);
  await client.query("set session_replication_role = replica");
  await run(
    "insert into public.account (account, kind, environment, api_host) values ($1, 'customer', 'sandbox', '127.0.0.1')",
  );
  await run(
    `insert into public.status_category (account, status, category) values ($1, 'Refusé', 'refused'), ($1, 'Nouveau', 'new')`,
  );
  await run(
    `insert into public.applicant (account, id, email, email_key, first_name, last_name, city, created_at, raw, hash, first_seen_at, changed_at)
     select $1, n, n || '@example.org', n || '@example.org', 'Ann', 'Martin ' || n, 'Lyon', at, jsonb_build_object('id', n, 'email',
       n || '@example.org', 'note', repeat('x', 300)), md5(n::text), at, at
     from generate_series(1, $2::integer) n, lateral (select now() - interval '30 s' * (n % 1000000) as at) t`,
    people,
  );
  await run(
    `insert into public.application (account, id, campaign_id, applicant_id, status, status_changed_at, created_at, tags, comments, raw, hash,
       first_seen_at, changed_at)
     select $1, n, n % 1000, 1 + n % $3::integer, case when n % $3 % 10 = 0 then 'Nouveau' else 'Refusé' end, at, at, '{cadre}',
       '[{"text": "a comment"}]', jsonb_build_object('id', n, 'status', 'Refusé', 'note', repeat('x', 300)), md5(n::text), at, at
     from generate_series(1, $2::integer) n, lateral (select now() - interval '30 s' * (n % 1000000) as at) t`,
    applications,
    people,
  );
  await run(
    `insert into public.change (account, resource, row_id, at, kind, before, after)
     select $1, 'application', n, now() - interval '100 s' * n, 'updated', '{"status": "Nouveau", "tags": ["a"]}', '{"status": "Refusé", "tags": ["b"]}'
     from generate_series(1, $2::integer) n`,
    applications,
  );
  await run(
    `insert into public.applicant_import (account, key, source, intake, bulk, person, first_name, email, applicant_id, applicant_state,
       created_at, finished_at)
     select $1, 'k' || n, 'bench', 'file', true, public.import_person(n || '@example.org'), 'Ann', n || '@example.org', n, 'sent',
       now() - interval '5 min' * n, now() from generate_series(1, $2::integer / 10) n`,
    people,
  );
  await run(
    `insert into public.import_event (import_id, at, step, from_state, to_state)
     select id, now(), 'applicant', from_state, to_state from public.applicant_import,
       (values (null, 'draft'), ('draft', 'ready'), ('ready', 'sending'), ('sending', 'sent')) s (from_state, to_state) where account = $1`,
  );
  await run(
    `insert into public.sync_run (account, resource, kind, trigger, state, started_at, finished_at)
     select $1, 'applications', 'full', 'schedule', 'proven', now(), now()`,
  );
  await client.query("set session_replication_role = origin");
  await client.query("vacuum (freeze, analyze)");
}
