import type { Database } from "../../database/client.ts";
import type { QuotaState } from "./types.ts";

/** The pause after a refusal: until when, and since when the API has refused requests and answered none. */
export async function readPause(
  database: Database,
  account: string,
): Promise<Pick<QuotaState, "pausedUntil" | "refusedSince">> {
  const pause = await database.apiPause.findUnique({ where: { account } });
  if (pause === null) return { pausedUntil: null, refusedSince: null };
  const [row] = await database.$queryRaw<{ since: Date | null }[]>`
    select min(at) as since from public.api_request where account = ${account} and status in (403, 429)
      and at > coalesce((select at from public.api_request where account = ${account} and status between 200 and 299
        order by at desc limit 1), '-infinity')`;
  return { pausedUntil: pause.until, refusedSince: row?.since ?? pause.notedAt };
}
