import type { State } from "../state/account-state.ts";
import type { QuotaWindow, RequestCount } from "./requests.ts";
import type { RunCount } from "./runs.ts";

/** What our own stores know. Every worker of an account shows the same of it. */
export interface StoredFacts {
  readonly state: State;
  readonly runs: readonly RunCount[];
  readonly requests: readonly RequestCount[];
  readonly window: QuotaWindow;
  /** How far the clock of this process is ahead of that of the database. */
  readonly skewSeconds: number;
}

/** Jobs by state, and the processes that process them; null: this user of Redis may not ask. */
export interface QueueFacts {
  readonly jobs: { readonly waiting: number; readonly delayed: number; readonly active: number };
  readonly workers: number | null;
}

/** What a worker knows of itself. */
export interface WorkerFacts {
  readonly version: string;
  readonly environment: string;
  readonly kind: string;
  readonly isAlive: boolean;
  /** Requests that it kept back because the minute was full. */
  readonly quotaWaits: number;
}

/** What one scrape shows. Null: the database, or the queue, did not answer in time. */
export interface MetricFacts {
  readonly stored: StoredFacts | null;
  readonly queue: QueueFacts | null;
  readonly worker: WorkerFacts;
}

export interface Sample {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A family of metrics: a row of the table. */
export interface FamilyRow {
  /** After the prefix. In base units; that of a counter, and no other, ends in `_total`. */
  readonly name: string;
  /** What it says, in one sentence. */
  readonly help: string;
  /** Beside `account`. Each has few values, which are known beforehand. */
  readonly labels?: readonly string[];
  /** Its samples, or its only value; null where its facts are not known. */
  readonly read: (facts: MetricFacts) => readonly Sample[] | number | null;
}

/** A family of what our stores know; without samples while the database does not answer. */
export function stored(read: (facts: StoredFacts) => readonly Sample[] | number | null): FamilyRow["read"] {
  return (facts) => facts.stored && read(facts.stored);
}

/** Seconds since the epoch. */
export function timestamp(time: Date | string | null): number | null {
  return time === null ? null : new Date(time).getTime() / 1000;
}
