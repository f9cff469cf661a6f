/** What one row of each view of the schema `report` is, and what its columns mean where COLUMNS does not say it. */
import { OPERATION_VIEWS } from "./operation-views.ts";
import { text, type Meanings, type View } from "./text.ts";

const count = (en: string, fr: string) => text(`Number of applications${en}.`, `Nombre de candidatures${fr}.`);
const applications = count("", "");
const averages: Meanings = {
  average_days_to_hire: text(
    "Average of days_to_hire of its hires, in days. Null: no hire.",
    "Moyenne de days_to_hire des embauches, en jours. Vide : aucune embauche.",
  ),
  median_days_to_hire: text(
    "Median of days_to_hire of its hires, in days. Null: no hire.",
    "Médiane de days_to_hire des embauches, en jours. Vide : aucune embauche.",
  ),
};
const sinceDeleted = text(
  "Of these, applications deleted since: report.application no longer shows them.",
  "Dont candidatures supprimées depuis : report.application ne les montre plus.",
);

export const VIEWS: Readonly<Record<string, View>> = {
  application: {
    meaning: text(
      "One application that exists, with its way through the stages.",
      "Une candidature existante, avec son parcours.",
    ),
  },
  status_step: {
    meaning: text(
      "One stretch of time that an application spent in one status.",
      "Une période qu'une candidature a passée dans un statut.",
    ),
  },
  status_days: {
    meaning: text(
      "The stays in one status that ended after a number of days; those of report.status_step, counted.",
      "Les passages à un statut terminés après un nombre de jours : ceux de report.status_step, comptés.",
    ),
    columns: {
      days: text("Days that each of them lasted.", "Durée de chacun, en jours."),
      stays: text("Number of stays that lasted so long.", "Nombre de passages de cette durée."),
    },
  },
  application_state: {
    meaning: text(
      "One stretch of time in which an application existed and had one status, those deleted since included. What application_as_of reads.",
      "Une période où une candidature existait avec un même statut, y compris celles supprimées depuis. Ce que lit application_as_of.",
    ),
  },
  campaign_funnel: {
    meaning: text(
      "One category of one campaign. A row without a category holds the statuses that are not mapped.",
      "Une catégorie d'une offre. La ligne sans catégorie contient les statuts non classés.",
    ),
    columns: {
      applications: count(
        " that have this category now; over all categories, all applications of the campaign",
        " de cette catégorie à présent ; toutes catégories réunies, celles de l'offre",
      ),
      reached: text(
        "Applications that ever had a status of this category; for new, all. Null: not mapped.",
        "Candidatures passées par cette catégorie ; pour new, toutes. Vide : non classé.",
      ),
    },
  },
  source_effectiveness: {
    meaning: text(
      "One source, with what became of its applications. A row without a source holds those whose source is not known.",
      "Une provenance, avec le devenir de ses candidatures. La ligne sans provenance contient les inconnues.",
    ),
    columns: {
      applications,
      complete: count(" that are complete", " complètes"),
      open: count(" that are open", " ouvertes"),
      interviewed: count(" that ever had an interview", " passées par un entretien"),
      offered: count(" that ever had an offer", " passées par une proposition"),
      hired: count(" that are hired", " embauchées"),
      hired_percent: text("hired per 100 applications.", "hired pour 100 candidatures."),
      ...averages,
    },
  },
  ageing: {
    meaning: text(
      "The open applications of one category and one band of age.",
      "Les candidatures ouvertes d'une catégorie et d'une tranche d'ancienneté.",
    ),
    columns: {
      age_band: text("Days since the person applied, such as 8-14.", "Jours depuis le dépôt, par exemple 8-14."),
      age_band_position: text("Order of the band, from 1.", "Rang de la tranche, à partir de 1."),
      age_band_en: text("The band in English.", "La tranche en anglais."),
      age_band_fr: text("The band in French.", "La tranche en français."),
      applications,
      oldest_days: text("Age of the oldest, in days.", "Ancienneté de la plus vieille, en jours."),
    },
  },
  applications_by_month: {
    meaning: text(
      "One month of arrival. Applications deleted since stay in their month.",
      "Un mois de dépôt. Les candidatures supprimées depuis restent dans leur mois.",
    ),
    columns: {
      applications,
      since_deleted: sinceDeleted,
      complete: count(" that are complete", " complètes"),
      hired: count(" that are hired, in whatever month", " embauchées, quel que soit le mois"),
      open: count(" that are open", " ouvertes"),
    },
  },
  hires_by_month: {
    meaning: text(
      "One month with hires, by hired_on. Applications deleted since stay in their month.",
      "Un mois d'embauches, d'après hired_on. Les candidatures supprimées depuis restent dans leur mois.",
    ),
    columns: { hires: text("Number of hires.", "Nombre d'embauches."), since_deleted: sinceDeleted, ...averages },
  },
  open_campaigns: {
    meaning: text("One campaign that is online.", "Une offre en ligne."),
    columns: {
      campaign_id: text("The campaign (report.campaign).", "L'offre (report.campaign)."),
      days_online: text("Days since online_since. Null: not known.", "Jours depuis online_since. Vide : inconnu."),
      applications,
      open_applications: count(" that are open", " ouvertes"),
      new_applications: count(" of the category new", " de la catégorie new"),
      in_interview: count(" of the category interview", " de la catégorie interview"),
      in_offer: count(" of the category offer", " de la catégorie offer"),
      hired: count(" that are hired", " embauchées"),
      last_applied_on: text(
        "Day of the last application. Null: none.",
        "Jour de la dernière candidature. Vide : aucune.",
      ),
    },
  },
  campaign_name: {
    meaning: text(
      "The title of one campaign, those deleted since included.",
      "L'intitulé d'une offre, y compris de celles supprimées depuis.",
    ),
    columns: { campaign_id: text("The vendor's id of the campaign.", "Identifiant de l'offre.") },
  },
  campaign: {
    meaning: text("One campaign (a job offer) that exists.", "Une offre existante."),
    columns: {
      campaign_id: text("The vendor's id of the campaign.", "Identifiant de l'offre."),
      name: text("Title of the offer. Null: not given.", "Intitulé de l'offre. Vide : non donné."),
      status: text(
        "Status, such as online or archived. Null: not given.",
        "Statut, par exemple online ou archived. Vide : non donné.",
      ),
    },
  },
  entity: {
    meaning: text("One entity of the company.", "Une entité de l'entreprise."),
    columns: { entity_id: text("The vendor's id of the entity.", "Identifiant de l'entité.") },
  },
  unit: {
    meaning: text("One unit of an entity.", "Une unité d'une entité."),
    columns: { unit_id: text("The vendor's id of the unit.", "Identifiant de l'unité.") },
  },
  source: {
    meaning: text("One source of applications.", "Une provenance de candidatures."),
    columns: {
      source: text("The source, as applications name it.", "La provenance, telle que les candidatures la nomment."),
      applications,
      first_applied_on: text(
        "Day of its first application. Null: not known.",
        "Jour de sa première candidature. Vide : inconnu.",
      ),
      last_applied_on: text(
        "Day of its last application. Null: not known.",
        "Jour de sa dernière candidature. Vide : inconnu.",
      ),
    },
  },
  status: {
    meaning: text(
      "One status that applications have or had, with its category.",
      "Un statut que des candidatures ont ou ont eu, avec sa catégorie.",
    ),
    columns: {
      status: text("The status, as recruiters named it.", "Le statut, tel que l'équipe l'a nommé."),
      applications: count(" that have it now", " qui l'ont à présent"),
      first_seen_at: text(
        "When the mirror saw the status first.",
        "Quand la copie a vu ce statut pour la première fois.",
      ),
    },
  },
  label: {
    meaning: text("One code of these views, in both languages.", "Un code de ces vues, dans les deux langues."),
  },
  calendar: {
    meaning: text(
      "One day, from 2000-01-01 to the end of next year.",
      "Un jour, du 2000-01-01 à la fin de l'année prochaine.",
    ),
  },
  ...OPERATION_VIEWS,
};
