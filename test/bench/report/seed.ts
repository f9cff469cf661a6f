import type { Client } from "pg";
import { ACCOUNT } from "../support/environment.ts";

const STATUSES = `array['Nouveau', 'Reçue', 'En cours d''étude', 'Présélection', 'Entretien RH', 'Entretien manager', 'Proposition', 'Embauché', 'Refusé', 'Désistement']`;
const MOVES = 4;

/** The status of application `n` after so many moves. */
const statusOf = (moves: string) => `(${STATUSES})[1 + (n + ${moves} * (1 + n % 3)) % 10]`;
/** When application `n` came to it: they arrive over three years, and every move takes up to ten days. */
const movedAt = (moves: string) =>
  `date_trunc('milliseconds', now() - interval '40 days' - (n::bigint * 7919 % 94608000) * interval '1 s' + ${moves} * (1 + n % 9) * interval '25 h')`;

/**
 * Fills a new database with so many applications and five changes of each, as three years of syncs leave them, without the triggers that
 * keep the facts of reports.
 */
export async function seedReports(client: Client, applications: number): Promise<void> {
  const run = (sql: string) => client.query(sql, [ACCOUNT, applications]);
  await client.query("set session_replication_role = replica");
  await client.query(
    `insert into public.account (account, kind, environment, api_host) values ('${ACCOUNT}', 'sandbox', 'bench', '127.0.0.1') on conflict do nothing`,
  );
  await client.query(
    `insert into public.campaign (account, id, name, status, is_online, created_at, last_activation_at, raw, hash)
     select '${ACCOUNT}', n, 'Offre ' || n, case when n % 4 = 0 then 'online' else 'archived' end, n % 4 = 0, now() - interval '3 years',
       now() - n * interval '1 day', '{}', md5(n::text) from generate_series(0, 999) n`,
  );
  await run(
    `insert into public.application (account, id, campaign_id, applicant_id, status, status_changed_at, is_complete, source, created_at,
       status_history, raw, hash, first_seen_at, changed_at, deleted_at)
     select $1, n, n % 1000, n % 300000, ${statusOf(String(MOVES))}, ${movedAt(String(MOVES))}, n % 10 > 0, 'source ' || n % 12, ${movedAt("0")},
       jsonb_build_array(jsonb_build_object('value', ${statusOf("0")}, 'date', ${movedAt("0")}),
         jsonb_build_object('value', ${statusOf(String(MOVES))}, 'date', ${movedAt(String(MOVES))})),
       jsonb_build_object('id', n, 'note', repeat('x', 300)), md5(n::text), ${movedAt("0")} + interval '1 h', ${movedAt(String(MOVES))},
       case when n % 50 = 0 then now() - interval '10 days' end from generate_series(1, $2::integer) n`,
  );
  // In the order of time, as a mirror writes them: what belongs to one application lies far apart.
  await run(
    `insert into public.change (account, resource, row_id, at, kind, before, after)
     select $1, 'application', n, ${movedAt("move")} + interval '1 h', case when move = 0 then 'inserted' else 'updated' end,
       case when move > 0 then jsonb_build_object('status', ${statusOf("(move - 1)")}, 'status_changed_at', ${movedAt("(move - 1)")}) end,
       case when move > 0 then jsonb_build_object('status', ${statusOf("move")}, 'status_changed_at', ${movedAt("move")}) end
     from generate_series(0, ${MOVES}) move, generate_series(1, $2::integer) n`,
  );
  await run(
    `insert into public.applicant_import (account, key, source, intake, bulk, person, first_name, email, applicant_id, applicant_state, created_at, finished_at)
     select $1, 'k' || n, 'source ' || n % 5, 'file', true, sha256(n::text::bytea), 'Ann', 'a' || n || '@example.org', n, 'sent', now(), now()
     from generate_series(1, $2::integer / 10) n`,
  );
  await run(
    `insert into public.sync_run (account, resource, kind, trigger, state, started_at, finished_at, rows)
     select $1, resource, case when n % 50 = 0 then 'full' else 'incremental' end, 'schedule', case when n % 50 = 0 then 'proven' else 'done' end,
       now() - n * interval '15 min', now() - n * interval '15 min', $2::integer
     from generate_series(0, 10000) n, unnest(array['campaigns', 'applications', 'applicants', 'managers', 'entities', 'units']) resource`,
  );
  await client.query("set session_replication_role = origin");
  await client.query("vacuum (freeze, analyze)");
}
