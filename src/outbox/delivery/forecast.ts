/** When the imports that wait will have been sent, by the quota, the caps and the quiet hours. Pure. */
import type { ImportConfig } from "../../config/config.ts";
import { endOfQuiet, minutesUntil } from "./quiet-hours.ts";

/** What takes most of the time until the last import is sent. */
export type Limit = "quota" | "hour_cap" | "day_cap" | "quiet_hours";

export interface Waiting {
  readonly imports: number;
  /** How many of them begin with the creation of an applicant: caps count these. */
  readonly applicants: number;
}

export interface Pacing extends Pick<ImportConfig, "perHour" | "perDay" | "quietHours"> {
  readonly timezone: string;
  /** Imports a minute while nothing but the quota limits them. */
  readonly perMinute: number;
  /** When nothing closes the gate any more but the caps and the quiet hours. */
  readonly from: Date;
  /** Creations of the last 24 hours, some at a time, the oldest first. */
  readonly created: readonly CreationCount[];
}

export interface CreationCount {
  readonly at: Date;
  readonly count: number;
}

export interface Forecast {
  readonly lastAt: Date;
  readonly limit: Limit;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** What is sent within one step counts as sent at its end. */
const STEP_MS = 30 * MINUTE_MS;
/** From there on the pace so far is assumed to last. */
const MOST_STEPS = 2_000;

export function forecastDelivery({ imports, applicants }: Waiting, pacing: Pacing): Forecast {
  const { perHour, perDay, quietHours, timezone, perMinute, created } = pacing;
  const share = applicants / imports;
  const caps = [
    { limit: "hour_cap", most: perHour, ms: HOUR_MS },
    { limit: "day_cap", most: perDay, ms: 24 * HOUR_MS },
  ] as const;
  let past = created.map(({ at, count }) => ({ at: at.getTime(), count }));
  const spent: Record<Limit, number> = { quota: 0, hour_cap: 0, day_cap: 0, quiet_hours: 0 };
  const start = pacing.from.getTime();
  let [time, left] = [start, imports];

  const pass = (limit: Limit, until: number) => {
    spent[limit] += until - time;
    time = until;
  };
  const usedIn = (ms: number) => past.reduce((sum, { at, count }) => (at > time - ms ? sum + count : sum), 0);

  for (let step = 0; left > 1e-6 && step < MOST_STEPS; step += 1) {
    const quiet = quietHours === null ? null : endOfQuiet(quietHours, timezone, new Date(time));
    if (quiet !== null) {
      pass("quiet_hours", quiet.getTime());
      continue;
    }
    past = past.filter(({ at }) => at > time - 24 * HOUR_MS);
    const rooms = caps.map(({ most, ms }) => (most === null || share === 0 ? Infinity : (most - usedIn(ms)) / share));
    const full = caps.find((_, n) => (rooms[n] ?? 0) < 1e-6);
    if (full !== undefined) {
      const oldest = past.find(({ at }) => at > time - full.ms)?.at ?? time;
      pass(full.limit, oldest + full.ms);
      continue;
    }
    const untilQuiet = quietHours === null ? Infinity : minutesUntil(quietHours.from, timezone, new Date(time));
    const sent = Math.min(left, ...rooms, (STEP_MS / MINUTE_MS) * perMinute, Math.max(1, untilQuiet) * perMinute);
    pass("quota", time + (sent / perMinute) * MINUTE_MS);
    past.push({ at: time, count: sent * share });
    left -= sent;
  }
  const lastAt = left > 1e-6 && left < imports ? time + ((time - start) * left) / (imports - left) : time;
  return { lastAt: new Date(lastAt), limit: longestOf(spent) };
}

function longestOf(spent: Readonly<Record<Limit, number>>): Limit {
  const limits = ["quota", "hour_cap", "day_cap", "quiet_hours"] as const;
  return limits.toSorted((a, b) => spent[b] - spent[a])[0] ?? "quota";
}
