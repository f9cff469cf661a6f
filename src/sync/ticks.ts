import type { Database } from "../database.ts";
import { freshAsOf } from "./progress.ts";

/**
 * When a schedule is due, from `schedule_tick`. Seen for the first time it is due at once, unless somebody has
 * synced by hand: its mirror is empty. With a
 * changed expression it is due at `next`, unless a tick of the old one was missed.
 */
export function createTickStore(database: Database, account: string) {
  return {
    async due(schedule: { readonly name: string; readonly expression: string }, next: Date): Promise<Date> {
      const { name, expression } = schedule;
      const wasSynced = (await freshAsOf(database, account, name)) !== null;
      const known = await database.scheduleTick.upsert({
        where: { account_name: { account, name } },
        create: { account, name, expression, nextAt: wasSynced ? next : new Date() },
        update: {},
      });
      if (known.expression === expression) return known.nextAt;
      const nextAt = known.nextAt <= new Date() ? known.nextAt : next;
      await database.scheduleTick.update({ where: { account_name: { account, name } }, data: { expression, nextAt } });
      return nextAt;
    },
  };
}

/** The due time of every schedule that has been seen, by name. */
export async function dueTimes(database: Database, account: string): Promise<ReadonlyMap<string, Date>> {
  const ticks = await database.scheduleTick.findMany({ where: { account } });
  return new Map(ticks.map(({ name, nextAt }) => [name, nextAt]));
}
