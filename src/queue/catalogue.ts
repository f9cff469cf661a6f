import { z } from "zod";

/**
 * Every kind of job: what its payload holds (ids and numbers only), how often it may fail, how urgent it is and what makes
 * two jobs the same. One attempt of a job is at most one HTTP request.
 */
const id = z.int().nonnegative();
const row = z.string().regex(/^\d{1,19}$/);

const urgency = z.enum(["person", "incremental", "full"]);
/** Jobs of older versions do not say. */
const urgencyOfRow = urgency.default("incremental");

export const payloads = {
  page: z.object({ run: id, walker: id, step: id, urgency }),
  confirm: z.object({ run: id, id: row, controlRow: z.boolean(), urgency: urgencyOfRow }),
  detail: z.object({ run: id, id: row, urgency: urgencyOfRow }),
  deliver: z.object({ import: id, turn: id, bulk: z.boolean() }),
  reconcile: z.object({ import: id, turn: id, bulk: z.boolean() }),
} as const;

export type JobKind = keyof typeof payloads;
export type Payload<K extends JobKind> = z.infer<(typeof payloads)[K]>;

/**
 * Lower goes first. A job without a priority would go before all of these, so every kind has one. Writes go before reads (I2), and
 * one that came alone before those of a batch: somebody waits for it.
 */
export const PRIORITY = { write: 1, bulkWrite: 2, person: 3, incremental: 4, full: 5 } as const;

interface JobRules<K extends JobKind> {
  readonly attempts: number;
  readonly priority: (payload: Payload<K>) => number;
  /** Two jobs of the same id at a time are one job: whatever is enqueued twice is done once. */
  readonly jobId: (payload: Payload<K>) => string;
}

export const catalogue: { readonly [K in JobKind]: JobRules<K> } = {
  page: {
    attempts: 12,
    priority: ({ urgency: one }) => PRIORITY[one],
    jobId: ({ run, walker, step }) => `page-${run}-${walker}-${step}`,
  },
  confirm: {
    attempts: 6,
    priority: ({ urgency: one }) => PRIORITY[one],
    jobId: ({ run, id: one, controlRow }) => `${controlRow ? "control" : "confirm"}-${run}-${one}`,
  },
  detail: {
    attempts: 3,
    priority: ({ urgency: one }) => PRIORITY[one],
    jobId: ({ run, id: one }) => `detail-${run}-${one}`,
  },
  deliver: {
    attempts: 12,
    priority: ({ bulk }) => (bulk ? PRIORITY.bulkWrite : PRIORITY.write),
    jobId: ({ import: one, turn }) => `deliver-${one}-${turn}`,
  },
  reconcile: {
    attempts: 6,
    priority: ({ bulk }) => (bulk ? PRIORITY.bulkWrite : PRIORITY.write),
    jobId: ({ import: one, turn }) => `reconcile-${one}-${turn}`,
  },
};

const BACKOFF = { baseMs: 1_000, capMs: 120_000 } as const;

/**
 * The wait before attempt `attemptsMade + 1`: doubling from one second up to two minutes, half of it drawn by lot so
 * that many jobs do not come back together; never less than `floorMs`, the wait that the server asked for.
 */
export function backoffMs(attemptsMade: number, floorMs: number, random: () => number = Math.random): number {
  const full = Math.min(BACKOFF.capMs, BACKOFF.baseMs * 2 ** Math.max(0, attemptsMade - 1));
  return Math.max(floorMs, Math.round(full / 2 + (full / 2) * random()));
}
