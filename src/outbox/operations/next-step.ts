import { fill, type Language, type Text } from "../../platform/language.ts";
import { localTime } from "../../platform/text.ts";
import { reasonOf } from "../import/reasons.ts";
import { inLanguage } from "../import/sentences.ts";
import { stepOf, type ImportRow } from "../import/row.ts";
import type { StepState } from "../import/states.ts";

type Known = Pick<
  ImportRow,
  "id" | "applicantState" | "applicationState" | "reasonCode" | "notBefore" | "email" | "source" | "campaignId"
>;

/** What happens next in each state, unless the reason has a next step of its own. */
export const OF_STATE: Readonly<Record<StepState, Text>> = {
  draft: { en: "A worker checks it next.", fr: "Il est vérifié ensuite." },
  held: {
    en: "Check it, then: applicant-sync imports release {id}, or applicant-sync imports drop {id}",
    fr: "Vérifiez-le, puis : applicant-sync imports release {id}, ou applicant-sync imports drop {id}",
  },
  waiting: {
    en: "It is sent once the applicant is there.",
    fr: "Il est envoyé dès que le candidat est dans le compte.",
  },
  ready: { en: "A worker sends it next.", fr: "Il est envoyé ensuite." },
  sending: { en: "A request is in flight.", fr: "Une requête est en cours." },
  sent: { en: "Nothing: it is done.", fr: "Rien : c'est terminé." },
  unknown: {
    en: "A worker looks it up before it is sent again. To look it up at once: applicant-sync imports retry {id}",
    fr: "Il est recherché dans le compte avant tout nouvel envoi. Pour le rechercher aussitôt : applicant-sync imports retry {id}",
  },
  needs_review: {
    en: "Check the account, then: applicant-sync imports resolve {id} with --applicant or --application and the id found there, or with --absent or --drop",
    fr: "Vérifiez le compte, puis : applicant-sync imports resolve {id} avec --applicant ou --application et l'identifiant trouvé, ou avec --absent ou --drop",
  },
  rejected: {
    en: "Fix what the reason names and import it again, dismiss it (applicant-sync imports dismiss {id}), or try it as it is: applicant-sync imports retry {id}",
    fr: "Corrigez ce que le motif indique et importez-le de nouveau, classez-le (applicant-sync imports dismiss {id}), ou retentez-le tel quel : applicant-sync imports retry {id}",
  },
};

export const OF_ERASED: Text = {
  en: "Its data has been erased: import the person again.",
  fr: "Ses données ont été effacées : importez de nouveau la personne.",
};
export const OF_POSTPONED: Text = { en: "A worker sends it after {until}.", fr: "Il est envoyé après {until}." };

export interface Explained {
  /** Null: the import has no reason. */
  readonly reason: Text | null;
  readonly next: Text;
}

/**
 * Explains to people why an import is where it is, what happens next with it, and what they can do. `reset`: the command that turns the
 * kill switch off.
 */
export function explain(row: Known, reset: string): Explained {
  const { state } = stepOf(row);
  const { id, source, campaignId, notBefore } = row;
  const postponed = notBefore === null ? "" : localTime(notBefore);
  const facts = { id: String(id), source, campaign: String(campaignId), until: postponed, reset };
  const why = reasonOf(row.reasonCode);
  const own = why?.state === state ? why.next : undefined;
  const isErased = state === "rejected" && row.email === null;
  const next = isErased ? OF_ERASED : state === "ready" && notBefore !== null ? OF_POSTPONED : (own ?? OF_STATE[state]);
  return { reason: why === null ? null : fill(why.text, facts), next: fill(next, facts) };
}

/** Returns the reason in a language: the text of its code, unless the row says more than that. */
export function reasonIn(language: Language, written: string | null, ofCode: Text | null): string | null {
  if (ofCode !== null && (written === null || written === ofCode.en)) return ofCode[language];
  return written === null ? null : inLanguage(language, written);
}
