/** The rows that a run which waits for a decision did not see, for the person who decides: ids, campaigns and dates, nobody's name. */
import type { Database } from "../../database/client.ts";
import { isResourceName, resources } from "../resources.ts";

export interface AbsentRow {
  readonly id: string;
  readonly campaignId: string | null;
  /** When it was created at the source. */
  readonly createdAt: Date | null;
}

/** The absent rows of a run with an id below `below`, the newest first. */
export async function absentRows(
  database: Database,
  account: string,
  { run, resource, below, limit }: { run: number; resource: string; below: bigint | null; limit: number },
): Promise<readonly AbsentRow[]> {
  if (!isResourceName(resource)) return [];
  const { name, columns } = resources[resource].table;
  const campaign = "campaign_id" in columns ? "t.campaign_id::text" : "null";
  return database.$queryRawUnsafe<AbsentRow[]>(
    `select c.id::text, ${campaign} as "campaignId", t.created_at as "createdAt"
     from public.sync_candidate c left join public.${name} t on t.account = $1 and t.id = c.id
     where c.run_id = $2 and ($3::bigint is null or c.id < $3) order by c.id desc limit ${limit}`,
    account,
    run,
    below,
  );
}

/** How many absent rows of a run have been requested from the API by their ids. */
export function countAsked(database: Database, run: number): Promise<number> {
  return database.syncCandidate.count({ where: { runId: run, state: { not: "open" } } });
}
