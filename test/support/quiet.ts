import type { Database } from "../../src/database/client.ts";

export interface Restless {
  readonly database: Database;
  readonly account: string;
  readonly reconcilePending: () => Promise<void>;
  /** Resolves when the queue holds nothing that can run, or at least had time for it. */
  readonly idle: () => Promise<void>;
  /** Requests that began longer ago than this, in seconds, have lost their worker. */
  readonly lostAfter: number;
}

/** Several times what any test needs. In hours of the outbox: a limit in real time would end it midway on a slow machine. */
const MOST_HOURS = 300;

/**
 * Lets an hour pass for an outbox at a time, with the maintenance task after each, until every import rests, but no more than
 * `MOST_HOURS`: the test finds what still moves then.
 */
export async function quiet({ database, account, reconcilePending, idle, lostAfter }: Restless): Promise<void> {
  for (let hours = 0; hours < MOST_HOURS; hours += 1) {
    await reconcilePending();
    await idle();
    if (!(await isRestless(database, account))) return;
    await letAnHourPass(database, account, lostAfter);
  }
}

/** Whether an import still waits for anything but a person. */
export async function isRestless(database: Database, account: string): Promise<boolean> {
  const [row] = await database.$queryRaw<{ restless: boolean }[]>`
    select exists (select from public.applicant_import i where account = ${account} and (state in ('draft', 'sending', 'unknown')
      or (state = 'held' and refusals = 1 and reason_code in ('offer_refused', 'resume_refused')
        and not exists (select from public.import_control c where c.account = i.account and c.held))
      or (state = 'ready' and not exists (
        select from public.applicant_import o where o.account = i.account and o.person = i.person and o.id <> i.id
          and o.company_id is not distinct from i.company_id
          and o.state = 'needs_review')))) as restless`;
  return row?.restless ?? false;
}

/** What waits for a time waits no more; the clock of the database cannot be moved. A row in the hands of a worker is left to the next hour. */
export async function letAnHourPass(database: Database, account: string, lostAfter: number): Promise<void> {
  await database.$executeRaw`
    update public.applicant_import set not_before = null, unknown_since = unknown_since - interval '1 hour'
    where id in (select id from public.applicant_import
      where account = ${account} and state in ('ready', 'unknown') order by id for update skip locked)`;
  await database.$executeRaw`
    update public.applicant_import set claimed_at = claimed_at - interval '1 hour'
    where id in (select id from public.applicant_import
      where account = ${account} and state = 'sending'
        and claimed_at <= clock_timestamp() - make_interval(secs => ${lostAfter}::double precision) order by id for update skip locked)`;
  await database.$executeRaw`
    update public.applicant_import set claimed_at = claimed_at - interval '1 hour'
    where id in (select id from public.applicant_import
      where account = ${account} and state = 'held' and refusals = 1 order by id for update skip locked)`;
  await endApiPause(database, account);
  await endPause(database, account);
}

/** Ends a pause that a 403 has brought, and the turn of the request that was to leave first. */
export async function endApiPause(database: Database, account: string): Promise<void> {
  await database.$executeRaw`delete from public.api_pause where account = ${account}`;
}

/** Ends a pause that unknown outcomes have brought. Returns whether there was one. */
export async function endPause(database: Database, account: string): Promise<boolean> {
  const paused = await database.$executeRaw`
    update public.import_pause set paused_until = null, failures = 0 where account = ${account} and paused_until is not null`;
  if (paused === 0) return false;
  await database.$executeRaw`
    update public.applicant_import set not_before = null
    where id in (select id from public.applicant_import
      where account = ${account} and state = 'ready' and not_before is not null order by id for update skip locked)`;
  return true;
}
