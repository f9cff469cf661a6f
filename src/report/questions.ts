/**
 * The questions that `applicant-sync report`, the Grafana board and the Metabase guide ask: one statement each over the schema `report`.
 */
import type { Text } from "../platform/language.ts";
import { ASKED_AS_OF, type AsOf } from "./questions-as-of.ts";
import { column, COUNTS, day, moment, type Column } from "./columns.ts";

export interface Question {
  readonly title: Text;
  /** `$1` is the account. It returns these columns. */
  readonly sql: string;
  readonly columns: Readonly<Record<string, Column>>;
  /** The same as of the end of a day; absent: only now. */
  readonly asOf?: AsOf;
}

const { applications, hired, open, category, campaign, month } = COUNTS;
const categories = (language: string) => `coalesce(category_${language}, category)`;

export const QUESTIONS = {
  applications: {
    title: { en: "How many applications arrive each month?", fr: "Combien de candidatures arrivent chaque mois ?" },
    sql: `select month, applications, complete, open, hired, since_deleted
from report.applications_by_month where account = $1 order by month desc`,
    columns: {
      month,
      applications,
      complete: column("complete", "complètes"),
      open,
      hired,
      since_deleted: column("deleted since", "supprimées depuis"),
    },
  },
  funnel: {
    title: { en: "How many applications reach each stage?", fr: "Combien de candidatures atteignent chaque étape ?" },
    sql: `select ${categories("en")} as category_en, ${categories("fr")} as category_fr, sum(applications)::bigint as applications,
  sum(reached)::bigint as reached, round(100.0 * sum(reached) / nullif(sum(sum(applications)) over (), 0), 1) as reached_percent
from report.campaign_funnel where account = $1
group by category, category_en, category_fr, category_position order by category_position`,
    columns: {
      ...category,
      applications: column("now there", "à cette étape"),
      reached: column("reached it", "l'ont atteinte"),
      reached_percent: column("reached it (%)", "l'ont atteinte (%)"),
    },
    asOf: ASKED_AS_OF.funnel,
  },
  campaigns: {
    title: { en: "How do the open campaigns stand?", fr: "Où en sont les offres en ligne ?" },
    sql: `select campaign_id, name, days_online, applications, open_applications, new_applications, in_interview, in_offer, hired,
  last_applied_on from report.open_campaigns where account = $1 order by days_online desc nulls last, campaign_id`,
    columns: {
      ...campaign,
      days_online: column("days online", "jours en ligne"),
      applications,
      open_applications: open,
      new_applications: column("new", "nouvelles"),
      in_interview: column("interview", "entretien"),
      in_offer: column("offer", "proposition"),
      hired,
      last_applied_on: day("last application", "dernière candidature"),
    },
    asOf: ASKED_AS_OF.campaigns,
  },
  sources: {
    title: { en: "Which sources lead to hires?", fr: "Quelles provenances mènent à des embauches ?" },
    sql: `select source, applications, interviewed, offered, hired, hired_percent, median_days_to_hire
from report.source_effectiveness where account = $1 order by applications desc, source`,
    columns: {
      source: column("source", "provenance"),
      applications,
      interviewed: column("interviewed", "entretiens"),
      offered: column("offers", "propositions"),
      hired,
      hired_percent: column("hired (%)", "embauches (%)"),
      median_days_to_hire: column("median days to hire", "délai médian (jours)"),
    },
    asOf: ASKED_AS_OF.sources,
  },
  hires: {
    title: {
      en: "How many hires each month, and after how long?",
      fr: "Combien d'embauches par mois, et en combien de temps ?",
    },
    sql: `select month, hires, average_days_to_hire, median_days_to_hire, since_deleted
from report.hires_by_month where account = $1 order by month desc`,
    columns: {
      month,
      hires: hired,
      average_days_to_hire: column("average days to hire", "délai moyen (jours)"),
      median_days_to_hire: column("median days to hire", "délai médian (jours)"),
      since_deleted: column("deleted since", "supprimées depuis"),
    },
  },
  cohorts: {
    title: { en: "What becomes of the applications of a month?", fr: "Que deviennent les candidatures d'un mois ?" },
    // Counted by day first: a month is computed for each day, not for each application.
    sql: `select date_trunc('month', applied_on::timestamp)::date as month, sum(n)::bigint as applications,
  sum(interviewed)::bigint as interviewed, round(100.0 * sum(interviewed) / sum(n), 1) as interviewed_percent,
  sum(offered)::bigint as offered, sum(hired)::bigint as hired, round(100.0 * sum(hired) / sum(n), 1) as hired_percent,
  sum(open)::bigint as open
from (
  select applied_on, count(*) as n, count(first_interview_at) as interviewed, count(first_offer_at) as offered,
    count(hired_at) as hired, count(*) filter (where is_open) as open
  from report.application where account = $1 group by applied_on
) days group by 1 order by 1 desc nulls last`,
    columns: {
      month,
      applications,
      interviewed: column("interviewed", "entretiens"),
      interviewed_percent: column("interviewed (%)", "entretiens (%)"),
      offered: column("offers", "propositions"),
      hired,
      hired_percent: column("hired (%)", "embauches (%)"),
      open,
    },
  },
  stages: {
    title: {
      en: "How long do applications stay in each status?",
      fr: "Combien de temps les candidatures restent-elles à chaque statut ?",
    },
    sql: `select status, sum(stays)::bigint as steps, round(sum(days * stays) / sum(stays), 1) as average_days,
  min(days) filter (where 2 * upto >= whole) as median_days, max(days) as longest_days
from (
  select status, days, stays, sum(stays) over (partition by status order by days) as upto, sum(stays) over (partition by status) as whole
  from report.status_days where account = $1
) ranked
group by status order by steps desc, status`,
    columns: {
      status: column("status", "statut"),
      steps: column("stays that ended", "passages terminés"),
      average_days: column("average days", "jours en moyenne"),
      median_days: column("median days", "jours (médiane)"),
      longest_days: column("longest (days)", "le plus long (jours)"),
    },
  },
  ageing: {
    title: { en: "How old are the open applications?", fr: "Quelle est l'ancienneté des candidatures ouvertes ?" },
    sql: `select age_band_en, age_band_fr, sum(applications)::bigint as applications, max(oldest_days) as oldest_days
from report.ageing where account = $1 group by age_band_en, age_band_fr, age_band_position order by age_band_position`,
    columns: {
      age_band_en: { ...column("age", ""), only: "en" },
      age_band_fr: { ...column("", "ancienneté"), only: "fr" },
      applications,
      oldest_days: column("oldest (days)", "la plus ancienne (jours)"),
    },
  },
  stalled: {
    title: {
      en: "Which open applications have waited longest?",
      fr: "Quelles candidatures ouvertes attendent depuis le plus longtemps ?",
    },
    sql: `select application_id, campaign_id, status, status_since_on as since, days_in_status
from report.application where account = $1 and is_open and is_complete is not false
order by status_since_on, application_id limit 50`,
    columns: {
      application_id: column("application", "candidature"),
      campaign_id: column("campaign", "offre"),
      status: column("status", "statut"),
      since: day("since", "depuis"),
      days_in_status: column("days in the status", "jours à ce statut"),
    },
  },
  outcomes: {
    title: {
      en: "How were applications closed each month?",
      fr: "Comment les candidatures ont-elles été closes chaque mois ?",
    },
    sql: `select date_trunc('month', closed_on::timestamp)::date as month, sum(n)::bigint as closed,
  sum(hired)::bigint as hired, sum(refused)::bigint as refused, sum(withdrawn)::bigint as withdrawn,
  round(sum(days) / nullif(sum(dated), 0), 1) as average_days
from (
  select closed_on, count(*) as n, count(*) filter (where category = 'hired') as hired,
    count(*) filter (where category = 'refused') as refused, count(*) filter (where category = 'withdrawn') as withdrawn,
    sum(closed_on - applied_on) as days, count(closed_on - applied_on) as dated
  from report.application where account = $1 and not is_open group by closed_on
) days group by 1 order by 1 desc`,
    columns: {
      month,
      closed: column("closed", "closes"),
      hired,
      refused: column("refused", "refus"),
      withdrawn: column("withdrawn", "désistements"),
      average_days: column("average days", "jours en moyenne"),
    },
  },
  imports: {
    title: {
      en: "What became of the imports of each source?",
      fr: "Que sont devenus les imports de chaque provenance ?",
    },
    sql: `select source, count(*) as imports, count(*) filter (where state = 'done') as done,
  count(*) filter (where state in ('rejected', 'dismissed')) as rejected,
  count(*) filter (where state not in ('done', 'rejected', 'dismissed')) as pending, max(submitted_on) as last_submitted_on
from report.import_outcome where account = $1 group by source order by imports desc, source`,
    columns: {
      source: column("source", "provenance"),
      imports: column("imports", "imports"),
      done: column("done", "terminés"),
      rejected: column("rejected", "rejetés"),
      pending: column("pending", "en cours"),
      last_submitted_on: day("last one", "dernier"),
    },
  },
  freshness: {
    title: { en: "How fresh is the copy?", fr: "La copie est-elle à jour ?" },
    sql: `select resource_en, resource_fr, word_en, word_fr, as_of, proven_as_of, minutes_since
from report.freshness where account = $1 order by resource`,
    columns: {
      resource_en: { ...column("list", ""), only: "en" },
      resource_fr: { ...column("", "liste"), only: "fr" },
      word_en: { ...column("state", ""), only: "en" },
      word_fr: { ...column("", "état"), only: "fr" },
      as_of: moment("as of", "à jour au"),
      proven_as_of: moment("proven as of", "prouvée au"),
      minutes_since: column("minutes since", "minutes depuis"),
    },
  },
} as const satisfies Readonly<Record<string, Question>>;
