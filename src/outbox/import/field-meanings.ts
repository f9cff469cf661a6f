/** What each field of an import means, for documents about it. */
import type { Text } from "../../platform/language.ts";
import type { FieldName } from "./fields.ts";

export const MEANINGS: Readonly<Record<FieldName | "resume", Text>> = {
  key: {
    en: "Your own name for this import: the same key is the same import, for good. Without one, company, e-mail and campaign say which it is.",
    fr: "Votre identifiant pour cet import : la même clé désigne le même import, définitivement. Sans clé, l'entreprise, l'e-mail et l'offre le désignent.",
  },
  source: {
    en: "Where it comes from: any text, such as the name of a form. By default the intake: `file`, `http` or `sql`.",
    fr: "Sa provenance : un texte libre, par exemple le nom d'un formulaire. Par défaut, la voie d'arrivée : `file`, `http` ou `sql`.",
  },
  company_id: {
    en: "Jobboard accounts: the company. By default that of the campaign.",
    fr: "Comptes jobboard : l'entreprise. Par défaut celle de l'offre.",
  },
  campaign_id: {
    en: "Jobboard accounts: the campaign to apply to. Without one, only the applicant is created.",
    fr: "Comptes jobboard : l'offre à laquelle la personne postule. Sans elle, seul le candidat est créé.",
  },
  email: { en: "The person's address. Required.", fr: "L'adresse de la personne. Obligatoire." },
  first_name: { en: "First name.", fr: "Prénom." },
  last_name: { en: "Last name.", fr: "Nom." },
  locale: {
    en: "The person's language, by its name or tag: French, English or Spanish, which become fr, en and es. Any other is left out.",
    fr: "La langue de la personne, par son nom ou son code : français, anglais ou espagnol, qui deviennent fr, en et es. Toute autre est ignorée.",
  },
  phone: {
    en: "A telephone number as people write it, such as +33 6 42 42 42 42 or 06 42 42 42 42, instead of phone_code and phone_number, as which it is stored.",
    fr: "Un numéro de téléphone tel qu'on l'écrit, comme +33 6 42 42 42 42 ou 06 42 42 42 42, à la place de phone_code et phone_number, sous lesquels il est enregistré.",
  },
  phone_code: { en: "Country calling code, such as 33.", fr: "L'indicatif du pays, tel que 33." },
  phone_number: { en: "The number without its country calling code.", fr: "Le numéro sans l'indicatif du pays." },
  iso_country: {
    en: "The person's country: its name in English or French, or its code of two or three letters. One that is not known is left out.",
    fr: "Le pays de la personne : son nom en français ou en anglais, ou son code à deux ou trois lettres. Un pays inconnu est ignoré.",
  },
  avatar_url: { en: "http(s) URL of a picture.", fr: "L'URL http(s) d'une photo." },
  bio_url: { en: "http(s) URL of a profile.", fr: "L'URL http(s) d'un profil." },
  is_partner_newsletter_active: {
    en: "Whether the person subscribes to the partners' newsletter. No by default.",
    fr: "Si la personne s'abonne à la newsletter des partenaires. Non par défaut.",
  },
  is_campaign_alert_active: {
    en: "Whether the person subscribes to alerts. No by default.",
    fr: "Si la personne s'abonne aux alertes. Non par défaut.",
  },
  is_legals_accepted_by_manager: {
    en: "Whether the person agreed to the vendor's terms with you. Reported to the vendor only with all three consent_ fields; otherwise the vendor e-mails the person.",
    fr: "Si la personne a accepté auprès de vous les conditions de l'éditeur. Ce n'est transmis à l'éditeur qu'avec les trois champs consent_ ; sinon l'éditeur envoie un e-mail à la personne.",
  },
  consent_at: {
    en: "When the person agreed: a date and time in ISO 8601, or day first such as 24/11/2026 10:32. Without an offset, in TIMEZONE.",
    fr: "Quand la personne a donné son accord : date et heure, le jour d'abord comme 24/11/2026 10:32, ou ISO 8601. Sans décalage indiqué, dans TIMEZONE.",
  },
  consent_how: {
    en: "How the person agreed, such as the name of a form.",
    fr: "Comment la personne a donné son accord, tel que le nom d'un formulaire.",
  },
  consent_wording: {
    en: "What the person agreed to, or where the wording is kept.",
    fr: "Ce que la personne a accepté, ou l'endroit où le texte est conservé.",
  },
  resume: {
    en: "The resume: a path in a file, base64 over HTTP, bytes by SQL.",
    fr: "Le CV : dans un fichier, le chemin du document ; par HTTP, son contenu en base64 ; par SQL, ses octets.",
  },
};
