/**
 * The table of the fields of an import. Everything that handles fields derives from it: the columns of CSV files, the HTTP schema and
 * OpenAPI, the SQL statements of the intakes, the report, and the request to the API. Which of them retention erases is said by their
 * classes in `people/tables.ts`. The view `import_inbox` of the SQL intake stands in a migration; a test compares it with this table.
 */
import { z } from "zod";
import { damageOf } from "./damage.ts";
import { message, type FaultCode } from "./faults.ts";
import { isNoPhone } from "./nothing.ts";
import {
  country,
  email,
  flag,
  id,
  language,
  line,
  moment,
  name,
  optional,
  source,
  text,
  url,
  refuse,
} from "./values.ts";

interface Field {
  /** Parses what a caller wrote into what is stored. A field that was not submitted is null. */
  readonly schema: z.ZodType;
  /** Why a value that is not understood is left out; without it the schema refuses such a value, unless it says that there is none. */
  readonly leftOut?: FaultCode;
  /** The Postgres type of the column of the same name in `applicant_import`; null: it is not stored. */
  readonly column: "text" | "bigint" | "boolean" | "timestamptz" | null;
  /** What is about the person or their consent can be changed in a rejected import. */
  readonly about: "import" | "person" | "consent";
  /**
   * How the API receives it: a `value` if it was submitted, a `flag` that is false by default, the `agreement` if there is evidence,
   * the `id` of a company or campaign, or `never`.
   */
  readonly sent: "value" | "flag" | "agreement" | "id" | "never";
  /** Other names for a column of a CSV file, in English and French, compared without case, accents and signs. */
  readonly en: string;
  readonly fr: string;
}

const IMPORT = { column: "text", about: "import", sent: "never" } as const;
const PERSON = { column: "text", about: "person", sent: "value" } as const;
const FLAG = { ...PERSON, schema: optional(flag), column: "boolean", sent: "flag" } as const;
const CONSENT = { column: "text", about: "consent", sent: "never" } as const;

/** In the order and by the names of the API reference (section 9.4), with ours for the key, the campaign and the evidence of consent. */
export const FIELDS = {
  key: {
    ...IMPORT,
    schema: optional(line(200)),
    en: "external id, external key",
    // Not "référence": in the export of a job board it is that of the offer, the same for all who applied.
    fr: "id externe, identifiant externe, clé",
  },
  source: {
    ...IMPORT,
    schema: optional(source),
    en: "origin, channel",
    fr: "origine, provenance, canal",
  },
  company_id: {
    ...IMPORT,
    schema: optional(id),
    column: "bigint",
    sent: "id",
    en: "company, company number",
    fr: "entreprise, id entreprise, n° entreprise, société, id société, n° société",
  },
  campaign_id: {
    ...IMPORT,
    schema: optional(id),
    column: "bigint",
    sent: "id",
    en: "campaign, campaign number, offer, offer id, offer number, offer reference, job, job id, job number, job reference",
    fr: "campagne, id campagne, n° campagne, réf. campagne, offre, offre d'emploi, id offre, n° offre, réf. offre, code offre, id offre d'emploi, n° offre d'emploi, réf. offre d'emploi, annonce, id annonce, n° annonce, réf. annonce",
  },
  email: {
    ...PERSON,
    schema: email,
    en: "e-mail, mail, email address, e-mail 1 value",
    fr: "courriel, adresse e-mail, adresse mail, adresse courriel, adresse électronique, adresse de messagerie, mél, e-mail personnel",
  },
  first_name: {
    ...PERSON,
    schema: optional(name),
    en: "given name, forename",
    fr: "prénom, prénoms",
  },
  last_name: {
    ...PERSON,
    schema: optional(name),
    en: "surname, family name",
    fr: "nom, nom de famille",
  },
  locale: {
    ...PERSON,
    schema: optional(language),
    leftOut: "language_left_out",
    en: "language, lang, preferred language",
    fr: "langue, langue maternelle, langue parlée, langue préférée, langue de communication",
  },
  phone: {
    ...PERSON,
    schema: optional(text(120), isNoPhone),
    leftOut: "phone_left_out",
    column: null,
    sent: "never",
    en: "tel, phone full, mobile, mobile phone, cell phone, home phone, phone 1 value",
    fr: "téléphone, numéro de téléphone, portable, téléphone portable, numéro de portable, téléphone mobile, numéro de mobile, gsm, téléphone fixe, fixe, téléphone domicile, téléphone personnel, téléphone perso, téléphone principal, téléphone 1, téléphone 2, coordonnées téléphoniques",
  },
  phone_code: {
    ...PERSON,
    schema: optional(line(40), isNoPhone),
    en: "calling code, country calling code, dial code",
    fr: "indicatif, indicatif téléphonique, indicatif pays",
  },
  phone_number: {
    ...PERSON,
    schema: optional(text(120), isNoPhone),
    leftOut: "phone_left_out",
    en: "national number",
    fr: "numéro, numéro national",
  },
  iso_country: {
    ...PERSON,
    schema: optional(country),
    leftOut: "country_left_out",
    en: "country, country code, country region",
    fr: "pays, code pays, pays de résidence, pays région",
  },
  avatar_url: {
    ...PERSON,
    schema: optional(url),
    en: "avatar, photo, photo url",
    fr: "url photo",
  },
  bio_url: {
    ...PERSON,
    schema: optional(url),
    en: "bio, portfolio, website, url",
    fr: "site, site web",
  },
  is_partner_newsletter_active: {
    ...FLAG,
    en: "newsletter, partner newsletter",
    fr: "newsletter partenaires",
  },
  is_campaign_alert_active: {
    ...FLAG,
    en: "job alert, job alerts, campaign alert",
    fr: "alerte, alertes, alerte offres, alerte emploi",
  },
  is_legals_accepted_by_manager: {
    ...FLAG,
    about: "consent",
    sent: "agreement",
    en: "consent, legals accepted, agreement",
    fr: "consentement, consentement rgpd, accord, accord rgpd, rgpd",
  },
  consent_at: {
    ...CONSENT,
    schema: optional(moment),
    column: "timestamptz",
    en: "consent date, agreement date",
    fr: "date du consentement, date de l'accord, date consentement rgpd, date accord rgpd",
  },
  consent_how: {
    ...CONSENT,
    schema: optional(text(5_000)),
    en: "consent method",
    fr: "moyen du consentement, mode de consentement, recueil du consentement",
  },
  consent_wording: {
    ...CONSENT,
    schema: optional(text(5_000)),
    en: "consent text",
    fr: "texte du consentement, formulation du consentement, texte de l'accord",
  },
} as const satisfies Readonly<Record<string, Field>>;

/** The resume that comes with an import. It has a table of its own, and each intake receives it in its own way. */
export const RESUME = {
  en: "cv, cv file, resume file, resume path",
  fr: "lien cv, fichier cv, cv (fichier), curriculum vitae",
} as const satisfies Pick<Field, "en" | "fr">;

type Fields = typeof FIELDS;
export type FieldName = keyof Fields;
/** A field with a column. */
export type StoredField = { [F in FieldName]: Fields[F]["column"] extends null ? never : F }[FieldName];
type FieldAbout<A> = { [F in StoredField]: Fields[F]["about"] extends A ? F : never }[StoredField];

/**
 * Checks all fields of one import. A field of another name is a fault: a typing error must not lose a value.
 * Compiled: a large file is checked in two thirds of the time, with half the garbage.
 */
export const inputSchema = z.compile(z.strictObject(schemasOf(FIELDS)));
/** The names that a caller may use. */
export const FIELD_NAMES: readonly FieldName[] = inputSchema.keyof().options;
export const STORED_FIELDS = FIELD_NAMES.filter((field): field is StoredField => FIELDS[field].column !== null);
/** What a caller may change in a rejected import. */
export const CHANGEABLE_FIELDS = STORED_FIELDS.filter(
  (field): field is FieldAbout<"person" | "consent"> => FIELDS[field].about !== "import",
);
export const PERSON_FIELDS = CHANGEABLE_FIELDS.filter(
  (field): field is FieldAbout<"person"> => FIELDS[field].about === "person",
);

const TABLE: Readonly<Record<FieldName, Field>> = FIELDS;
/** Why a value was left out. */
export function whyLeftOut(field: FieldName): FaultCode {
  return TABLE[field].leftOut ?? "nothing_left_out";
}

/** An import as its columns store it; what was not submitted is null. */
export type CheckedInput = Pick<z.infer<typeof inputSchema>, StoredField>;

// An overload, because `Object.fromEntries` forgets which name has which value.
function schemasOf<T extends Readonly<Record<string, Field>>>(fields: T): { [F in keyof T]: T[F]["schema"] };
function schemasOf(fields: Readonly<Record<string, Field>>): Readonly<Record<string, z.ZodType>> {
  return Object.fromEntries(Object.entries(fields).map(([field, { schema }]) => [field, undamaged(schema)]));
}

/** Refuses what a spreadsheet or a conversion damaged, before anything is read into it. */
function undamaged(schema: z.ZodType): z.ZodType {
  return z.preprocess((value, context) => {
    const damage = damageOf(value);
    return damage === null ? value : refuse(context, message(damage));
  }, schema);
}
