/** The sentences of `imports list`. States and reasons are codes in both languages: `--state` and `--reason` take them. */
import { perLanguage } from "../../platform/language.ts";

export const WORDS = perLanguage({
  none: { en: "none", fr: "aucun" },
  noMatch: { en: "No import matches.", fr: "Aucun import ne correspond." },
  imports: {
    en: (all: string, since: string) => `Imports: ${all}${since}.`,
    fr: (all, since) => `Imports : ${all}${since}.`,
  },
  oldest: {
    en: (since: string) => `; the oldest waits since ${since}`,
    fr: (since) => ` ; le plus ancien attend depuis le ${since}`,
  },
  closed: {
    en: (reason: string, until: string | null) =>
      `Nothing is sent now: ${reason}${until === null ? "" : ` Until ${until}.`}`,
    fr: (reason, until) => `Rien n'est envoyé en ce moment. ${reason}${until === null ? "" : ` Jusqu'au ${until}.`}`,
  },
  lately: {
    en: (count: number) => `Applicants in the last hour: ${count}`,
    fr: (count) => `Candidats de la dernière heure : ${count}`,
  },
  last: {
    en: (waiting: number, at: string) => `the last of ${waiting} will be sent about ${at}`,
    fr: (waiting, at) => `le dernier des ${waiting} partira vers ${at}`,
  },
  noWorker: {
    en: (last: string) => `No worker is running. Start one with: applicant-sync start. From then, ${last}.`,
    fr: (last) => `Aucun processus n'est actif. Démarrez-en un : applicant-sync start. À partir de là, ${last}.`,
  },
  sending: {
    en: (perHour: number, limit: string, last: string, lately: string) =>
      `Sending about ${perHour} an hour, limited by ${limit}: ${last}. ${lately}.`,
    fr: (perHour, limit, last, lately) =>
      `Environ ${perHour} envois par heure, limités par ${limit} : ${last}. ${lately}.`,
  },
  approval: {
    en: (count: number) =>
      `Waiting for the approval of their source: ${count}. See: applicant-sync imports list --state held --reason source_approval`,
    fr: (count) =>
      `En attente de la validation de leur source : ${count}. Voyez : applicant-sync imports list --state held --reason source_approval`,
  },
  written: {
    en: (file: string, count: number) =>
      `Imports written to ${file}: ${count}. It holds personal data, so only you can read it; delete it when it is no longer needed.`,
    fr: (file, count) =>
      `Imports écrits dans ${file} : ${count}. Ce fichier contient des données personnelles : vous seul pouvez le lire ; supprimez-le quand il ne sert plus.`,
  },
  more: {
    en: (shown: number, all: number) => `The newest ${shown} of ${all}. More: --limit`,
    fr: (shown, all) => `Les ${shown} plus récents sur ${all}. Davantage : --limit`,
  },
  limits: {
    en: {
      quota: "the quota of requests (KELIO_REQUESTS_PER_MINUTE)",
      hour_cap: "the cap of IMPORTS_PER_HOUR",
      day_cap: "the cap of IMPORTS_PER_DAY",
      quiet_hours: "QUIET_HOURS",
      circuit_open: "the pause after unknown outcomes",
    },
    fr: {
      quota: "le quota de requêtes (KELIO_REQUESTS_PER_MINUTE)",
      hour_cap: "le plafond IMPORTS_PER_HOUR",
      day_cap: "le plafond IMPORTS_PER_DAY",
      quiet_hours: "QUIET_HOURS",
      circuit_open: "la pause après des résultats inconnus",
    },
  },
});

export type ListWords = (typeof WORDS)["en"];
