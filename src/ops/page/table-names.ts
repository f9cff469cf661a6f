/** What people call the tables that hold people. */
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
