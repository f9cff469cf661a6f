/** What a decision of a person may change, and what shows it: the page shows it as it is right after one. */
import type { Database } from "../../database/client.ts";
import { overviewOf } from "../../outbox/operations/overview.ts";
import { heldRuns } from "../../sync/conclusion/review.ts";
import { notedSince } from "./condition-since.ts";
import { readNight } from "./night.ts";
import { readRetention } from "./retention.ts";
import type { StateDeps } from "./deps.ts";

export type DecidedState = Awaited<ReturnType<typeof readDecided>>;

/** `done`: how many imports are done. */
export async function readDecided({ database, config, outbox, workers }: StateDeps, done: number, at: Date) {
  const { account } = config;
  return {
    imports: await overviewOf(database, outbox, workers, () => Promise.resolve(done)),
    killSwitch: await readKillSwitch(database, account),
    reviews: await heldRuns(database, account),
    night: await readNight(database, config, at),
    unmapped: await unmappedStatuses(database, account),
    /** Null: RETENTION is off. */
    retention: await readRetention(database, config),
    noted: await notedSince(database, account),
  };
}

/**
 * Whether all imports are held, why (`code`, for programs, is null where a person threw the switch), and since when. `isRestored`: the
 * database was restored or copied, and nobody has decided yet.
 */
export async function readKillSwitch(database: Database, account: string) {
  const control = await database.importControl.findUnique({ where: { account } });
  const restore = await database.importRestore.findFirst({ where: { account, decidedAt: null } });
  const isRestored = restore !== null;
  if (control?.held !== true) return { held: false, code: null, reason: null, since: null, isRestored };
  return { held: true, code: control.reasonCode, reason: control.heldReason, since: control.heldAt, isRestored };
}

/** The statuses of an account that have no category, by their name or by a decision; `since`: when the mirror saw the first. */
export async function unmappedStatuses(database: Database, account: string) {
  const { _count: count, _min: first } = await database.statusCategory.aggregate({
    where: { account, category: null, isGuessed: true },
    _count: true,
    _min: { firstSeenAt: true },
  });
  return { count, since: first.firstSeenAt };
}
