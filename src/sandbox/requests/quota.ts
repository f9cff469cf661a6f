const MINUTE_MS = 60_000;

export interface QuotaOptions {
  /** Requests a minute. */
  readonly limit: number;
  readonly window: "rolling" | "fixed";
  /** Whether a request that was refused for the quota counts too. True by default, which is the worst variant of Q6. */
  readonly countRefused?: boolean;
  /** For how long every request is refused once the quota was exceeded, in milliseconds. By default there is no ban. */
  readonly banMs?: number;
}

/** The vendor's quota (reference 6), counted per key. Null lifts it. */
export function createQuota(options: QuotaOptions | null, now: () => number) {
  if (options === null) return { count: (): boolean => true };
  const { limit, window, countRefused = true, banMs = 0 } = options;
  const countedByKey = new Map<number, number[]>();
  const bannedUntil = new Map<number, number>();

  const startOfWindow = (at: number): number =>
    window === "rolling" ? at - MINUTE_MS : Math.floor(at / MINUTE_MS) * MINUTE_MS - 1;

  return {
    /** Counts a request of this key; false if it is over the quota. */
    count(key: number): boolean {
      const at = now();
      if (at < (bannedUntil.get(key) ?? 0)) return false;
      const start = startOfWindow(at);
      const counted = (countedByKey.get(key) ?? []).filter((time) => time > start);
      const granted = counted.length < limit;
      if (granted || countRefused) counted.push(at);
      countedByKey.set(key, counted);
      if (!granted && banMs > 0) bannedUntil.set(key, at + banMs);
      return granted;
    },
  };
}

export type Quota = ReturnType<typeof createQuota>;
