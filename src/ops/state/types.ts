/** What the state of an account consists of. */
import type { Facts } from "../../platform/language.ts";
import type { ScheduleConflict } from "../forecast/conflicts.ts";
import type { ResourceName } from "../../sync/resources.ts";
import type { Gaps, Truth } from "../../sync/runs/truth.ts";
import type { Colour } from "./condition-row.ts";
import type { ConditionCode } from "./conditions.ts";

/**
 * The state of a resource in one word, by its own schedules. `late`: older than a period and its grace; `overdue`: older than
 * two. `unproven`: fresh, but not proven for longer than the full syncs allow. `off`: no schedule.
 */
export const WORDS = ["on_time", "running", "late", "overdue", "never_synced", "unproven", "off"] as const;
export type Word = (typeof WORDS)[number];

/** Something that is not as it should be, as long as it lasts. Its texts stand in `CONDITIONS`. */
export interface Condition {
  readonly code: ConditionCode;
  readonly colour: Colour;
  /** Null: not known. */
  readonly since: Date | null;
  /** What stands in the braces of its texts. No personal data. */
  readonly facts: Facts;
  /** What it is about, such as a resource or the number of a run; empty: the account. With `code` it identifies the condition. */
  readonly subject: string;
}

/** A schedule of a resource. */
export interface Schedule {
  /** For people: the cron expression, `off`, or why there is none. */
  readonly schedule: string;
  /** Null: there is none, or no worker has seen it yet. */
  readonly nextDue: Date | null;
}

export interface ResourceState extends Truth, Gaps {
  readonly word: Word;
  /** The longest time between two ticks of its schedules, in milliseconds; null: it has none. */
  readonly periodMs: number | null;
  /** When it becomes `late` and `overdue` if nothing is read before; null: never synced, or no schedule. */
  readonly lateAt: Date | null;
  readonly overdueAt: Date | null;
  /** When it becomes `unproven`, and when it has been for three nights, unless a full sync proves it before; null: no full schedule. */
  readonly unprovenAt: Date | null;
  readonly unprovenThreeNightsAt: Date | null;
  readonly full: Schedule;
  /** Null: the resource has none. */
  readonly incremental: Schedule | null;
}

/** A run that a schedule will start. */
export interface ComingRun {
  readonly resource: ResourceName;
  readonly kind: string;
  readonly at: Date;
  /** For its list; null before the first sync. */
  readonly requests: number | null;
}

/** What the schedules will do and ask of the quota until the next noon in the time zone of the account, and whether it fits. */
export interface Tonight {
  readonly from: Date;
  readonly to: Date;
  /** The first 500. */
  readonly runs: readonly ComingRun[];
  readonly requests: number;
  /** Share of the quota of that time, 1 being all of it. */
  readonly share: number;
  /** Conflicts of the coming week with the quota or with each other. */
  readonly conflicts: readonly ScheduleConflict[];
}

/** What is known of the notices; handed in by who sends them. */
export interface NoticesState {
  /** The channels that are configured, such as `webhook`. */
  readonly channels: readonly string[];
  /** Notices that wait to be delivered. */
  readonly waiting: number;
  /** Channels to which the oldest notice could not be delivered, and since when. */
  readonly undelivered: readonly { readonly channel: string; readonly since: Date }[];
}

export interface WorkersState {
  /** Processes that process jobs of the account; null: this user of Redis may not ask. */
  readonly running: number | null;
  /** How many schedules are set. */
  readonly schedules: number;
  /** Whether something waits for a worker: a schedule, or imports. */
  readonly isNeeded: boolean;
}
