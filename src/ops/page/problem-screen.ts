import type { Problem } from "../../platform/http/problem.ts";
import type { Language, Text } from "../../platform/language.ts";
import { html } from "./html.ts";
import type { Screen } from "./route.ts";

const TITLE: Text = { en: "This cannot be done", fr: "Cela n'est pas possible" };

/** What people read of the problems of the page; of others, the detail. */
const TEXTS: Readonly<Record<string, Text>> = {
  page_closed: {
    en: "This page is closed. Set OPS_PASSWORD (12 characters or more) for the user operator, and restart the worker.",
    fr: "Cette page est fermée. Définissez OPS_PASSWORD (12 caractères ou plus) pour l'utilisateur operator, puis redémarrez le processus.",
  },
  password_missing: {
    en: "Sign in as operator (OPS_PASSWORD) or as viewer (OPS_VIEWER_PASSWORD).",
    fr: "Connectez-vous en tant qu'operator (OPS_PASSWORD) ou viewer (OPS_VIEWER_PASSWORD).",
  },
  password_wrong: {
    en: "This is not the password of this user.",
    fr: "Ce n'est pas le mot de passe de cet utilisateur.",
  },
  too_many_wrong_passwords: {
    en: "Too many wrong passwords came from your address. Wait a minute, then try again.",
    fr: "Trop de mots de passe erronés depuis votre adresse. Patientez une minute, puis réessayez.",
  },
  viewer_only: {
    en: "A viewer decides nothing. Sign in as operator.",
    fr: "L'utilisateur viewer ne décide rien. Connectez-vous en tant qu'operator.",
  },
  cross_origin: {
    en: "This request was sent by a page of another site. If you sent it from here, your proxy does not pass on the header Host.",
    fr: "Cette requête vient d'une page d'un autre site. Si vous l'avez envoyée d'ici, votre proxy ne transmet pas l'en-tête Host.",
  },
  unsupported_media_type: {
    en: "This was not sent by a form of this page. Nothing was decided.",
    fr: "Ceci n'a pas été envoyé par un formulaire de cette page. Rien n'a été décidé.",
  },
  body_too_large: {
    en: "The form holds more text than is accepted here. Nothing was decided.",
    fr: "Le formulaire contient trop de texte. Rien n'a été décidé.",
  },
  bad_request: {
    en: "The request is malformed. Nothing was decided.",
    fr: "La requête est mal formée. Rien n'a été décidé.",
  },
  method_not_allowed: {
    en: "This address does not answer such a request.",
    fr: "Cette adresse ne répond pas à ce type de requête.",
  },
  nothing_to_sync: { en: "There is no such sync for this account.", fr: "Ce compte n'a pas de telle synchronisation." },
  no_import: { en: "There is no such import in this account.", fr: "Ce compte n'a pas d'import de ce numéro." },
  run_unknown: { en: "There is no run of this number.", fr: "Il n'y a pas de synchronisation de ce numéro." },
  not_found: { en: "There is nothing at this address.", fr: "Il n'y a rien à cette adresse." },
  database_unavailable: {
    en: "The database does not answer. Nothing was decided: try again in a moment.",
    fr: "La base de données ne répond pas. Rien n'a été décidé : réessayez dans un instant.",
  },
  internal: {
    en: "An unexpected error. The log of the worker says which.",
    fr: "Une erreur inattendue. Le journal du processus la précise.",
  },
};

/** What a person reads of a problem. */
export function problemScreen({ status, code, detail }: Problem, language: Language): Screen {
  return { title: TITLE[language], status, main: html`<p class="red">${TEXTS[code]?.[language] ?? detail}</p>` };
}
