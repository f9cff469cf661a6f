import type { Database } from "../../database/client.ts";
import type { UnmappedStatuses } from "./types.ts";

/** The statuses of an account whose name says no category, and for which nobody has decided about one. */
export async function unmappedStatuses(database: Database, account: string): Promise<UnmappedStatuses> {
  const { _count: count, _min: first } = await database.statusCategory.aggregate({
    where: { account, category: null, isGuessed: true },
    _count: true,
    _min: { firstSeenAt: true },
  });
  return { count, since: first.firstSeenAt };
}
