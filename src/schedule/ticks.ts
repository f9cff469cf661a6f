import type { Database } from "../database/client.ts";
import type { Pull } from "./pulls.ts";
import { lastRead } from "../sync/runs/load-run.ts";

/**
 * When a schedule is due, from `schedule_tick`. A schedule that is seen for the first time is due at `next`; that of a full
 * run is due at once if its mirror is empty. With a changed expression it is due at `next`, unless a tick was missed before.
 */
export async function dueTime(
  database: Database,
  account: string,
  { name, resource, kind, expression }: Pick<Pull, "name" | "resource" | "kind"> & { readonly expression: string },
  next: Date,
): Promise<Date> {
  const isEmpty = kind === "full" && (await lastRead(database, account, resource)) === null;
  const first = { account, name, expression, nextAt: isEmpty ? new Date() : next };
  // Not `upsert`, which reads before it writes: two processes that start together would both insert.
  await database.scheduleTick.createMany({ data: first, skipDuplicates: true });
  const known = await database.scheduleTick.findUniqueOrThrow({ where: { account_name: { account, name } } });
  if (known.expression === expression) return known.nextAt;
  const nextAt = known.nextAt <= new Date() ? known.nextAt : next;
  await database.scheduleTick.update({ where: { account_name: { account, name } }, data: { expression, nextAt } });
  return nextAt;
}

/** The due time of every schedule that has been seen, by name. */
export async function dueTimes(database: Database, account: string): Promise<ReadonlyMap<string, Date>> {
  const ticks = await database.scheduleTick.findMany({ where: { account } });
  return new Map(ticks.map(({ name, nextAt }) => [name, nextAt]));
}
