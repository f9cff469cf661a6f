import { setTimeout as sleep } from "node:timers/promises";

/** How soon it asks again, at least and at most: after a tenth of the time that it has waited, for each question costs CPU. */
const [SOON_MS, LATE_MS] = [25, 200];

/**
 * Asks again and again until `fact` gives something that is not null, undefined or false, and returns that. Fails with
 * `what` after `timeoutMs`, which is there to end a broken test and is no expectation.
 */
export async function waitFor<T>(
  what: string,
  fact: () => T | Promise<T>,
  timeoutMs = 50_000,
): Promise<Exclude<Awaited<T>, null | undefined | false>> {
  const begun = performance.now();
  for (;;) {
    const found = await fact();
    if (isThere(found)) return found;
    const waited = performance.now() - begun;
    if (waited > timeoutMs) throw new Error(`Waited in vain: ${what}`);
    await sleep(Math.min(Math.max(waited / 10, SOON_MS), LATE_MS));
  }
}

function isThere<T>(found: T): found is Exclude<T, null | undefined | false> {
  return found !== null && found !== undefined && found !== false;
}
