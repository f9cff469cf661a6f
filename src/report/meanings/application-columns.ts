import { text, type Meanings } from "./text.ts";

const first = (en: string, fr: string) =>
  text(
    `When it first had a status of the category ${en}. Null: never, as far as is known.`,
    `Quand elle a eu pour la première fois un statut de la catégorie ${fr}. Vide : jamais, à notre connaissance.`,
  );

export const applicationColumns: Meanings = {
  application_id: text("The application (report.application).", "La candidature (report.application)."),
  applicant_id: text(
    "The person, as a number (report_people.applicant). Null: the API does not say.",
    "La personne, par son numéro (report_people.applicant). Vide : l'API ne la donne pas.",
  ),
  source: text("Where it came from. Null: not known.", "Provenance. Vide : inconnue."),
  applied_at: text(
    "When the person applied. Null: the API does not say.",
    "Date et heure du dépôt. Vide : l'API ne les donne pas.",
  ),
  applied_on: text(
    "Day on which the person applied, in the account's time zone. Null: the API does not say.",
    "Jour du dépôt, dans le fuseau du compte. Vide : l'API ne le donne pas.",
  ),
  cohort_month: text("First day of the month of applied_on.", "Premier jour du mois de applied_on."),
  status: text(
    "Status, as recruiters named it (report.status). Null: not known.",
    "Statut, tel que l'équipe l'a nommé (report.status). Vide : inconnu.",
  ),
  category: text(
    "What the status means: new, in_progress, interview, offer, hired, refused or withdrawn. Null: the status is unknown or not mapped.",
    "Sens du statut : new, in_progress, interview, offer, hired, refused ou withdrawn. Vide : statut inconnu ou non classé.",
  ),
  category_position: text(
    "Order of the category, from 1. Null: none.",
    "Rang de la catégorie, à partir de 1. Vide : aucune.",
  ),
  category_en: text("The category in English. Null: none.", "La catégorie en anglais. Vide : aucune."),
  category_fr: text("The category in French. Null: none.", "La catégorie en français. Vide : aucune."),
  status_since: text(
    "Since when it has this status. Null: not known.",
    "Depuis quand elle a ce statut. Vide : inconnu.",
  ),
  status_since_on: text(
    "Day of status_since, in the account's time zone. Null: not known.",
    "Jour de status_since, dans le fuseau du compte. Vide : inconnu.",
  ),
  first_new_at: first("new", "new (nouvelle)"),
  first_in_progress_at: first("in_progress", "in_progress (en cours)"),
  first_interview_at: first("interview", "interview (entretien)"),
  first_offer_at: first("offer", "offer (proposition)"),
  first_hired_at: first("hired, even if it no longer has", "hired (embauche), même si elle l'a perdu"),
  first_refused_at: first("refused", "refused (refus)"),
  first_withdrawn_at: first("withdrawn", "withdrawn (désistement)"),
  hired_at: text(
    "When it first had a status of the category hired, if it has one now. Null: it is not hired.",
    "Quand elle a eu pour la première fois un statut de la catégorie hired, si elle en a un maintenant. Vide : pas d'embauche.",
  ),
  hired_on: text(
    "Day of hired_at, in the account's time zone. Null: it is not hired.",
    "Jour de hired_at, dans le fuseau du compte. Vide : pas d'embauche.",
  ),
  days_to_hire: text(
    "Days from applied_on to hired_on. Null: it is not hired, or applied_on is not known.",
    "Jours de applied_on à hired_on. Vide : pas d'embauche, ou applied_on inconnu.",
  ),
  closed_at: text(
    "Since when it has had only statuses of the categories hired, refused and withdrawn. Null: it is open.",
    "Depuis quand elle n'a que des statuts des catégories hired, refused et withdrawn. Vide : elle est ouverte.",
  ),
  closed_on: text(
    "Day of closed_at, in the account's time zone. Null: it is open.",
    "Jour de closed_at, dans le fuseau du compte. Vide : elle est ouverte.",
  ),
  closing_month: text(
    "First day of the month of closed_on. Null: it is open.",
    "Premier jour du mois de closed_on. Vide : elle est ouverte.",
  ),
  is_open: text(
    "It is not closed. A status that is not mapped counts as open.",
    "Elle n'est pas close. Un statut non classé compte comme ouvert.",
  ),
  is_complete: text(
    "The person completed every step of applying. Null: the API does not say.",
    "La personne a terminé le dépôt. Vide : l'API ne le dit pas.",
  ),
  current_stage: text(
    "Step of applying at which the person stopped. Null: it is complete.",
    "Étape du dépôt où la personne s'est arrêtée. Vide : dépôt terminé.",
  ),
  steps: text("Number of its steps (report.status_step).", "Nombre de ses étapes (report.status_step)."),
  days_in_process: text(
    "Days from applied_on to closed_on, or to today if it is open. Null: applied_on is not known.",
    "Jours de applied_on à closed_on, ou à aujourd'hui si elle est ouverte. Vide : applied_on inconnu.",
  ),
  age_days: text(
    "Days since applied_on. Null: it is closed, or applied_on is not known.",
    "Jours depuis applied_on. Vide : close, ou applied_on inconnu.",
  ),
  days_in_status: text(
    "Days since status_since. Null: it is closed, or that is not known.",
    "Jours depuis status_since. Vide : close, ou inconnu.",
  ),
  days_before_first_step: text(
    "Days from applied_on to the first step that is known: with the days of the steps, they add up to days_in_process. Null: not known.",
    "Jours de applied_on à la première étape connue : avec les jours des étapes, ils font days_in_process. Vide : inconnu.",
  ),
  first_seen_at: text("When the mirror saw it first.", "Quand la copie l'a vue pour la première fois."),
  step: text(
    "Number of the step within its application, from 1.",
    "Numéro de l'étape dans sa candidature, à partir de 1.",
  ),
  entered_at: text("When it entered the status.", "Quand elle est entrée dans ce statut."),
  entered_on: text("Day of entered_at, in the account's time zone.", "Jour de entered_at, dans le fuseau du compte."),
  left_at: text(
    "When it left the status. In a closed application, the last steps end when they begin. Null: it still has the status, and is open.",
    "Quand elle a quitté ce statut. Close, ses dernières étapes finissent quand elles commencent. Vide : elle l'a encore et est ouverte.",
  ),
  days: text(
    "Days from entered_on to the day of left_at, or to today. 0 once the application is closed.",
    "Jours de entered_on au jour de left_at, ou à aujourd'hui. 0 une fois la candidature close.",
  ),
  next_status: text("Status of the next step. Null: there is none.", "Statut de l'étape suivante. Vide : aucune."),
  is_current: text("It is the last step of its application.", "C'est la dernière étape de sa candidature."),
  from_at: text("Since when this was so.", "Depuis quand il en était ainsi."),
  until_at: text(
    "When it ended, or the application was deleted. Null: it is so now.",
    "Quand cela a pris fin, ou la candidature a été supprimée. Vide : il en est ainsi.",
  ),
};
