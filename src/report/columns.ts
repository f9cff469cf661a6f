/** How a column of an answer is headed. */
import type { Language } from "../platform/language.ts";

export interface Column {
  readonly en: string;
  readonly fr: string;
  /** It is shown in this language alone. */
  readonly only?: Language;
  /** What its values are, where they are no texts, numbers or yes and no: a text may look like a day, too. */
  readonly is?: "day" | "moment";
}

export const column = (en: string, fr: string): Column => ({ en, fr });
export const day = (en: string, fr: string): Column => ({ en, fr, is: "day" });
export const moment = (en: string, fr: string): Column => ({ en, fr, is: "moment" });

/** Columns that several answers have. */
export const COUNTS = {
  applications: column("applications", "candidatures"),
  hired: column("hired", "embauches"),
  open: column("open", "ouvertes"),
  month: day("month", "mois"),
  category: {
    category_en: { ...column("stage", ""), only: "en" },
    category_fr: { ...column("", "étape"), only: "fr" },
  },
  campaign: { campaign_id: column("campaign", "offre"), name: column("title", "intitulé") },
} as const;
