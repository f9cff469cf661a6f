/** How long personal data is kept, as `RETENTION` says: a preset, a period for each clock, or both. */
import { z } from "zod";

/** What has a period of its own, in the order in which people read it. */
const CLOCKS = ["refused", "pool", "deleted", "history", "raw", "quarantine", "requests"] as const;
type Clock = (typeof CLOCKS)[number];

/** Periods as Postgres reads an interval; a clock without one keeps what it is about. */
type Periods = Readonly<Partial<Record<Clock, string>>>;

export interface RetentionConfig {
  readonly periods: Periods;
  /** For how many days people stand on the notice list before they are erased. */
  readonly noticeDays: number;
}

/** What docs/personal-data.md explains with its sources. */
const PRESETS: Readonly<Record<string, Periods>> = {
  france: {
    refused: "3 months",
    pool: "2 years",
    deleted: "1 month",
    history: "2 years",
    raw: "3 months",
    quarantine: "1 month",
    requests: "30 days",
  },
};

const NOTICE_DAYS = 30;
const PERIOD = /^([1-9]\d{0,3}) *(day|week|month|year)s?$/i;
const DAYS = { day: 1, week: 7, month: 28, year: 365 } as const;
/** The answers of the last week tell which paths are open to the key. */
const LEAST_REQUEST_DAYS = 7;

const FORM = `off, france, or periods such as "refused=3 months, pool=2 years", also after france; the clocks are ${CLOCKS.join(", ")}, notice`;

/** `off` becomes null. */
export const retention = z.string().transform((text, context): RetentionConfig | null => {
  const read = readRetention(text);
  if (typeof read !== "string") return read;
  context.addIssue({ code: "custom", message: read });
  return z.NEVER;
});

/** The periods, or what would be right. */
function readRetention(text: string): RetentionConfig | null | string {
  const [first = "", ...others] = text.split(",").map((part) => part.trim());
  const name = first.toLowerCase();
  if (name === "off") return others.length === 0 ? null : FORM;
  const preset = Object.hasOwn(PRESETS, name) ? PRESETS[name] : undefined;
  const periods: Partial<Record<Clock, string>> = { ...preset };
  let noticeDays = NOTICE_DAYS;
  const set = new Set<string>();
  for (const part of preset === undefined ? [first, ...others] : others) {
    const [, clock = "", period = ""] = /^(\w+) *= *(.*)$/.exec(part.toLowerCase()) ?? [];
    if (set.has(clock)) return `${clock} once`;
    set.add(clock);
    if (clock === "notice") {
      const days = /^(\d{1,3}) *days?$/.exec(period)?.[1];
      if (days === undefined) return "notice in days, such as notice=30 days";
      noticeDays = Number(days);
      continue;
    }
    const known = CLOCKS.find((one) => one === clock);
    if (known === undefined) return FORM;
    if (period === "off") delete periods[known];
    else if (daysOf(period) === null)
      return `${clock} as a period such as 30 days, 6 weeks, 3 months or 2 years, or off`;
    else if (known === "requests" && (daysOf(period) ?? 0) < LEAST_REQUEST_DAYS)
      return `requests of at least ${LEAST_REQUEST_DAYS} days`;
    else periods[known] = period.replace(/^(\d+) */, "$1 ");
  }
  return { periods, noticeDays };
}

/** At least so many days; null: it is no period. */
function daysOf(period: string): number | null {
  const [, count, unit] = PERIOD.exec(period) ?? [];
  const found = Object.entries(DAYS).find(([name]) => name === unit);
  return found === undefined ? null : Number(count) * found[1];
}
