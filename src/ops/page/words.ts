import { fill, type Facts, type Language, type Text } from "../../platform/language.ts";

/** What several screens call the same. */
const COMMON = {
  resource: { en: "Resource", fr: "Ressource" },
  state: { en: "State", fr: "État" },
  kind: { en: "Kind", fr: "Type" },
  trigger: { en: "Started by", fr: "Lancée par" },
  started: { en: "Started", fr: "Début" },
  rows: { en: "Rows", fr: "Lignes" },
  requests: { en: "Requests", fr: "Requêtes" },
  pages: { en: "Pages", fr: "Pages" },
  quarantined: { en: "In quarantine", fr: "En quarantaine" },
  error: { en: "Error", fr: "Erreur" },
  campaign: { en: "Campaign", fr: "Offre" },
  why: { en: "Why", fr: "Pourquoi" },
  yes: { en: "yes", fr: "oui" },
  no: { en: "no", fr: "non" },
} as const satisfies Readonly<Record<string, Text>>;

/** What a screen says, in one language, with its facts. */
export type Words<K extends string> = (name: K | keyof typeof COMMON, facts?: Facts) => string;

/** The texts of a table, which go before the common ones of the same name. */
export function wordsIn<K extends string>(texts: Readonly<Record<K, Text>>, language: Language): Words<K> {
  const all: Readonly<Record<K | keyof typeof COMMON, Text>> = { ...COMMON, ...texts };
  return (name, facts = {}) => fill(all[name], facts)[language];
}
