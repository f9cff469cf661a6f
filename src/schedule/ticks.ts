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
  const since = new Date();
  const first = { account, name, expression, expressionSince: since, nextAt: isEmpty ? since : next };
  // Not `upsert`, which reads before it writes: two processes that start together would both insert.
  await database.scheduleTick.createMany({ data: first, skipDuplicates: true });
  const known = await database.scheduleTick.findUniqueOrThrow({ where: { account_name: { account, name } } });
  if (known.expression === expression) return known.nextAt;
  const nextAt = known.nextAt <= since ? known.nextAt : next;
  const data = { expression, expressionSince: since, nextAt };
  await database.scheduleTick.update({ where: { account_name: { account, name } }, data });
  return nextAt;
}

/** What is recorded of a schedule. `expressionSince` null: since before that was recorded. */
export interface KnownTick {
  /** The cron expression and its time zone. */
  readonly expression: string;
  readonly nextAt: Date;
  readonly expressionSince: Date | null;
}

/** Every schedule that a worker has seen, by name. */
export async function knownTicks(database: Database, account: string): Promise<ReadonlyMap<string, KnownTick>> {
  const ticks = await database.scheduleTick.findMany({ where: { account } });
  return new Map(ticks.map(({ name, ...tick }) => [name, tick]));
}
