/** What is wrong with a file of imports as a whole, or with an option about it. Each is a `UsageError` with its own code. */
import { open, type FileHandle } from "node:fs/promises";
import { UsageError, type AppErrorOptions, hasCode } from "../../../platform/errors.ts";
import { fill, type Facts, type Text } from "../../../platform/language.ts";

const FILE_ERRORS = {
  no_such_file: {
    en: "{path} is not there, or this user may not read it.",
    fr: "{path} n'existe pas, ou cet utilisateur n'a pas le droit de le lire.",
  },
  not_a_file: { en: "{path} is not a file.", fr: "{path} n'est pas un fichier." },
  empty_file: { en: "{path} is empty.", fr: "{path} est vide." },
  not_text: {
    en: "{path} {what}. Save the people as CSV (UTF-8) first.",
    fr: "{path} {what}. Enregistrez d'abord les personnes en CSV (UTF-8).",
  },
  unclear_encoding: {
    en: "{path} is not UTF-8, and its letters can be read in more than one way. Say which is right:\n  {first}\n  {second}\nOr save it as CSV (UTF-8).",
    fr: "{path} n'est pas en UTF-8, et ses lettres peuvent se lire de plusieurs façons. Dites laquelle est la bonne :\n  {first}\n  {second}\nOu enregistrez-le en CSV (UTF-8).",
  },
  unknown_encoding: {
    en: "--encoding {name} is not known: utf-8, windows-1252, macintosh, ibm850 (MS-DOS), iso-8859-15, utf-16le or another name of the Encoding Standard.",
    fr: "--encoding {name} est inconnu : utf-8, windows-1252, macintosh, ibm850 (MS-DOS), iso-8859-15, utf-16le ou un autre nom de l'Encoding Standard.",
  },
  no_header: {
    en: "Line {line} of {path} cannot be read as the names of columns.",
    fr: "La ligne {line} du fichier {path} ne se lit pas comme des noms de colonnes.",
  },
  not_utf_8: {
    en: "{path} is not UTF-8, or UTF-16 without its mark. Save it as CSV (UTF-8), or say --encoding utf-16le.",
    fr: "{path} n'est pas en UTF-8, ou est en UTF-16 sans sa marque. Enregistrez-le en CSV (UTF-8), ou ajoutez --encoding utf-16le.",
  },
  no_email_column: {
    en: '{path} has no column for the e-mail address. Line {line} must name the columns, one of them email (or courriel, adresse e-mail), with ; , | or tabs between them. A column of another name: --map "NAME=email".',
    fr: "{path} n'a pas de colonne pour l'adresse e-mail. La ligne {line} doit nommer les colonnes, dont une email (ou courriel, adresse e-mail), séparées par ; , | ou des tabulations. Pour une colonne d'un autre nom : --map \"NOM=email\".",
  },
  no_offer_column: {
    en: "{path} has no column for the offer (campaign_id, offre, n° offre, réf. offre): nobody would apply to one.{text}{hint} To create people without applications, add --without-offers.",
    fr: "{path} n'a pas de colonne pour l'offre (campaign_id, offre, n° offre, réf. offre) : personne ne candidaterait à une offre.{text}{hint} Pour créer des personnes sans candidature, ajoutez --without-offers.",
  },
  doubled_column: {
    en: 'Columns {which} of {path} both hold {column}: keep one of them, or say which: --map "{name}={column}".',
    fr: 'Les colonnes {which} du fichier {path} contiennent toutes {column} : gardez-en une, ou dites laquelle : --map "{name}={column}".',
  },
  doubled_name: {
    en: 'Columns {which} of {path} have one name, and hold {column}: remove one, or give it another name, such as "{name} 2".',
    fr: 'Les colonnes {which} du fichier {path} portent le même nom, et contiennent {column} : supprimez-en une, ou donnez-lui un autre nom, tel que "{name} 2".',
  },
  unknown_column: {
    en: '--map "{name}": {path} has no such column. {hint}.',
    fr: '--map "{name}" : {path} n\'a pas de colonne de ce nom. {hint}.',
  },
  columns_of_one_name: {
    en: '--map "{name}": {path} has {count} columns of that name. Give each its own.',
    fr: '--map "{name}" : {path} a {count} colonnes de ce nom. Donnez à chacune le sien.',
  },
  bad_map: { en: '--map {text}: write it as "COLUMN=FIELD".', fr: '--map {text} : écrivez "COLONNE=CHAMP".' },
  map_for_json: {
    en: "--map is for the columns of CSV: in {path} each line names its fields.",
    fr: "--map concerne les colonnes d'un CSV : dans {path}, chaque ligne nomme ses champs.",
  },
  unknown_field: {
    en: "--map {text}: there is no field {field}.{hint} All fields: {fields}.",
    fr: "--map {text} : il n'y a pas de champ {field}.{hint} Tous les champs : {fields}.",
  },
  doubled_field: {
    en: "--map: {names} cannot both hold {column}.",
    fr: "--map : {names} ne peuvent pas contenir toutes {column}.",
  },
  errors_extension: {
    en: "--errors {path} must end with {extension}, as the imported file does.",
    fr: "--errors {path} doit se terminer par {extension}, comme le fichier importé.",
  },
  exists: {
    en: "--{option} {path}: there is a file already. Name another, or remove it.",
    fr: "--{option} {path} : ce fichier existe déjà. Nommez-en un autre, ou supprimez-le.",
  },
  unwritable: {
    en: "--{option} {path} cannot be written there.",
    fr: "--{option} {path} : impossible d'écrire à cet endroit.",
  },
} as const satisfies Readonly<Record<string, Text>>;

/** The codes of texts that are not called by them, or that programs need not tell from others. */
const CODES: Readonly<Record<string, string>> = {
  errors_exists: "errors_exist",
  not_utf_8: "no_header",
  doubled_name: "doubled_column",
  columns_of_one_name: "unknown_column",
};

/**
 * Creates the file that an option names. Only this user may read it, because it holds personal data.
 * @throws UsageError `errors_exist`, `csv_exists` (a file is never overwritten), `errors_unwritable`, `csv_unwritable`.
 */
export function createFile(option: "errors" | "csv", path: string): Promise<FileHandle> {
  return open(path, "wx", 0o600).catch((cause: unknown) => {
    const fault = hasCode(cause, "EEXIST") ? "exists" : "unwritable";
    const code = `${option}_${fault}`;
    throw new UsageError(CODES[code] ?? code, fill(FILE_ERRORS[fault], { option, path }), { cause });
  });
}

/** `facts` may differ by language: then they are texts themselves. */
export function fileError(
  code: keyof typeof FILE_ERRORS,
  facts: Readonly<Record<string, string | number | Text>>,
  options: AppErrorOptions = {},
): UsageError {
  const factsIn = (language: keyof Text): Facts =>
    Object.fromEntries(
      Object.entries(facts).map(([name, fact]) => [name, typeof fact === "object" ? fact[language] : fact]),
    );
  const text = FILE_ERRORS[code];
  const message = { en: fill(text, factsIn("en")).en, fr: fill(text, factsIn("fr")).fr };
  return new UsageError(CODES[code] ?? code, message, options);
}
