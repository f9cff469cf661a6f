import type { Database } from "../../src/database.ts";

export interface Restless {
  readonly database: Database;
  readonly account: string;
  readonly sweep: () => Promise<void>;
  /** Resolves when the queue holds nothing that can run. */
  readonly idle: () => Promise<void>;
}

const ROUNDS = 12;

/** Lets an hour pass for an outbox at a time, with a sweep after each, until every import rests. */
export async function quiet({ database, account, sweep, idle }: Restless): Promise<void> {
  for (let round = 0; round < ROUNDS; round += 1) {
    await sweep();
    await idle();
    if (!(await isRestless(database, account))) return;
    await letAnHourPass(database, account);
  }
}

/** Whether an import still waits for anything but a person. */
async function isRestless(database: Database, account: string): Promise<boolean> {
  const [row] = await database.$queryRaw<{ restless: boolean }[]>`
    select exists (select from applicant_import i where account = ${account} and (state in ('draft', 'sending', 'unknown')
      or (state = 'ready' and not (select held from import_control where account = ${account}) and not exists (
        select from applicant_import o where o.account = i.account and o.person = i.person and o.id <> i.id
          and o.state = 'needs_review')))) as restless`;
  return row?.restless ?? false;
}

/** What waits for a time waits no more; the clock of the database cannot be moved. */
export async function letAnHourPass(database: Database, account: string): Promise<void> {
  await database.$executeRaw`
    update applicant_import set not_before = null,
      unknown_since = unknown_since - interval '1 hour',
      claimed_at = case when state = 'sending' then claimed_at - interval '1 hour' else claimed_at end
    where account = ${account} and state in ('ready', 'sending', 'unknown')`;
  await database.$executeRaw`update import_control set paused_until = null, trouble = 0 where account = ${account}`;
}
