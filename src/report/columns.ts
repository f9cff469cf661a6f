/** How a column of an answer is headed. */
import type { Language } from "../platform/language.ts";

export interface Column {
  readonly en: string;
  readonly fr: string;
  /** It is shown in this language alone. */
  readonly only?: Language;
}

export const column = (en: string, fr: string): Column => ({ en, fr });

/** Columns that several answers have. */
export const COUNTS = {
  applications: column("applications", "candidatures"),
  hired: column("hired", "embauches"),
  open: column("open", "ouvertes"),
  month: column("month", "mois"),
  category: {
    category_en: { ...column("stage", ""), only: "en" },
    category_fr: { ...column("", "étape"), only: "fr" },
  },
  campaign: { campaign_id: column("campaign", "offre"), name: column("title", "intitulé") },
} as const;
