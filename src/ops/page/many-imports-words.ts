/** What decisions about many imports are called, where they are taken, and the links that lead there. */
import type { Language, Text } from "../../platform/language.ts";
import { html, type Fragment } from "./html.ts";
import { wordsIn } from "./words.ts";

export const TEXTS = {
  holdSource: { en: "Hold all imports of this source", fr: "Suspendre tous les imports de cette source" },
  releaseSource: { en: "Release all imports of this source", fr: "Libérer tous les imports de cette source" },
  releaseCampaign: {
    en: "Release all imports that the API refused for this campaign",
    fr: "Libérer tous les imports refusés par l'API pour cette offre",
  },
  holdSourceMeans: {
    en: "Those that wait now are held. Imports that arrive later are not.",
    fr: "Ceux qui attendent en ce moment sont suspendus. Ceux qui arriveront plus tard ne le sont pas.",
  },
  releaseSourceMeans: {
    en: "They are sent, whatever holds them, except what a kill switch that is on holds. Where a consent lacks evidence, it is sent without it, and the vendor e-mails the person.",
    fr: "Ils partent, quel que soit le motif de la suspension, sauf ce que retient un arrêt d'urgence activé. Un accord sans preuve n'est pas transmis, et l'éditeur envoie un e-mail à la personne.",
  },
  releaseCampaignMeans: {
    en: "They are sent again, because the campaign may be open now.",
    fr: "Ils sont envoyés de nouveau, car l'offre est peut-être ouverte maintenant.",
  },
  count: { en: "Imports", fr: "Imports" },
  none: { en: "There is no such import: nothing to decide.", fr: "Il n'y a pas de tel import : rien à décider." },
  stale: {
    en: "It is about another number of imports now than when the form was shown.",
    fr: "Le nombre d'imports concernés a changé depuis que le formulaire a été affiché.",
  },
} as const satisfies Readonly<Record<string, Text>>;

export const MANY_DECISIONS = ["holdSource", "releaseSource", "releaseCampaign"] as const;
export type ManyDecision = (typeof MANY_DECISIONS)[number];

export const PATHS: Readonly<Record<ManyDecision, string>> = {
  holdSource: "/ops/sources/hold",
  releaseSource: "/ops/sources/release",
  releaseCampaign: "/ops/campaigns/release",
};

/** Links to the decisions about what a list of imports is filtered by. */
export function manyImportsLinks(language: Language, source: string, campaign: bigint | null): Fragment {
  const t = wordsIn(TEXTS, language);
  const link = (decision: ManyDecision, subject: string) =>
    html`<li><a href="${PATHS[decision]}?subject=${encodeURIComponent(subject)}">${t(decision)}</a></li>`;
  if (source === "" && campaign === null) return html``;
  return html`<ul>
    ${source !== "" && [link("holdSource", source), link("releaseSource", source)]}
    ${campaign !== null && link("releaseCampaign", String(campaign))}
  </ul>`;
}
