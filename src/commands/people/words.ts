/** The words of `people`. States are codes in both languages. */
import { perLanguage } from "../../platform/language.ts";

export const WORDS = perLanguage({
  table: { en: "table", fr: "table" },
  rows: { en: "rows", fr: "lignes" },
  applicant: { en: "applicant", fr: "candidat" },
  application: { en: "application", fr: "candidature" },
  firstSeen: { en: "first seen", fr: "vu depuis" },
  vendor: { en: "Kelio ATS", fr: "Kelio ATS" },
  there: { en: "has it", fr: "présent" },
  gone: { en: "gone since", fr: "absent depuis" },
  campaign: { en: "campaign", fr: "offre" },
  status: { en: "status", fr: "statut" },
  state: { en: "state", fr: "état" },
  came: { en: "came", fr: "arrivé" },
  erased: { en: "erased", fr: "effacé" },
  nothing: {
    en: (account: string) => `Account ${account} keeps nothing of this person.`,
    fr: (account) => `Le compte ${account} ne conserve rien de cette personne.`,
  },
  applications: { en: "applications", fr: "candidatures" },
  nonePending: {
    en: "Kelio ATS has nobody whom you erased, as far as the syncs know.",
    fr: "Kelio ATS n'a plus personne que vous avez effacé, d'après les synchronisations.",
  },
  pendingMeans: {
    en: "Kelio ATS still has these people, whom you erased here: delete them there, too. Each leaves this list once a full sync finds them gone.",
    fr: "Kelio ATS a encore ces personnes, que vous avez effacées ici : supprimez-les là aussi. Chacune quitte cette liste dès qu'une synchronisation complète constate son absence.",
  },
  goes: {
    en: "If you erase the person, names, addresses, numbers, free text, CVs and former values go from all these rows, in one transaction. Imports that wait are never sent. The answers to requests go.",
    fr: "Si vous effacez la personne, ses noms, adresses, numéros, textes libres, CV et anciennes valeurs disparaissent de toutes ces lignes, en une seule transaction. Les imports en attente ne sont jamais envoyés. Les réponses aux requêtes disparaissent.",
  },
  stays: {
    en: "The rows stay with their ids, dates, statuses and counts, so that reports and proofs stay true. Hashes of the e-mail and of the id stay, whose key is outside the database, so that the person does not come back with the next sync or import. The audit keeps that they were erased, by ids. Backups, and files that you exported, keep what they have.",
    fr: "Les lignes restent, avec leurs identifiants, dates, statuts et compteurs, pour que les rapports et les preuves restent justes. Des empreintes de l'adresse et de l'identifiant restent, dont la clé est hors de la base, pour que la personne ne revienne pas à la prochaine synchronisation ou au prochain import. Le journal garde le fait de l'effacement, par identifiants. Les sauvegardes, et les fichiers que vous avez exportés, gardent ce qu'ils contiennent.",
  },
  question: {
    en: "Erase this person? This cannot be taken back (yes/no): ",
    fr: "Effacer cette personne ? C'est irréversible (oui/non) : ",
  },
  exported: {
    en: (files: string) => `Written: ${files}. Hand it to the person alone, and delete it afterwards.`,
    fr: (files) => `Écrit : ${files}. À remettre à la personne seule, puis à supprimer.`,
  },
  done: { en: "The person was erased.", fr: "La personne a été effacée." },
  deleteThere: {
    en: (ids: string) =>
      `Kelio ATS still has applicant ${ids}: delete them there, too. Until a sync finds them gone, they are listed by: applicant-sync people pending`,
    fr: (ids) =>
      `Kelio ATS a encore le candidat ${ids} : supprimez-le là aussi. Jusqu'à ce qu'une synchronisation constate son absence, il figure dans : applicant-sync people pending`,
  },
  filesKeep: {
    en: (names: string) =>
      `Some files of Postgres keep former values in unused space until it is written over: those of ${names}. To have them go now, while no worker runs: VACUUM FULL of the tables among these, then CHECKPOINT. Files of the write-ahead log (pg_wal) go as they are used again.`,
    fr: (names) =>
      `Des fichiers de Postgres gardent d'anciennes valeurs dans leur espace libre jusqu'à ce qu'il soit réécrit (${names}). Pour qu'elles disparaissent maintenant, tout processus arrêté : VACUUM FULL de celles qui sont des tables, puis CHECKPOINT. Les fichiers du journal de transactions (pg_wal) partent à mesure qu'ils sont réutilisés.`,
  },
  filesLater: {
    en: (names: string) =>
      `The files of these tables keep former values until a worker rewrites them: ${names}. Large ones it rewrites while no sync and no import is on its way, if the disk has twice their size free.`,
    fr: (names) =>
      `Les fichiers de ces tables gardent d'anciennes valeurs jusqu'à ce qu'un processus les réécrive : ${names}. Il réécrit les grandes quand aucune synchronisation et aucun import n'est en cours, si le disque a deux fois leur taille de libre.`,
  },
  formerly: {
    en: (ids: string) =>
      `Not counted: applicants who had this address formerly: ${ids}. Look at each: applicant-sync people show --applicant ID`,
    fr: (ids) =>
      `Non comptés : candidats qui ont eu cette adresse auparavant : ${ids}. Voyez chacun : applicant-sync people show --applicant ID`,
  },
});
