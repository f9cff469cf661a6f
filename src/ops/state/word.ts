/** The state of a resource in one word. Pure. */
import type { Word } from "./types.ts";

/** A run without any sign of life for so long explains nothing: its worker is gone, or hangs. */
const SILENT_MS = 6 * 3_600_000;

export interface WordFacts {
  readonly isScheduled: boolean;
  /** When the last run that read the list began; null: none. */
  readonly freshAsOf: Date | null;
  /** When it becomes late, overdue and unproven if nothing happens before; null: never. */
  readonly lateAt: Date | null;
  readonly overdueAt: Date | null;
  readonly unprovenAt: Date | null;
  /** A run of the resource has failed since `freshAsOf`. */
  readonly hasFailed: boolean;
  readonly run: {
    readonly isFull: boolean;
    /** It has read at least one page. */
    readonly hasRead: boolean;
    /** When it began, or the account last made a request: what is later. */
    readonly aliveAt: Date;
  } | null;
}

/**
 * A run that is going on explains why a mirror is late, so that neither a first sync of four hours nor the catching up of a worker that was
 * started again is an alarm. The next attempt after a failure does so only once it reads pages of a full sync: it may fail like the last.
 */
export function wordOf(facts: WordFacts, now: Date): Word {
  const { isScheduled, freshAsOf, lateAt, overdueAt, unprovenAt, hasFailed } = facts;
  const run = facts.run !== null && now.getTime() - facts.run.aliveAt.getTime() < SILENT_MS ? facts.run : null;
  const isExplained = run !== null && (!hasFailed || (run.isFull && run.hasRead));
  if (!isScheduled) return run === null ? "off" : "running";
  if (freshAsOf === null) return isExplained ? "running" : "never_synced";
  if (isPast(overdueAt, now)) return isExplained ? "running" : "overdue";
  if (isPast(lateAt, now)) return isExplained ? "running" : "late";
  if (isPast(unprovenAt, now)) return run?.isFull === true ? "running" : "unproven";
  return run === null ? "on_time" : "running";
}

function isPast(time: Date | null, now: Date): boolean {
  return time !== null && now > time;
}
