import type { Client } from "pg";

interface Sizes {
  readonly rows: number;
  readonly imports: number;
  readonly requests: number;
}

/** A row of `raw` as the API gives it, shortened. */
const RAW = `jsonb_build_object('id', n, 'status', 'new', 'source', repeat('x', 300))`;

/** Fills a new database as a large account has it after a year: a proven mirror, imports most of which are done, a request log of 30 days. */
export async function seedOperations(
  client: Client,
  account: string,
  { rows, imports, requests }: Sizes,
): Promise<void> {
  const run = (sql: string, ...values: readonly unknown[]) => client.query(sql, [account, ...values]);
  await client.query("set session_replication_role = replica"); // Without the triggers of imports: these have a history.
  await run(
    `insert into public.application (account, id, campaign_id, applicant_id, status, created_at, raw, hash, changed_at, deleted_at)
     select $1, n, n % 500, n % 300000, (array['new', 'hired', 'refused', 'interview'])[1 + n % 4],
       now() - n * interval '30 s', ${RAW}, md5(n::text), now() - n * interval '20 s',
       case when n % 50 = 0 then now() end from generate_series(1, $2::integer) n`,
    rows,
  );
  await run(
    `insert into public.applicant (account, id, email_key, created_at, raw, hash, changed_at)
     select $1, n, n || '@example.org', now(), ${RAW}, md5(n::text), now() from generate_series(1, $2::integer) n`,
    Math.ceil(rows * 0.3),
  );
  await run(
    `insert into public.applicant_import (account, key, source, intake, bulk, person, first_name, email, applicant_id, applicant_state,
       application_state, reason_code, created_at, finished_at)
     select $1, 'k' || n, 'bench', 'file', true, sha256(n::text::bytea), 'Ann', 'a' || n || '@example.org', n,
       case when n % 100 = 0 then 'held' when n % 100 = 1 then 'rejected' when n % 50 = 3 then 'ready' else 'sent' end, null,
       case when n % 100 = 0 then 'by_hand' when n % 100 = 1 then 'invalid' end, now() - n * interval '5 min', now()
     from generate_series(1, $2::integer) n`,
    imports,
  );
  await run(
    `insert into public.import_event (import_id, at, step, from_state, to_state)
     select id, now() - (id * interval '1 min'), 'applicant', from_state, to_state
     from public.applicant_import, (values (null, 'draft'), ('draft', 'ready'), ('ready', 'sending'), ('sending', 'sent')) s (from_state, to_state)
     where account = $1`,
  );
  await run(
    `insert into public.api_request (account, at, method, path, status, duration_ms, bytes)
     select $1, now() - (n * interval '2592000 s' / $2::integer), 'GET', '/applications', 200, 120, 40000
     from generate_series(1, $2::integer) n order by n desc`,
    requests,
  );
  await run(
    `insert into public.sync_run (account, resource, kind, trigger, state, started_at, finished_at, total, pages, rows, known,
       inserted, updated, restored, deleted)
     select $1, resource, case when n % 50 = 0 then 'full' else 'incremental' end, 'schedule',
       case when n % 50 = 0 then 'proven' else 'done' end, now() - n * interval '15 min', now() - n * interval '15 min',
       $2::integer, 20000, $2, $2, 3, 2, 0, 1
     from generate_series(0, 10000) n, unnest(array['campaigns', 'applications', 'applicants', 'managers', 'entities', 'units']) resource
     order by n desc`,
    rows,
  );
  await client.query("set session_replication_role = origin");
  await client.query("vacuum analyze");
}
