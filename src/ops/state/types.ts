/** What is known of an account from our own stores: the one source of the command `status`, the page, the metrics and the notices. */
import type { Config } from "../../config/config.ts";
import type { ImportsOverview } from "../../outbox/operations/overview.ts";
import type { Facts } from "../../platform/language.ts";
import type { ScheduleConflict } from "../forecast/conflicts.ts";
import type { HeldRun } from "../../sync/conclusion/review.ts";
import type { ResourceName } from "../../sync/resources.ts";
import type { Gaps, Truth } from "../../sync/runs/truth.ts";
import type { Colour, SentenceCode } from "./condition-row.ts";
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

/** The runs since yesterday evening, 18:00 in the time zone of the account. */
export interface Night {
  readonly from: Date;
  /** Those that ended well: proven, done, or unproven with every page read. */
  readonly ended: number;
  readonly failed: number;
  readonly running: number;
  /** Rows that were new, changed, restored or deleted. */
  readonly rowsChanged: number;
  readonly requests: number;
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

export interface KillSwitch {
  readonly held: boolean;
  /** Why, for programs; null: a person threw it. */
  readonly code: string | null;
  readonly reason: string | null;
  readonly since: Date | null;
  /** The database was restored or copied, and nobody has decided yet. */
  readonly isRestored: boolean;
}

export interface QuotaState {
  readonly lastMinute: number;
  readonly lastHour: number;
  readonly perMinute: number;
  /** When the last pause after a 403 ended or will end; null: there has been none since the API last answered. */
  readonly pausedUntil: Date | null;
  /** When the API began to refuse requests without answering one since; null: it does not. */
  readonly refusedSince: Date | null;
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

/** Another account of the database, and when the last of its schedules was due. */
export interface VanishedAccount {
  readonly account: string;
  readonly since: Date;
}

/** Statuses of which reports do not know the category. */
export interface UnmappedStatuses {
  readonly count: number;
  /** When the mirror saw the first of them; null: there is none. */
  readonly since: Date | null;
}

/** What RETENTION has erased and will erase. */
export interface RetentionState {
  /** Each clock that is applied, and when it is overdue unless it is applied to its end before. */
  readonly clocks: readonly { readonly clock: string; readonly doneAt: Date | null; readonly overdueAt: Date }[];
  /** People on the notice list, by clock; `from`: the first day on which one of them is erased, such as `2026-12-26`. */
  readonly announced: readonly { readonly clock: string; readonly people: number; readonly from: string }[];
  /** People whom it has erased and whom the source still has. */
  readonly atSource: number;
}

/** The first decision that somebody touched, as the last check of the audit found it. */
export interface AuditFault {
  readonly decision: string;
  readonly since: Date;
}

export interface State {
  readonly account: string;
  readonly environment: Config["environment"];
  readonly kind: Config["kind"];
  /** When it was read. */
  readonly at: Date;
  readonly resources: readonly ResourceState[];
  readonly lastNight: Night;
  readonly reviews: readonly HeldRun[];
  readonly imports: ImportsOverview;
  readonly killSwitch: KillSwitch;
  readonly quota: QuotaState;
  readonly forecast: Tonight;
  readonly workers: WorkersState;
  readonly notices: NoticesState;
  /** How far the clock of this machine is from that of the database, in milliseconds. */
  readonly skewMs: number;
  readonly vanished: readonly VanishedAccount[];
  readonly unmapped: UnmappedStatuses;
  /** Null: RETENTION is off. */
  readonly retention: RetentionState | null;
  /** Null: the audit is as it was written. */
  readonly auditFault: AuditFault | null;
  /** Worst first. */
  readonly conditions: readonly Condition[];
  /** Since when a sentence reports nothing wrong, as far as a worker has stored it. */
  readonly quietSince: Readonly<Partial<Record<SentenceCode, Date>>>;
}
