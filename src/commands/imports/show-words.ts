/** The words of `imports show`. States are codes in both languages: `--state` takes them. */
import { perLanguage } from "../../platform/language.ts";

export const WORDS = perLanguage({
  key: { en: "key", fr: "clé" },
  by: { en: "by", fr: "par" },
  file: { en: "file", fr: "fichier" },
  line: { en: "line", fr: "ligne" },
  company: { en: "company", fr: "société" },
  campaign: { en: "campaign", fr: "offre" },
  state: { en: "state", fr: "état" },
  dismissed: { en: "dismissed", fr: "classé le" },
  why: { en: "why", fr: "motif" },
  applicant: { en: "applicant", fr: "candidat" },
  application: { en: "application", fr: "candidature" },
  consent: { en: "consent", fr: "accord" },
  submitted: { en: "submitted", fr: "fourni" },
  none: { en: "none", fr: "aucun" },
  reportedAs: { en: "; reported to the API as", fr: " ; transmis à l'API :" },
  mailed: { en: "the vendor e-mails the person", fr: "l'éditeur écrit à la personne" },
  notMailed: { en: "none expected", fr: "aucun attendu" },
  resume: { en: "résumé", fr: "CV" },
  unchecked: { en: "not yet checked", fr: "pas encore vérifié" },
  bytes: { en: "bytes", fr: "octets" },
  notes: { en: "notes", fr: "remarques" },
  requests: { en: "requests", fr: "requêtes" },
  came: { en: "came", fr: "reçu le" },
  finished: { en: "finished", fr: "terminé le" },
  erased: { en: "erased", fr: "effacé le" },
  when: { en: "when", fr: "quand" },
  step: { en: "step", fr: "étape" },
  yes: { en: "true", fr: "oui" },
  no: { en: "false", fr: "non" },
  origin: {
    en: { created: "created", existing: "existing", found: "found", reported: "reported" },
    fr: { created: "créé", existing: "déjà présent", found: "retrouvé", reported: "indiqué par une personne" },
  },
  originUnknown: { en: "origin unknown", fr: "origine inconnue" },
  other: {
    en: (id: string, key: string) => `Import ${id} has the key ${key}: applicant-sync imports show ${id}`,
    fr: (id, key) => `L'import ${id} a pour clé ${key} : applicant-sync imports show ${id}`,
  },
});

export type ShowWords = (typeof WORDS)["en"];
