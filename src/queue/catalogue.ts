import { z } from "zod";

/**
 * Every kind of job: its queue, what its payload holds (ids and names only), how often it may fail, how urgent it is and
 * what makes two jobs the same. One attempt of an `api` job is at most one HTTP request.
 */
const id = z.int().nonnegative();
const resource = z.string().regex(/^[a-z_]+$/);

export const payloads = {
  page: z.object({ run: id, walker: id, step: id, urgency: z.enum(["person", "incremental", "full"]) }),
  confirm: z.object({ run: id, id: z.string().regex(/^\d{1,19}$/), controlRow: z.boolean() }),
  detail: z.object({ run: id, id: z.string().regex(/^\d{1,19}$/) }),
  /** `settings`: whose settings are tried, as a digest; `until`: when nobody waits any more, milliseconds since the epoch. */
  probe: z.object({ scope: resource, check: z.uuid(), settings: z.hex(), until: id }),
  start: z.object({
    resource,
    kind: z.enum(["full", "incremental"]),
    trigger: z.enum(["schedule", "command"]),
    tick: z.object({ name: resource, at: z.iso.datetime(), next: z.iso.datetime() }).optional(),
    request: z.uuid(),
  }),
  finish: z.object({ run: id }),
  deliver: z.object({ import: id, turn: id, bulk: z.boolean() }),
  reconcile: z.object({ import: id, turn: id, bulk: z.boolean() }),
} as const;

export type JobKind = keyof typeof payloads;
export type Payload<K extends JobKind> = z.infer<(typeof payloads)[K]>;
export type QueueName = "api" | "sync";

/**
 * Lower goes first. A job without a priority would go before all of these, so every kind has one. Writes go before reads, and
 * one that came alone before those of a batch: somebody waits for it.
 */
export const PRIORITY = { write: 1, bulkWrite: 2, person: 3, incremental: 4, full: 5 } as const;

interface JobRules<K extends JobKind> {
  readonly queue: QueueName;
  readonly attempts: number;
  readonly priority: (payload: Payload<K>) => number;
  /** Two jobs of the same id at a time are one job. */
  readonly jobId: (payload: Payload<K>) => string;
}

export const catalogue: { readonly [K in JobKind]: JobRules<K> } = {
  page: {
    queue: "api",
    attempts: 12,
    priority: ({ urgency }) => PRIORITY[urgency],
    jobId: ({ run, walker, step }) => `page-${run}-${walker}-${step}`,
  },
  confirm: {
    queue: "api",
    attempts: 6,
    priority: () => PRIORITY.incremental,
    jobId: ({ run, id: row, controlRow }) => `${controlRow ? "control" : "confirm"}-${run}-${row}`,
  },
  detail: {
    queue: "api",
    attempts: 3,
    priority: () => PRIORITY.incremental,
    jobId: ({ run, id: row }) => `detail-${run}-${row}`,
  },
  probe: {
    queue: "api",
    attempts: 2,
    // As urgent as a write: there are a handful, and a worker that came for them alone leaves all other jobs to others.
    priority: () => PRIORITY.write,
    jobId: ({ scope, check }) => `probe-${scope}-${check}`,
  },
  start: {
    queue: "sync",
    attempts: 5,
    priority: ({ trigger }) => (trigger === "command" ? PRIORITY.person : PRIORITY.full),
    jobId: ({ resource: name, kind, tick, request }) =>
      `start-${name}-${kind}-${tick === undefined ? request : Date.parse(tick.at)}`,
  },
  finish: {
    queue: "sync",
    attempts: 5,
    priority: () => PRIORITY.person,
    jobId: ({ run }) => `finish-${run}`,
  },
  deliver: {
    queue: "api",
    attempts: 12,
    priority: ({ bulk }) => (bulk ? PRIORITY.bulkWrite : PRIORITY.write),
    jobId: ({ import: row, turn }) => `deliver-${row}-${turn}`,
  },
  reconcile: {
    queue: "api",
    attempts: 6,
    priority: ({ bulk }) => (bulk ? PRIORITY.bulkWrite : PRIORITY.write),
    jobId: ({ import: row, turn }) => `reconcile-${row}-${turn}`,
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

/**
 * The limiter of the `api` queue: one request a slot, the slot being 60 s / quota and 1 % more. (`max: 120,
 * duration: 60000` would be a fixed window, which lets nearly twice the quota into one rolling minute.)
 */
export function slotMs(requestsPerMinute: number): number {
  return Math.ceil((60_000 / requestsPerMinute) * 1.01);
}
