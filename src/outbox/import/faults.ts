/**
 * Why a value of an import cannot be accepted: every text that stands in a file of rejected lines. Each reads after the name of its field,
 * and repeats nothing that was submitted but numbers.
 */
import { fill, type Facts, type Language, type Text } from "../../platform/language.ts";

export const FAULTS = {
  // Any field.
  required: { en: "is needed", fr: "est obligatoire" },
  unknown_field: { en: "is not a field of an import", fr: "n'est pas un champ d'un import" },
  not_an_object: { en: "must be an object", fr: "doit être un objet" },
  unreadable_value: { en: "holds a value that cannot be checked", fr: "contient une valeur impossible à vérifier" },
  lost_character: {
    en: "holds a character that was lost (\uFFFD): bytes that are no UTF-8, or an earlier conversion",
    fr: "contient un caractère perdu (\uFFFD) : des octets qui ne sont pas de l'UTF-8, ou une conversion antérieure",
  },

  // Texts.
  not_text: { en: "must be text", fr: "doit être un texte" },
  too_long: { en: "must have at most {most} characters", fr: "doit avoir au plus {most} caractères" },
  control_characters: {
    en: "must not hold control characters",
    fr: "ne doit pas contenir de caractères de contrôle",
  },
  half_character: { en: "must hold whole characters", fr: "doit contenir des caractères entiers" },
  not_a_word: { en: "must be {words}", fr: "doit être {mots}" },
  formula: {
    en: "looks like a formula of a spreadsheet, not like a name",
    fr: "ressemble à une formule de tableur, pas à un nom",
  },
  source: {
    en: "must be 1 to 60 letters, digits, spaces or . : / - _",
    fr: "doit avoir de 1 à 60 lettres, chiffres, espaces ou . : / - _",
  },

  // Values of a form.
  id: { en: "must be a whole number above 0", fr: "doit être un nombre entier supérieur à 0" },
  country: {
    en: "must be a country's two letters, such as FR",
    fr: "doit être le code à deux lettres d'un pays, tel que FR",
  },
  url: { en: "must be a http(s) URL", fr: "doit être une URL http(s)" },
  flag: { en: "must be true or false", fr: "doit être oui ou non" },
  email: { en: "must be an e-mail address", fr: "doit être une adresse e-mail" },
  email_letters: {
    en: "must have plain letters before the @: the API is not known to accept others",
    fr: "doit avoir des lettres sans accent avant le @ : on ne sait pas si l'API en accepte d'autres",
  },
  reserved_domain: {
    en: "is of a domain for examples, tests or throw-away addresses",
    fr: "est d'un domaine réservé aux exemples, aux tests ou aux adresses jetables",
  },
  moment: {
    en: "must be a date and time such as 2026-11-24T10:00:00Z",
    fr: "doit être une date et une heure telles que 2026-11-24T10:00:00Z",
  },
  too_early: { en: "lies before the year 2000", fr: "est antérieure à l'an 2000" },
  in_the_future: { en: "lies in the future", fr: "est dans le futur" },

  // Phones.
  phone: {
    en: "must be a phone number that exists, such as +33 6 42 42 42 42",
    fr: "doit être un numéro de téléphone qui existe, tel que +33 6 42 42 42 42",
  },
  phone_twice: {
    en: "cannot stand beside phone_code and phone_number",
    fr: "ne peut pas accompagner phone_code et phone_number",
  },
  phone_number_missing: { en: "is needed beside phone_code", fr: "est obligatoire avec phone_code" },
  phone_code: { en: "must be a country's code such as 33", fr: "doit être l'indicatif d'un pays, tel que 33" },
  phone_country: {
    en: "needs its country: write +33…, or give phone_code or iso_country",
    fr: "doit avoir son pays : écrivez +33…, ou donnez phone_code ou iso_country",
  },

  // What the account and its key allow.
  company_of_customer: {
    en: "is for jobboard accounts: a customer's key is for its own company",
    fr: "est réservé aux comptes jobboard : la clé d'un client vaut pour sa propre entreprise",
  },
  campaign_of_customer: {
    en: "is for jobboard accounts: the API offers a customer no creation of applications",
    fr: "est réservé aux comptes jobboard : l'API ne permet pas à un client de créer des candidatures",
  },
  no_applicants_scope: {
    en: "cannot be sent: the key has no scope applicants_write (KELIO_SCOPES)",
    fr: "ne peut pas être envoyé : la clé n'a pas le scope applicants_write (KELIO_SCOPES)",
  },
  no_applications_scope: {
    en: "cannot be applied to: the key has no scope applications_write (KELIO_SCOPES)",
    fr: "ne peut pas recevoir de candidature : la clé n'a pas le scope applications_write (KELIO_SCOPES)",
  },
  other_company: {
    en: "is not that of campaign {campaign}, which is of company {company}",
    fr: "n'est pas celle de la campagne {campaign}, qui est de l'entreprise {company}",
  },
  company_unknown: {
    en: "is needed: the campaign's company is not known here. Give it, set KELIO_COMPANY_ID, or sync campaigns first",
    fr: "est obligatoire : l'entreprise de la campagne n'est pas connue ici. Indiquez-la, définissez KELIO_COMPANY_ID, ou synchronisez d'abord les campagnes",
  },
  key_of_import: {
    en: "is that of another person or campaign already (import {import}): give each its own",
    fr: "est déjà celle d'une autre personne ou campagne (import {import}) : donnez à chacune la sienne",
  },
  key_of_line: {
    en: "is that of another person or campaign already (an earlier line): give each its own",
    fr: "est déjà celle d'une autre personne ou campagne (une ligne précédente) : donnez à chacune la sienne",
  },

  // Resumes.
  resume_empty: { en: "is an empty file", fr: "est un fichier vide" },
  resume_type: {
    en: "is not of a kind that is accepted ({accepted}), by the signature in the file",
    fr: "n'est pas d'un type accepté ({accepted}), d'après la signature du fichier",
  },
  resume_too_large: {
    en: "has {bytes} bytes, more than the {most} of RESUME_MAX_BYTES",
    fr: "fait {bytes} octets, plus que les {most} de RESUME_MAX_BYTES",
  },
  resume_unreadable: { en: "cannot be read", fr: "ne peut pas être lu" },
  resume_body: {
    en: 'must be {"base64": "..."} and nothing else',
    fr: 'doit être {"base64": "..."} et rien d\'autre',
  },
  resume_base64: {
    en: "must be base64 with its padding, without a data: prefix and line breaks",
    fr: "doit être en base64 avec son remplissage, sans préfixe data: ni retours à la ligne",
  },
  path_not_text: { en: "must be the path of a file", fr: "doit être le chemin d'un fichier" },
  path_absolute: {
    en: "must be a path relative to the imported file",
    fr: "doit être un chemin relatif au fichier importé",
  },
  path_upwards: {
    en: "must not hold .. : nothing outside the file's directory is read",
    fr: "ne doit pas contenir .. : rien n'est lu hors du dossier du fichier",
  },
  path_not_there: {
    en: "names a file that is not there; its path begins in the directory of the imported file",
    fr: "désigne un fichier qui n'existe pas ; son chemin part du dossier du fichier importé",
  },
  path_outside: {
    en: "leads out of the file's directory by a link",
    fr: "mène hors du dossier du fichier par un lien",
  },
  path_forbidden: {
    en: "names a file that this user may not read",
    fr: "désigne un fichier que cet utilisateur ne peut pas lire",
  },
  path_no_file: { en: "names something that is not a file", fr: "désigne autre chose qu'un fichier" },

  // Lines of a file.
  line_too_long: {
    en: "is longer than 1,000,000 characters: it is left out",
    fr: "dépasse 1 000 000 caractères : elle est ignorée",
  },
  line_not_csv: { en: "cannot be read as CSV", fr: "n'est pas lisible comme CSV" },
  quote_not_closed: {
    en: "opens a quotation mark that nothing closes",
    fr: "ouvre un guillemet que rien ne ferme",
  },
  quote_in_quoted: {
    en: "has a quotation mark inside a quoted cell: write it twice",
    fr: "a un guillemet dans une cellule entre guillemets : doublez-le",
  },
  quote_in_cell: {
    en: "has a quotation mark inside a cell: write it twice, and one before and after the cell",
    fr: "a un guillemet dans une cellule : doublez-le, et mettez-en un avant et un après la cellule",
  },
  cells: {
    en: "has {cells} cells where the header has {columns}",
    fr: "a {cells} cellules, alors que l'en-tête en a {columns}",
  },
  too_deep: {
    en: "is nested too deep: an import is one object of plain values",
    fr: "est trop imbriquée : un import est un objet de valeurs simples",
  },
  not_json: { en: "is not JSON", fr: "n'est pas du JSON" },
  line_not_an_object: {
    en: 'must be an object, such as {"email": …}',
    fr: 'doit être un objet, tel que {"email": …}',
  },
} as const satisfies Readonly<Record<string, Text>>;

export type FaultCode = keyof typeof FAULTS;

/** A field that cannot be accepted, and why. The reason repeats nothing that was submitted but numbers. */
export interface InputFault {
  readonly field: string;
  readonly reason: Text;
}

export function fault(field: string, code: FaultCode, facts: Facts = {}): InputFault {
  return { field, reason: reasonFor(code, facts) };
}

export function reasonFor(code: FaultCode, facts: Facts = {}): Text {
  return fill(FAULTS[code], facts);
}

/** Faults as one line that people read. */
export function describeFaults(faults: readonly InputFault[], language: Language): string {
  return faults.map(({ field, reason }) => `${field} ${reason[language]}`).join("; ");
}

// The message of a schema is one string: it carries the text of each language.
const BETWEEN = "\n";

/** A text of the table as the message of a schema. */
export function message(code: FaultCode, facts: Facts = {}): string {
  const { en, fr } = reasonFor(code, facts);
  return `${en}${BETWEEN}${fr}`;
}

/** Reads what `message` wrote. */
export function reasonOfMessage(text: string): Text {
  const [en = "", fr = en] = text.split(BETWEEN);
  return { en, fr };
}
