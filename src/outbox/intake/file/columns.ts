/** The columns of a CSV file: which field each one holds. */
import { INPUT_FIELDS, type InputField } from "../../import/fields.ts";

/** What a column may hold besides the fields of an import: the path of a CV, and reasons that we wrote ourselves. */
export type Column = InputField | "resume" | "import_errors";

/** Where the reasons of rejected lines stand; a file that has it may be imported as it is. */
export const ERRORS_COLUMN = "import_errors";

const MOBILES = ["mobile", "portable", "telephone portable", "telephone mobile", "tel. portable", "tel. mobile"];

/** What people call the fields, in French and English, beside the names of the reference. Folded before they are compared. */
const ALIASES: Readonly<Partial<Record<Column, readonly string[]>>> = {
  // Not "référence": in the export of a job board that is the offer's, the same for all who applied.
  key: ["id externe", "identifiant externe", "external id", "external key", "cle"],
  source: ["origine", "provenance"],
  company_id: ["company", "entreprise", "id entreprise", "societe", "id societe"],
  campaign_id: [
    "campaign",
    "campagne",
    "id campagne",
    "offre",
    "offre d'emploi",
    "id offre",
    "offer",
    "offer id",
    "job id",
    "annonce",
  ],
  email: [
    "e-mail",
    "mail",
    "courriel",
    "adresse e-mail",
    "adresse mail",
    "adresse courriel",
    "email address",
    "adresse electronique",
  ],
  first_name: ["prenom", "given name", "forename"],
  last_name: ["nom", "nom de famille", "surname", "family name"],
  locale: ["langue", "language", "lang"],
  phone: ["telephone", "tel", "numero de telephone", "n° de telephone", "phone full", ...MOBILES],
  phone_code: [
    "indicatif",
    "indicatif telephonique",
    "indicatif pays",
    "calling code",
    "country calling code",
    "dial code",
  ],
  phone_number: ["numero", "numero national", "national number"],
  iso_country: ["pays", "code pays", "country", "country code"],
  avatar_url: ["avatar", "photo", "photo url", "url photo"],
  bio_url: ["bio", "portfolio", "site", "site web", "website", "url"],
  is_partner_newsletter_active: ["newsletter", "newsletter partenaires", "partner newsletter"],
  is_campaign_alert_active: [
    "alerte",
    "alertes",
    "alerte offres",
    "alerte emploi",
    "job alert",
    "job alerts",
    "campaign alert",
  ],
  is_legals_accepted_by_manager: [
    "consentement",
    "consentement rgpd",
    "accord",
    "accord rgpd",
    "consent",
    "legals accepted",
    "agreement",
  ],
  consent_at: ["date consentement", "date du consentement", "date accord", "date de l'accord", "consent date"],
  consent_how: ["moyen du consentement", "mode de consentement", "recueil du consentement", "consent method"],
  consent_wording: ["texte du consentement", "formulation du consentement", "texte de l'accord", "consent text"],
  resume: ["cv", "lien cv", "fichier cv", "cv (fichier)", "curriculum vitae", "cv file", "resume file", "resume path"],
  import_errors: [],
};

const OTHERS = ["resume", ERRORS_COLUMN] as const;
const BY_NAME: ReadonlyMap<string, Column> = new Map(
  [...INPUT_FIELDS, ...OTHERS].flatMap((column: Column) =>
    [column, ...(ALIASES[column] ?? [])].map((name): [string, Column] => [fold(name), column]),
  ),
);

const IS_MOBILE: ReadonlySet<string> = new Set(MOBILES.map(fold));

export interface Header {
  /** The names as the file has them. */
  readonly names: readonly string[];
  /** The field of each column; null: none of ours. */
  readonly columns: readonly (Column | null)[];
  /** The columns by their positions from 0: of those that hold a phone, the first one that is filled counts. */
  readonly order: readonly number[];
}

/** Which fields the columns of these names hold. */
export function readHeader(names: readonly string[]): Header {
  const columns = names.map((name) => BY_NAME.get(fold(name)) ?? null);
  // Beside its country's code, a phone is the rest of the number.
  const isSplit = columns.includes("phone_code") && !columns.includes("phone_number");
  const isMobile = names.map((name) => IS_MOBILE.has(fold(name)));
  return {
    names,
    columns: columns.map((column) => (isSplit && column === "phone" ? "phone_number" : column)),
    order: [...names.keys()].toSorted((a, b) => Number(isMobile[b]) - Number(isMobile[a])),
  };
}

/** Columns that hold the same field, phones of different names apart, by their positions from 1; null: there are none. */
export function doubledColumn({
  names,
  columns,
}: Header): { readonly column: Column; readonly positions: readonly number[] } | null {
  for (const column of new Set(columns)) {
    const positions = columns.flatMap((one, n) => (one === column ? [n + 1] : []));
    if (column === null || positions.length < 2) continue;
    if (!areOtherPhones(positions.map((position) => fold(names[position - 1] ?? "")))) return { column, positions };
  }
  return null;
}

function areOtherPhones(folded: readonly string[]): boolean {
  return new Set(folded).size === folded.length && folded.every((name) => BY_NAME.get(name) === "phone");
}

/** Without accents, case, spaces and signs. */
function fold(name: string): string {
  return name
    .normalize("NFD")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, "");
}
