/** What people call the tables that hold people. */
import type { ExportedTable } from "../../people/export/exported.ts";
import type { TableOfPeople } from "../../people/find/rows.ts";
import type { Text } from "../../platform/language.ts";

/** `import_request`: the answers to requests of the HTTP intake. */
export const TABLE_NAMES: Readonly<Record<TableOfPeople | "import_request", Text>> = {
  applicant: { en: "Applicants", fr: "Candidats" },
  application: { en: "Applications", fr: "Candidatures" },
  change: { en: "History of changes", fr: "Historique des modifications" },
  quarantine: { en: "Objects in quarantine", fr: "Objets en quarantaine" },
  applicant_import: { en: "Imports", fr: "Imports" },
  import_event: { en: "History of imports", fr: "Historique des imports" },
  import_resume: { en: "CVs", fr: "CV" },
  import_request: { en: "Answers to requests over HTTP", fr: "Réponses à des requêtes HTTP" },
};

export function isTableName(name: string): name is keyof typeof TABLE_NAMES {
  return name in TABLE_NAMES;
}

/** What a table holds of one person. */
export const CONTENTS: Readonly<Record<ExportedTable, Text>> = {
  applicant: { en: "The person, as Kelio ATS shows them", fr: "La personne, telle que Kelio ATS la montre" },
  application: { en: "Applications", fr: "Candidatures" },
  change: { en: "What changed, with the former values", fr: "Ce qui a changé, avec les anciennes valeurs" },
  quarantine: { en: "Data of Kelio ATS that could not be read", fr: "Données de Kelio ATS qui n'ont pas pu être lues" },
  applicant_import: {
    en: "Handed in to be sent to Kelio ATS, and from where",
    fr: "Remis pour envoi à Kelio ATS, et leur provenance",
  },
  import_event: { en: "What became of it", fr: "Ce qu'il en est advenu" },
  import_resume: { en: "CVs", fr: "CV" },
  application_fact: {
    en: "What reports derive of the applications",
    fr: "Ce que les rapports déduisent des candidatures",
  },
  application_step: {
    en: "Which status each application had for how long",
    fr: "Les statuts de chaque candidature et leur durée",
  },
  application_state: {
    en: "Which status each application had when",
    fr: "Le statut de chaque candidature à chaque moment",
  },
  retention_person: {
    en: "On the notice list: will be erased at the end of the period",
    fr: "Sur la liste de préavis : sera effacé à la fin de la durée de conservation",
  },
  suppression: {
    en: "Suppressed: not copied from Kelio ATS any more, and never sent there",
    fr: "Bloqué : n'est plus copié depuis Kelio ATS, et n'y est jamais envoyé",
  },
  erasure: { en: "Erasures and suppressions", fr: "Effacements et blocages" },
  import_request: { en: "Answers to the programs that handed it in", fr: "Réponses aux programmes qui l'ont remis" },
  pending_detail: { en: "Still to be asked of Kelio ATS", fr: "Reste à demander à Kelio ATS" },
};
