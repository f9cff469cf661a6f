/** Forms by which an operator decides, and what is said of what could not be decided. */
import { LONGEST_WHY, type Decider } from "../../database/audit.ts";
import { AppError } from "../../platform/errors.ts";
import type { Language, Text } from "../../platform/language.ts";
import { redactText } from "../../platform/redact.ts";
import type { PageContext } from "./context.ts";
import { html, type Fragment } from "./html.ts";
import type { Screen, Visit } from "./route.ts";
import { wordsIn } from "./words.ts";

const TEXTS = {
  why: { en: "Why (optional)", fr: "Pourquoi (facultatif)" },
  whyHint: {
    en: "Kept in the audit for good. Name no people.",
    fr: "Conservé pour toujours dans le journal des décisions. N'y nommez personne.",
  },
  refused: { en: "Nothing was decided", fr: "Rien n'a été décidé" },
  back: { en: "Look at it again", fr: "Regardez-le de nouveau" },
  viewer: { en: "Only the user operator decides.", fr: "Seul l'utilisateur operator décide." },
} as const satisfies Readonly<Record<string, Text>>;

interface Form {
  readonly action: string;
  readonly language: Language;
  readonly button: string;
  /** It reaches people, or cannot be taken back. */
  readonly isDanger?: boolean;
  /** What was shown when the form was made: a decision about anything else is refused. */
  readonly shown?: Readonly<Record<string, string | number>>;
  readonly fields?: Fragment;
}

/** A form with a reason for the audit. */
export function decisionForm({ action, language, button, isDanger = false, shown = {}, fields }: Form): Fragment {
  const t = wordsIn(TEXTS, language);
  const id = `why-${action.replaceAll(/\W+/g, "-")}`;
  return html`<form method="post" action="${action}">
    ${Object.entries(shown).map(([name, value]) => html`<input type="hidden" name="${name}" value="${String(value)}" />`)}
    ${fields ?? ""}
    <p>
      <label for="${id}">${t("why")}</label><br />
      <textarea
        id="${id}"
        name="why"
        rows="2"
        cols="50"
        maxlength="${LONGEST_WHY}"
        aria-describedby="${id}-hint"
      ></textarea
      ><br />
      <span id="${id}-hint" class="soft">${t("whyHint")}</span>
    </p>
    <p><button type="submit" class="${isDanger ? "danger" : "plain"}">${button}</button></p>
  </form>`;
}

/** The reason that was typed; null: none. */
export function whyOf({ form }: Visit): string | null {
  const why = form.get("why")?.trim() ?? "";
  return why === "" ? null : why;
}

/** The person as the audit names it, with the reason that was typed; null: the form asks for none. */
export function deciderOf(visit: Visit, why: string | null = whyOf(visit)): Decider {
  return { source: "page", role: "operator", name: visit.person.name, why: why === null ? null : redactText(why) };
}

/** Where a decision of a person is stored. */
export function storeOf({ database, config }: PageContext, visit: Visit) {
  return { database, account: config.account, by: deciderOf(visit) };
}

/** What a viewer reads in place of a form. */
export function forOperator({ person, language }: Visit, form: () => Fragment): Fragment {
  return person.role === "operator" ? form() : html`<p class="soft">${TEXTS.viewer[language]}</p>`;
}

/** Says why a decision was refused, with a link to what it was about. */
export function refusedScreen(language: Language, why: string, back: string): Screen {
  const t = wordsIn(TEXTS, language);
  const main = html`<p class="red" role="alert">${why}</p>
    <p><a href="${back}">${t("back")}</a></p>`;
  return { title: t("refused"), status: 409, main };
}

/** What `decide` leads to; an expected refusal becomes a screen. */
export async function orRefused<T>(
  { language }: Visit,
  back: string,
  codes: readonly string[],
  decide: () => Promise<T>,
): Promise<T | Screen> {
  try {
    return await decide();
  } catch (error) {
    if (error instanceof AppError && codes.includes(error.code))
      return refusedScreen(language, error.text[language], back);
    throw error;
  }
}
