/** What a notice says: what, since when, what to do, where to read on. In the language of the account, in its time zone. */
import { fill, type Language, type Text } from "../../platform/language.ts";
import { describeCondition } from "../state/describe.ts";
import { plain } from "../../platform/text.ts";
import type { Notice, NoticeItem } from "./notice.ts";

export interface TextOptions {
  readonly account: string;
  readonly environment: string;
  readonly language: Language;
  readonly timezone: string;
  /** The page of the worker; null: unknown. */
  readonly pageUrl: string | null;
}

export interface NoticeText {
  /** One line: the kind and what it is about. */
  readonly title: string;
  /** What, and since when: one line for each thing that it is about. */
  readonly what: readonly string[];
  /** What to do, one line each. Empty: nothing. */
  readonly next: readonly string[];
  /** An URL, or a section of the docs. */
  readonly link: string;
  /** Which installation it is. */
  readonly footer: string;
}

const TITLES = {
  raised: { en: "Action needed: {what}", fr: "À traiter : {what}" },
  reminder: { en: "Reminder: {what}", fr: "Rappel : {what}" },
  resolved: { en: "Resolved: {what}", fr: "Résolu : {what}" },
  test: { en: "Test: notices arrive here.", fr: "Test : les avis arrivent ici." },
} as const satisfies Readonly<Record<Notice["kind"], Text>>;

/** In characters: with the link and the footer, the whole stays within what every receiver takes. */
const MOST = { title: 250, what: 800, next: 400 } as const;
const LEFT: Text = { en: "And {count} more.", fr: "Et {count} {count|autre|autres}." };
const MORE: Text = { en: "{what} (and {count} more)", fr: "{what} (et {count} {count|autre|autres})" };
const SINCE: Text = { en: "{what} Since {time}.", fr: "{what} Depuis le {time}." };
const OVER: Text = { en: "It is good again since {time}.", fr: "Tout est rentré dans l'ordre le {time}." };
const FOOTER: Text = {
  en: "applicant-sync, account {account}, {environment}",
  fr: "applicant-sync, compte {account}, {environment}",
};
const TEST_DOCS = "docs/notices.md";

export function textOf(notice: Notice, options: TextOptions): NoticeText {
  const { language } = options;
  const say = (text: Text, facts: Parameters<typeof fill>[1] = {}) => fill(text, facts)[language];
  const time = (at: Date) => spellTime(at, options);
  const described = notice.items.flatMap((item) => describe(notice, item, language));
  const [first, ...others] = described;
  const what = first?.text ?? "";
  const several = others.length === 0 ? what : say(MORE, { what, count: others.length });
  const lines = described.map(({ text, since }) =>
    since === null ? text : say(SINCE, { what: text, time: time(since) }),
  );
  const isOver = notice.kind === "resolved";
  return {
    title: plain(say(TITLES[notice.kind], { what: several }), MOST.title),
    what: [...shortened(lines, MOST.what, language), ...(isOver ? [say(OVER, { time: time(notice.occurredAt) })] : [])],
    next: isOver ? [] : shortened([...new Set(described.map(({ next }) => next))], MOST.next, language),
    link: options.pageUrl ?? first?.docs ?? TEST_DOCS,
    footer: say(FOOTER, { account: options.account, environment: options.environment }),
  };
}

/** The first lines, and how many are left. */
function shortened(lines: readonly string[], most: number, language: Language): readonly string[] {
  const ends = lines.map((_, n) => lines.slice(0, n + 1).join("\n").length);
  const kept = Math.max(1, ends.filter((end) => end <= most).length);
  const count = lines.length - kept;
  return count <= 0 ? lines : [...lines.slice(0, kept), fill(LEFT, { count })[language]];
}

function describe({ code }: Notice, { since, facts }: NoticeItem, language: Language) {
  return code === null ? [] : [{ ...describeCondition({ code, facts }, language), since }];
}

/** `26 November 2026 at 03:10`, `26 novembre 2026 à 03:10`. */
function spellTime(at: Date, { language, timezone }: TextOptions): string {
  return at.toLocaleString(language === "fr" ? "fr-FR" : "en-GB", {
    dateStyle: "long",
    timeStyle: "short",
    timeZone: timezone,
  });
}

/** The whole as plain text, without its title. */
export function plainTextOf({ what, next, link, footer }: NoticeText, language: Language): string {
  return [...what, ...next.map((one) => `${TO_DO[language]} ${one}`), `${MORE_AT[language]} ${link}`, footer].join(
    "\n\n",
  );
}

export const TO_DO: Text = { en: "What to do:", fr: "Que faire :" };
export const MORE_AT: Text = { en: "More:", fr: "Plus d'informations :" };
