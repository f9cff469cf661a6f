import type { Database } from "../../database/client.ts";
import type { VanishedAccount } from "./types.ts";

/**
 * The other accounts of the database whose schedules no worker keeps any more: all of them have been due for a day. After a week they count
 * as given up.
 */
export function vanishedAccounts(database: Database, account: string): Promise<readonly VanishedAccount[]> {
  return database.$queryRaw<VanishedAccount[]>`
    select account, max(next_at) as since from public.schedule_tick where account <> ${account} group by account
    having max(next_at) between now() - interval '8 days' and now() - interval '1 day' order by account`;
}
