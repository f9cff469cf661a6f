/** The answer to a decision about an import: what it did, or why it did nothing. After "Import 17: ". */
import { fill, type Facts, type Text } from "../../platform/language.ts";

const VERDICTS = {
  no_import: { en: "there is no import {id} in account {account}", fr: "le compte {account} n'a pas d'import {id}" },
  erased: {
    en: "its data has been erased: import the person again",
    fr: "ses données ont été effacées : importez de nouveau la personne",
  },
  already: { en: "it is {state} already", fr: "il est déjà {state}" },

  // Held and released.
  held: { en: "it is held", fr: "il est suspendu" },
  held_by_itself: { en: "it is held, by itself now", fr: "il reste suspendu, désormais indépendamment des autres" },
  held_already: { en: "it is held already", fr: "il est déjà suspendu" },
  only_ready_held: {
    en: "it is {state}: only what is ready can be held",
    fr: "son état est {state} : on ne peut suspendre que ce qui est ready",
  },
  released: { en: "it may be sent", fr: "il peut être envoyé" },
  released_without_consent: {
    en: "it goes without the agreement, for which there is no evidence: the vendor e-mails the person. It is released from nothing else",
    fr: "il part sans l'accord, dont il n'y a pas de preuve : l'éditeur envoie un e-mail à la personne. Il n'est libéré de rien d'autre",
  },
  released_offline: {
    en: "it is tried although campaign {campaign} is not online as far as the mirror knows",
    fr: "il est envoyé bien que l'offre {campaign} ne soit pas en ligne d'après la copie locale",
  },
  without_resume: { en: ", without its resume", fr: ", sans son CV" },
  mailed: {
    en: ", and the vendor e-mails the person unless they are there already",
    fr: ", et l'éditeur envoie un e-mail à la personne, sauf si elle est déjà dans le compte",
  },
  only_held_released: {
    en: "it is {state}: only what is held can be released",
    fr: "son état est {state} : on ne peut libérer que ce qui est held",
  },
  resume_there: {
    en: "its applicant is there already, with the resume",
    fr: "son candidat est déjà dans le compte, avec le CV",
  },
  no_resume: { en: "it has no resume", fr: "il n'a pas de CV" },

  // Tried again.
  looked_up_at_once: { en: "a running worker looks it up at once", fr: "un processus le recherche aussitôt" },
  checked_again: {
    en: "a running worker checks it again, and it is sent only if it passes",
    fr: "un processus le vérifie de nouveau, et il n'est envoyé que s'il est accepté",
  },
  tried_again: { en: "it is tried again", fr: "il est retenté" },
  needs_review: {
    en: "it needs a review: check the account, then imports resolve {id}",
    fr: "il faut l'examiner : vérifiez le compte, puis imports resolve {id}",
  },
  only_rejected_retried: {
    en: "it is {state}: only what was rejected, or is unknown, can be tried again",
    fr: "son état est {state} : on ne peut retenter que ce qui est rejected ou unknown",
  },
  dropped_unknown_before: {
    en: "it was dropped while the outcome of its request was unknown: check the account, then imports resolve {id}",
    fr: "il a été abandonné sans que l'on sache si sa requête avait abouti : vérifiez le compte, puis imports resolve {id}",
  },

  // Dismissed and dropped.
  dismissed: {
    en: "it is dismissed: nobody is asked to look at it any more",
    fr: "il est classé : plus personne n'est sollicité à son sujet",
  },
  dismissed_already: { en: "it is dismissed already", fr: "il est déjà classé" },
  only_rejected_dismissed: {
    en: "it is {state}: only what is rejected can be dismissed",
    fr: "son état est {state} : on ne peut classer que ce qui est rejected",
  },
  dropped: { en: "it is dropped", fr: "il est abandonné" },
  dropped_unknown_applicant: {
    en: "it is dropped; it is unknown whether the applicant is there, and another import of the person would create and may e-mail them",
    fr: "il est abandonné ; on ne sait pas si le candidat est dans le compte : un autre import de la personne la créerait et pourrait lui valoir un e-mail",
  },
  dropped_unknown_application: {
    en: "it is dropped; it is unknown whether the application is there, and another import of the person would create it and may e-mail them",
    fr: "il est abandonné ; on ne sait pas si la candidature est dans le compte : un autre import de la personne la créerait et pourrait lui valoir un e-mail",
  },
  only_open_dropped: {
    en: "it is {state}: only what is {states} can be dropped",
    fr: "son état est {state} : on ne peut abandonner que ce qui est {states}",
  },

  // Resolved.
  reviewed_again: { en: "it needs a review again", fr: "il est de nouveau à examiner" },
  sent_once_released: {
    en: "it will be sent once more, as soon as it is released",
    fr: "il sera envoyé encore une fois, dès qu'il sera libéré",
  },
  sent_once_more: { en: "it will be sent once more", fr: "il sera envoyé encore une fois" },
  there_as_applicant: { en: "it is there as applicant {id}", fr: "il est dans le compte : candidat {id}" },
  there_as_application: { en: "it is there as application {id}", fr: "il est dans le compte : candidature {id}" },
  there_application_follows: {
    en: "it is there as applicant {id}; its application follows",
    fr: "il est dans le compte : candidat {id} ; sa candidature suit",
  },
  only_review_resolved: {
    en: "it is {state}: only what needs a review, or is unknown, can be resolved this way",
    fr: "son état est {state} : cette réponse ne vaut que pour ce qui est needs_review ou unknown",
  },
  only_reported_resolved: {
    en: "it is {state}: only what needs a review, is unknown, or was reported by a person can be resolved this way",
    fr: "son état est {state} : cette réponse ne vaut que pour ce qui est needs_review ou unknown, ou déjà répondu par une personne",
  },
  resent_already: {
    en: "it is {state}, to be sent once more already",
    fr: "son état est {state} : il doit déjà être envoyé encore une fois",
  },
  corrected_there_only: {
    en: "its application is {state} for applicant {applicant}: that can be corrected in the account only",
    fr: "l'état de sa candidature est {state} pour le candidat {applicant} : cela ne se corrige que dans le compte",
  },
  other_open: {
    en: "import {id} of the same person is open: resolve that one first",
    fr: "l'import {id} de la même personne est à traiter d'abord",
  },
  wanted_applicant: {
    en: "the outcome of its applicant is unknown: give --applicant with the id of the applicant found in the account, or --absent",
    fr: "on ne sait pas si son candidat est dans le compte : donnez --applicant et l'identifiant trouvé dans le compte, ou --absent",
  },
  wanted_application: {
    en: "the outcome of its application is unknown: give --application with the id of the application found in the account, or --absent",
    fr: "on ne sait pas si sa candidature est dans le compte : donnez --application et l'identifiant trouvé dans le compte, ou --absent",
  },
} as const satisfies Readonly<Record<string, Text>>;

export type VerdictCode = keyof typeof VERDICTS;

export function verdictText(code: VerdictCode, facts: Facts = {}): Text {
  return fill(VERDICTS[code], facts);
}
