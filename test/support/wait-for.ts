import { setTimeout as sleep } from "node:timers/promises";

const POLL_MS = 25;

/**
 * Asks again and again until `fact` gives something that is not null, undefined or false, and returns that. Fails with
 * `what` after `timeoutMs`, which is there to end a broken test and is no expectation.
 */
export async function waitFor<T>(
  what: string,
  fact: () => T | Promise<T>,
  timeoutMs = 50_000,
): Promise<Exclude<Awaited<T>, null | undefined | false>> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    const found = await fact();
    if (isThere(found)) return found;
    if (performance.now() > end) throw new Error(`Waited in vain: ${what}`);
    await sleep(POLL_MS);
  }
}

function isThere<T>(found: T): found is Exclude<T, null | undefined | false> {
  return found !== null && found !== undefined && found !== false;
}
