/** The circuit breaker: pauses imports while the outcome of one request after the other is unknown. */
import type { Executor } from "../../database/client.ts";

/** The circuit breaker opens at the `from`-th unknown outcome in a row. Its pause doubles each time, from `firstMs` up to `mostMs`. */
const BREAKER = { from: 3, firstMs: 60_000, mostMs: 900_000 } as const;

/** Counts a request of unknown outcome. From the third in a row on, the circuit breaker pauses imports, longer each time. */
export async function countFailure(tx: Executor, account: string): Promise<void> {
  await tx.importPause.createMany({ data: { account }, skipDuplicates: true });
  const { failures } = await tx.importPause.findUniqueOrThrow({ where: { account } });
  const over = failures + 1 - BREAKER.from;
  const pauseMs = over < 0 ? null : Math.min(BREAKER.mostMs, BREAKER.firstMs * 2 ** Math.min(over, 10));
  await tx.$executeRaw`
    update public.import_pause set failures = least(failures + 1, 1000),
      paused_until = clock_timestamp() + ${pauseMs}::integer * interval '1 millisecond'
    where account = ${account}`;
}

/** Resets the circuit breaker after a clear answer, and makes due at once what was postponed. */
export async function closeCircuit(tx: Executor, account: string): Promise<void> {
  const { count } = await tx.importPause.updateMany({
    where: { account, OR: [{ failures: { gt: 0 } }, { pausedUntil: { not: null } }] },
    data: { failures: 0, pausedUntil: null },
  });
  if (count === 0) return;
  await tx.$executeRaw`
    update public.applicant_import set not_before = null where id in (
      select id from public.applicant_import where account = ${account} and state = 'ready' and not_before is not null
      for update skip locked)`;
}

/**
 * Returns whether a trial request is in flight, so that no other may be sent. After a pause one request at a time is tried until one has
 * a clear answer; otherwise each slot of each worker would send one before the first answer arrives.
 */
export async function isTrialInFlight(tx: Executor, account: string): Promise<boolean> {
  const [row] = await tx.$queryRaw<{ trial: boolean }[]>`
    select c.failures >= ${BREAKER.from}::integer and exists (select from public.applicant_import i
      where i.account = c.account and i.state = 'sending') as trial
    from public.import_pause c where c.account = ${account}`;
  return row?.trial ?? false;
}
