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

/** What docs/retention.md explains with its sources. */
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
const PERIOD = /^([1-9]\d{0,3}) *(\p{Letter}+)$/u;
const DAYS = { day: 1, week: 7, month: 28, year: 365 } as const;
type Unit = keyof typeof DAYS;
/** English and French words, without accents. One letter is none: `m` is a month, or a minute. */
const UNITS: ReadonlyMap<string, Unit> = new Map([
  ...(["day", "days", "jour", "jours"] as const).map((word) => [word, "day"] as const),
  ...(["week", "weeks", "semaine", "semaines"] as const).map((word) => [word, "week"] as const),
  ...(["month", "months", "mois"] as const).map((word) => [word, "month"] as const),
  ...(["year", "years", "an", "ans", "annee", "annees"] as const).map((word) => [word, "year"] as const),
]);
/** The answers of the last week show which paths are open to the key. */
const LEAST_REQUEST_DAYS = 7;

const FORM = `off, france, or periods such as "refused=3 months, pool=2 years", also after france; the clocks are ${CLOCKS.join(", ")}, notice`;

/** `off` becomes null. */
export const retention = z.string().transform((text, context): RetentionConfig | null => {
  const read = readRetention(text);
  if (typeof read !== "string") return read;
  context.addIssue({ code: "custom", message: read });
  return z.NEVER;
});

/** The periods, or what would be right for each part that is wrong. */
function readRetention(text: string): RetentionConfig | null | string {
  const [first = "", ...others] = text.split(",").map((part) => part.trim());
  const name = first.toLowerCase();
  if (name === "off") return others.length === 0 ? null : FORM;
  const preset = Object.hasOwn(PRESETS, name) ? PRESETS[name] : undefined;
  const periods: Partial<Record<Clock, string>> = { ...preset };
  let noticeDays = NOTICE_DAYS;
  const set = new Set<string>();
  const wrong: string[] = [];
  for (const part of preset === undefined ? [first, ...others] : others) {
    const [, clock, written = ""] = /^([^=]*[^=\s])\s*=\s*(.*)$/.exec(part.toLowerCase()) ?? [];
    if (clock === undefined) return FORM;
    if (set.has(clock)) wrong.push(`${clock} once`);
    set.add(clock);
    const known = CLOCKS.find((one) => one === clock);
    const period = periodOf(written);
    if (clock === "notice") {
      if (period?.unit === "day" && period.count < 1_000) noticeDays = period.count;
      else wrong.push("notice in days, at least one, such as notice=30 days");
    } else if (known === undefined) return `${FORM} (${clock} is none)`;
    else if (written === "off") delete periods[known];
    else if (period === null)
      wrong.push(`${clock} as one period such as 30 days, 6 weeks, 3 months or 2 years, or off`);
    else if (known === "requests" && period.count * DAYS[period.unit] < LEAST_REQUEST_DAYS)
      wrong.push(`requests of at least ${LEAST_REQUEST_DAYS} days`);
    else periods[known] = `${period.count} ${period.unit}${period.count === 1 ? "" : "s"}`;
  }
  return wrong.length > 0 ? wrong.join("; ") : { periods, noticeDays };
}

/** Null: it is no period. */
function periodOf(text: string): { readonly count: number; readonly unit: Unit } | null {
  const [, count, word = ""] = PERIOD.exec(text) ?? [];
  const unit = UNITS.get(word.normalize("NFD").replaceAll(/\p{Mark}/gu, ""));
  return unit === undefined ? null : { count: Number(count), unit };
}
