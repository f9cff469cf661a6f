/** Codes as people read them. The labels are those of the reports. */
import type { Language, Text } from "../../platform/language.ts";

/** What people call a code of a kind. */
export interface CodeLabel extends Text {
  readonly kind: string;
  readonly code: string;
}

/** The steps of an import, and the states of one that no import has as a whole. */
const STEPS: Readonly<Record<string, Text>> = {
  applicant: { en: "Applicant", fr: "Candidat" },
  application: { en: "Application", fr: "Candidature" },
  waiting: { en: "Waits for the applicant", fr: "Attend le candidat" },
  sent: { en: "In the account", fr: "Dans le compte" },
};

/** How the id of a person or an application is known. */
const ORIGINS: Readonly<Record<string, Text>> = {
  created: { en: "created by this import", fr: "créé par cet import" },
  existing: { en: "was there before", fr: "existait déjà" },
  found: { en: "found by a lookup", fr: "trouvé par une recherche" },
  reported: { en: "reported by a person", fr: "indiqué par une personne" },
};

export interface Labels {
  /** A code that a later version has written stays as it is. */
  readonly of: (kind: string, code: string) => string;
  /** A step of an import, or its state. */
  readonly step: (code: string) => string;
  readonly origin: (code: string | null) => string;
  /** The choices of a kind, in their order. */
  readonly all: (kind: string) => readonly { readonly code: string; readonly label: string }[];
}

export function labelsIn(known: readonly CodeLabel[], language: Language): Labels {
  const of = (kind: string, code: string) =>
    known.find((one) => one.kind === kind && one.code === code)?.[language] ?? code;
  return {
    of,
    step: (code) => STEPS[code]?.[language] ?? of("import_state", code),
    origin: (code) => (code === null ? "–" : (ORIGINS[code]?.[language] ?? code)),
    all: (kind) => known.filter((one) => one.kind === kind).map((one) => ({ code: one.code, label: one[language] })),
  };
}
