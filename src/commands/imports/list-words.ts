/** The sentences of `imports list`. States and reasons are codes in both languages: `--state` and `--reason` take them. */
import type { Language } from "../../platform/language.ts";

const EN = {
  none: "none",
  noMatch: "No import matches.",
  imports: (all: string, since: string) => `Imports: ${all}${since}.`,
  oldest: (since: string) => `; the oldest waits since ${since}`,
  closed: (reason: string, until: string | null) =>
    `Nothing is sent now: ${reason}${until === null ? "" : ` Until ${until}.`}`,
  lately: (count: number) => `Applicants in the last hour: ${count}`,
  last: (waiting: number, at: string) => `the last of ${waiting} will be sent about ${at}`,
  noWorker: (last: string) => `No worker is running. Start one with: applicant-sync start. From then, ${last}.`,
  sending: (perHour: number, limit: string, last: string, lately: string) =>
    `Sending about ${perHour} an hour, limited by ${limit}: ${last}. ${lately}.`,
  approval: (count: number) =>
    `Waiting for the approval of their source: ${count}. See: applicant-sync imports list --state held --reason source_approval`,
  written: (file: string, count: number) =>
    `Imports written to ${file}: ${count}. It holds personal data, so only you can read it; delete it when it is no longer needed.`,
  more: (shown: number, all: number) => `The newest ${shown} of ${all}. More: --limit`,
  limits: {
    quota: "the quota of requests (KELIO_REQUESTS_PER_MINUTE)",
    hour_cap: "the cap of IMPORTS_PER_HOUR",
    day_cap: "the cap of IMPORTS_PER_DAY",
    quiet_hours: "QUIET_HOURS",
    circuit_open: "the pause after unknown outcomes",
  },
};

export type ListWords = typeof EN;

export const WORDS: Readonly<Record<Language, ListWords>> = {
  en: EN,
  fr: {
    none: "aucun",
    noMatch: "Aucun import ne correspond.",
    imports: (all, since) => `Imports : ${all}${since}.`,
    oldest: (since) => ` ; le plus ancien attend depuis le ${since}`,
    closed: (reason, until) =>
      `Rien n'est envoyé en ce moment. ${reason}${until === null ? "" : ` Jusqu'au ${until}.`}`,
    lately: (count) => `Candidats de la dernière heure : ${count}`,
    last: (waiting, at) => `le dernier des ${waiting} partira vers ${at}`,
    noWorker: (last) => `Aucun processus n'est actif. Démarrez-en un : applicant-sync start. À partir de là, ${last}.`,
    sending: (perHour, limit, last, lately) =>
      `Environ ${perHour} envois par heure, limités par ${limit} : ${last}. ${lately}.`,
    approval: (count) =>
      `En attente de la validation de leur source : ${count}. Voyez : applicant-sync imports list --state held --reason source_approval`,
    written: (file, count) =>
      `Imports écrits dans ${file} : ${count}. Ce fichier contient des données personnelles : vous seul pouvez le lire ; supprimez-le quand il ne sert plus.`,
    more: (shown, all) => `Les ${shown} plus récents sur ${all}. Davantage : --limit`,
    limits: {
      quota: "le quota de requêtes (KELIO_REQUESTS_PER_MINUTE)",
      hour_cap: "le plafond IMPORTS_PER_HOUR",
      day_cap: "le plafond IMPORTS_PER_DAY",
      quiet_hours: "QUIET_HOURS",
      circuit_open: "la pause après des résultats inconnus",
    },
  },
};
