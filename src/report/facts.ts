/** The facts that reports read of applications that a sync has written. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Database } from "../database/client.ts";

/** A batch takes about a fifth of a second. */
const BATCH = 1_000;
const BUSY = { times: 100, ms: 100 } as const;

/** Of how many applications the reports still show what was known before; one that changed twice counts twice. */
export async function countPending(database: Database, account: string): Promise<number> {
  const [row] = await database.$queryRaw<{ count: number }[]>`
    select coalesce(sum(cardinality(application_ids)), 0)::int as count from public.pending_fact where account = ${account}`;
  return row?.count ?? 0;
}

export interface Making {
  readonly signal?: AbortSignal | undefined;
  /** Receives how many of them are made, after each batch. */
  readonly onMade?: ((made: number, all: number) => void) | undefined;
}

/**
 * Makes the facts of all applications that wait for it, batch by batch, each in a transaction of its own: a process that is killed
 * leaves the others to the next one. Ends early if `signal` is aborted, or if another process makes facts for longer than ten seconds.
 */
export async function makeFacts(database: Database, account: string, { signal, onMade }: Making = {}): Promise<void> {
  const all = onMade === undefined ? 0 : await countPending(database, account);
  let total = 0;
  for (let waited = 0; waited < BUSY.times;) {
    if (signal?.aborted === true) return;
    const made = await makeBatch(database, account);
    if (made === 0) return;
    waited = made === null ? waited + 1 : 0;
    if (made === null) await sleep(BUSY.ms);
    total += made ?? 0;
    onMade?.(Math.min(total, all), all);
  }
}

/** Of how many applications it made the facts; null: another process is making some. */
async function makeBatch(database: Database, account: string): Promise<number | null> {
  const [row] = await database.$queryRaw<{ made: number | null }[]>`
    select public.make_pending_facts(${account}, ${BATCH}) as made`;
  return row?.made ?? null;
}
