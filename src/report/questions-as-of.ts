/** Questions as of the end of a day in the account's time zone. `$1` is the account, `$2` that moment. */
import { column, COUNTS, type Column } from "./columns.ts";

export interface AsOf {
  readonly sql: string;
  readonly columns: Readonly<Record<string, Column>>;
}

const { applications, hired, open, category, campaign } = COUNTS;

export const ASKED_AS_OF = {
  funnel: {
    sql: `select coalesce(category_en, category) as category_en, coalesce(category_fr, category) as category_fr,
  sum(applications)::bigint as applications
from report.funnel_as_of($2) where account = $1
group by category, category_en, category_fr, category_position order by category_position`,
    columns: { ...category, applications },
  },
  campaigns: {
    sql: `select campaign_id, campaign_name as name, sum(applications)::bigint as applications,
  coalesce(sum(applications) filter (where category not in ('hired', 'refused', 'withdrawn') or category is null), 0)::bigint as open,
  coalesce(sum(applications) filter (where category = 'hired'), 0)::bigint as hired
from report.funnel_as_of($2) where account = $1 group by campaign_id, campaign_name order by applications desc, campaign_id`,
    columns: { ...campaign, applications, open, hired },
  },
  sources: {
    sql: `select source, count(*) as applications, count(*) filter (where is_open) as open, count(*) filter (where category = 'hired') as hired
from report.application_as_of($2) where account = $1 group by source order by applications desc, source`,
    columns: { source: column("source", "provenance"), applications, open, hired },
  },
} as const satisfies Readonly<Record<string, AsOf>>;
