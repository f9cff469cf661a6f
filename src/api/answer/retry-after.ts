const CAP_MS = 10 * 60_000;

/**
 * How long the server asks us to wait, in milliseconds, from `Retry-After` in seconds or as an HTTP date; 0 where it
 * says nothing readable, at most ten minutes whatever it says. `now`: milliseconds since the epoch.
 */
export function retryAfterMs(header: string | undefined, now: number): number {
  const text = header?.trim() ?? "";
  const asked = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now;
  return Number.isFinite(asked) ? Math.min(Math.max(Math.ceil(asked), 0), CAP_MS) : 0;
}
