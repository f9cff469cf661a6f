/**
 * Why a value of an import cannot be accepted, or was left out: every text that stands in a file of rejected lines. Each reads after the
 * name of its field, and repeats nothing that was submitted but numbers.
 */
import type { Text } from "../../platform/language.ts";
import { NOTES } from "./note-texts.ts";

export const FAULTS = {
  ...NOTES,
  // Any field.
  required: { en: "is needed", fr: "est obligatoire" },
  unknown_field: { en: "is not a field of an import", fr: "n'est pas un champ d'un import" },
  not_an_object: { en: "must be an object", fr: "doit être un objet" },
  unreadable_value: { en: "holds a value that cannot be checked", fr: "contient une valeur impossible à vérifier" },
  lost_character: {
    en: "holds a character that was lost (\uFFFD): bytes that are no UTF-8, or an earlier conversion",
    fr: "contient un caractère perdu (\uFFFD) : des octets qui ne sont pas de l'UTF-8, ou une conversion antérieure",
  },
  spreadsheet_error: {
    en: "is an error of the spreadsheet (such as #N/A), not a value: correct its formula, and save the file again",
    fr: "est une erreur du tableur (telle que #N/A), pas une valeur : corrigez sa formule, et enregistrez de nouveau le fichier",
  },
  read_twice: {
    en: "holds letters that were read in a wrong encoding (Ã© for é): export it again as UTF-8",
    fr: "contient des lettres lues dans un mauvais encodage (Ã© pour é) : exportez de nouveau le fichier en UTF-8",
  },

  suppressed: { en: "is of a person who must not be created", fr: "est celle d'une personne à ne pas créer" },
  // Texts.
  not_text: { en: "must be text", fr: "doit être un texte" },
  too_long: { en: "must have at most {most} characters", fr: "doit avoir au plus {most} caractères" },
  control_characters: { en: "must not hold control characters", fr: "ne doit pas contenir de caractères de contrôle" },
  half_character: { en: "must hold whole characters", fr: "doit contenir des caractères entiers" },
  formula: {
    en: "looks like a formula of a spreadsheet, not like a name",
    fr: "ressemble à une formule de tableur, pas à un nom",
  },
  no_name: {
    en: "is no name (no letter, or a sign such as @ or <): was the line shifted by a cell?",
    fr: "n'est pas un nom (aucune lettre, ou un signe tel que @ ou <) : la ligne est-elle décalée d'une cellule ?",
  },
  html_entity: {
    en: "holds a letter as web pages write it (such as &eacute;): export it again as plain text",
    fr: "contient une lettre écrite comme dans une page web (telle que &eacute;) : exportez de nouveau le fichier en texte brut",
  },
  lost_letter: {
    en: "holds a ? in place of a letter that was lost in a conversion",
    fr: "contient un ? à la place d'une lettre perdue dans une conversion",
  },

  // Values of a form.
  id: { en: "must be a whole number above 0", fr: "doit être un nombre entier supérieur à 0" },
  url: { en: "must be a http(s) URL", fr: "doit être une URL http(s)" },
  flag: { en: "must be true or false", fr: "doit être oui ou non" },
  email: { en: "must be an e-mail address", fr: "doit être une adresse e-mail" },
  email_several: {
    en: "holds several addresses: keep the one of the person",
    fr: "contient plusieurs adresses : gardez celle de la personne",
  },
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
    fr: "doit être une date, telle que 24/11/2026 10:32",
  },
  day_number: {
    en: "is the number of a day in a spreadsheet: format the column as a date, and save the file again",
    fr: "est le numéro d'un jour dans un tableur : mettez la colonne au format date, et enregistrez de nouveau le fichier",
  },
  two_dates: {
    en: "may be two dates: write its year with four digits",
    fr: "peut se lire comme deux dates différentes : écrivez l'année avec quatre chiffres",
  },
  too_early: { en: "lies before the year 2000", fr: "est une date antérieure à l'an 2000" },
  in_the_future: { en: "lies in the future", fr: "est une date à venir" },

  // Phones.
  phone: {
    en: "must be a phone number that exists, such as +33 6 42 42 42 42",
    fr: "doit être un numéro de téléphone qui existe, tel que +33 6 42 42 42 42",
  },
  phone_twice: {
    en: "cannot stand beside phone_code and phone_number",
    fr: "ne peut pas accompagner phone_code et phone_number",
  },
  phone_code: {
    en: "must be a country's code such as 33 or France (+33)",
    fr: "doit être l'indicatif d'un pays, tel que 33 ou France (+33)",
  },
  phone_country: {
    en: "needs its country: write +33…, or give phone_code or iso_country",
    fr: "doit avoir son pays : écrivez +33…, ou donnez phone_code ou iso_country",
  },
  phone_of_two: {
    en: "may be a number of {country} whose + is missing, or one of {other}: write it with its country, such as +33 6 42 42 42 42",
    fr: "peut être un numéro du pays {country} dont le + manque, ou un numéro du pays {other} : écrivez-le avec son indicatif, tel que +33 6 42 42 42 42",
  },
  phone_first: {
    en: "holds several numbers, and the first cannot be read: correct it, or keep the right one",
    fr: "contient plusieurs numéros, et le premier est illisible : corrigez-le, ou ne gardez que le bon",
  },
  number_shortened: {
    en: "has been shortened by Excel (such as 6,12346E+08): its last digits are lost. Format the column as text, and save the file again",
    fr: "a été raccourci par Excel (tel que 6,12346E+08) : ses derniers chiffres sont perdus. Mettez la colonne au format texte, et enregistrez de nouveau le fichier",
  },
  phone_too_short: {
    en: "has too few digits for a number of {country}",
    fr: "a trop peu de chiffres pour un numéro du pays {country}",
  },
  phone_too_long: {
    en: "has too many digits for a number of {country}",
    fr: "a trop de chiffres pour un numéro du pays {country}",
  },
  phone_not_there: {
    en: "is no number that exists in {country}: write it with its country, such as +33 6 42 42 42 42",
    fr: "n'est pas un numéro qui existe dans le pays {country} : écrivez-le avec son indicatif, tel que +33 6 42 42 42 42",
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
  offer_of_other_company: {
    en: "is offer {campaign} of company {company}, not of company {submitted}",
    fr: "est l'offre {campaign} de l'entreprise {company}, pas de l'entreprise {submitted}",
  },
  offer_unknown: {
    en: "names offer {campaign}, which is not known here: correct it, sync the campaigns, or give its company_id",
    fr: "désigne l'offre {campaign}, inconnue ici : corrigez-la, synchronisez les offres, ou indiquez son company_id",
  },
  offer_without_company: {
    en: "names offer {campaign}, whose company is not known here: give company_id, or set KELIO_COMPANY_ID",
    fr: "désigne l'offre {campaign}, dont l'entreprise est inconnue ici : indiquez company_id, ou définissez KELIO_COMPANY_ID",
  },
  no_offer: {
    en: "is missing: name the offer, or give company_id (or set KELIO_COMPANY_ID) to create the person without an offer",
    fr: "manque : indiquez l'offre, ou company_id (ou définissez KELIO_COMPANY_ID) pour créer la personne sans offre",
  },
  key_of_import: {
    en: "is that of another person or campaign already (import {import}): give each its own",
    fr: "est déjà celle d'une autre personne ou offre (import {import}) : donnez à chacune la sienne",
  },
  key_of_line: {
    en: "is that of another person or campaign already (an earlier line): give each its own",
    fr: "est déjà celle d'une autre personne ou offre (une ligne précédente) : donnez à chacune la sienne",
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
  resume_body: { en: 'must be {"base64": "..."} and nothing else', fr: 'doit être {"base64": "..."} et rien d\'autre' },
  resume_base64: {
    en: "must be base64 with its padding, without a data: prefix and line breaks",
    fr: "doit être en base64 avec son remplissage, sans préfixe data: ni retours à la ligne",
  },
  path_not_text: { en: "must be the path of a file", fr: "doit être le chemin d'un fichier" },
  link: {
    en: "is a link: not fetched. Save the file beside the imported one, and write its name here",
    fr: "est un lien : il n'est pas téléchargé. Enregistrez le fichier à côté du fichier importé, et écrivez son nom ici",
  },
  link_for_file: {
    en: "is a link: not fetched. Submit the document itself",
    fr: "est un lien : il n'est pas téléchargé. Envoyez le document lui-même",
  },
  path_several: {
    en: "names several files that differ only in case or form: write the name exactly",
    fr: "désigne plusieurs fichiers qui ne diffèrent que par la casse ou la forme : écrivez le nom exact",
  },
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
    fr: "sort du dossier du fichier par un lien symbolique",
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
  quote_not_closed: { en: "opens a quotation mark that nothing closes", fr: "ouvre un guillemet que rien ne ferme" },
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
  line_not_an_object: { en: 'must be an object, such as {"email": …}', fr: 'doit être un objet, tel que {"email": …}' },
} as const satisfies Readonly<Record<string, Text>>;
