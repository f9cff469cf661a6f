import type { Database } from "../database/client.ts";

export interface CampaignLine {
  /** Null where applications name no campaign. */
  readonly id: string | null;
  readonly campaign: string;
  readonly status: string;
  readonly applications: number;
}

/** The campaigns with most applications, by the status of these. */
export async function applicationsPerCampaign(
  database: Database,
  account: string,
  campaigns: number,
): Promise<readonly CampaignLine[]> {
  return database.$queryRaw<CampaignLine[]>`
    with busiest as (
      select campaign_id, count(*) as applications from report.application
      where account = ${account}
      group by campaign_id order by count(*) desc, campaign_id limit ${campaigns})
    select b.campaign_id::text as id, coalesce(c.name, 'campaign ' || b.campaign_id, 'none') as campaign, coalesce(a.status, 'none') as status,
      count(*)::int as applications
    from busiest b
    join report.application a on a.account = ${account} and a.campaign_id is not distinct from b.campaign_id
    left join report.campaign c on c.account = ${account} and c.campaign_id = b.campaign_id
    group by b.applications, b.campaign_id, c.name, a.status
    order by b.applications desc, b.campaign_id, applications desc`;
}

export interface WeekLine {
  /** The Monday the week begins with, YYYY-MM-DD, by the account's time zone. */
  readonly week: string;
  readonly applications: number;
}

/** Applications of the latest weeks that have any, newest first. */
export async function applicationsPerWeek(
  database: Database,
  account: string,
  weeks: number,
): Promise<readonly WeekLine[]> {
  return database.$queryRaw<WeekLine[]>`
    select to_char(date_trunc('week', applied_on), 'YYYY-MM-DD') as week, count(*)::int as applications
    from report.application where account = ${account} and applied_on is not null
    group by 1 order by 1 desc limit ${weeks}`;
}
