import { LANGUAGES, type Language } from "../../platform/language.ts";
import { html, type Fragment } from "./html.ts";

const LOCALES: Readonly<Record<Language, string>> = { en: "en-GB", fr: "fr-FR" };
const UNITS = [
  ["day", 2 * 86_400, 86_400],
  ["hour", 2 * 3_600, 3_600],
  ["minute", 120, 60],
  ["second", 0, 1],
] as const;

/** Times as people of a language read them, in the time zone of the account. */
export interface Times {
  /** `26 Nov 2026, 02:10`, marked as a time; a dash for null. */
  readonly at: (time: Date | null) => Fragment;
  /** `02:10` */
  readonly clock: (time: Date) => string;
  /** `02:10:42` */
  readonly second: (time: Date) => string;
  /** `Thu 26 Nov` */
  readonly day: (time: Date) => string;
  /** `3 hours ago`, `in 5 minutes`: in the unit that a person would say. */
  readonly ago: (time: Date, now: Date) => string;
  /** `1 234 567` in French, `1,234,567` in English. */
  readonly number: (value: number) => string;
  readonly timezone: string;
}

/** Creates the times of each language. */
export function createTimes(timezone: string): Readonly<Record<Language, Times>> {
  const [en, fr] = LANGUAGES.map((language) => timesIn(language, timezone));
  if (en === undefined || fr === undefined) throw new Error("A language has no times.");
  return { en, fr };
}

function timesIn(language: Language, timeZone: string): Times {
  const locale = LOCALES[language];
  const format = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale, { timeZone, ...options });
  const full = format({ dateStyle: "medium", timeStyle: "short" });
  const clock = format({ timeStyle: "short" });
  const second = format({ timeStyle: "medium" });
  const day = format({ weekday: "short", day: "numeric", month: "short" });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: "always" });
  const numbers = new Intl.NumberFormat(locale);
  return {
    at: (time) => (time === null ? html`–` : html`<time datetime="${time.toISOString()}">${full.format(time)}</time>`),
    clock: (time) => clock.format(time),
    second: (time) => second.format(time),
    day: (time) => day.format(time),
    ago: (time, now) => {
      const seconds = (time.getTime() - now.getTime()) / 1_000;
      const [unit, , length] = UNITS.find(([, least]) => Math.abs(seconds) >= least) ?? (["second", 0, 1] as const);
      // What is right now has been: "0 seconds ago".
      return relative.format(Math.round(seconds / length) || -0, unit);
    },
    number: (value) => numbers.format(value),
    timezone: timeZone,
  };
}
