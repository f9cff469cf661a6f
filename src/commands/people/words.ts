/** The words of `people`. States are codes in both languages. */
import type { Language } from "../../platform/language.ts";

const EN = {
  table: "table",
  rows: "rows",
  applicant: "applicant",
  application: "application",
  firstSeen: "first seen",
  vendor: "Kelio ATS",
  there: "has it",
  gone: "gone since",
  campaign: "campaign",
  status: "status",
  state: "state",
  came: "came",
  erased: "erased",
  holds: {
    applicant: "the person, as Kelio ATS shows them",
    application: "their applications",
    change: "what changed in these, with the former values",
    quarantine: "objects of the API that could not become rows",
    applicant_import: "imports of the person",
    import_event: "what happened to these imports",
    import_resume: "their CVs",
  },
  answers: "answers to requests of the HTTP intake, by id",
  nothing: (account: string) => `Account ${account} keeps nothing of this person.`,
  formerly: (ids: string) =>
    `Not counted: applicants who had this address formerly: ${ids}. Look at each: applicant-sync people show --applicant ID`,
};

const FR: typeof EN = {
  table: "table",
  rows: "lignes",
  applicant: "candidat",
  application: "candidature",
  firstSeen: "vu depuis",
  vendor: "Kelio ATS",
  there: "présent",
  gone: "absent depuis",
  campaign: "campagne",
  status: "statut",
  state: "état",
  came: "arrivé",
  erased: "effacé",
  holds: {
    applicant: "la personne, telle que Kelio ATS la montre",
    application: "ses candidatures",
    change: "leurs modifications, avec les anciennes valeurs",
    quarantine: "objets de l'API qui n'ont pas pu devenir des lignes",
    applicant_import: "imports de la personne",
    import_event: "ce qui est arrivé à ces imports",
    import_resume: "ses CV",
  },
  answers: "réponses à des requêtes HTTP, par identifiant",
  nothing: (account) => `Le compte ${account} ne conserve rien de cette personne.`,
  formerly: (ids) =>
    `Non comptés : candidats qui ont eu cette adresse auparavant : ${ids}. Voyez chacun : applicant-sync people show --applicant ID`,
};

export const WORDS: Readonly<Record<Language, typeof EN>> = { en: EN, fr: FR };
