/** When people are notified of a condition. Pure: from what is known and what is seen follow what is known next and the notice to send. */
import type { Condition } from "../state/types.ts";
import type { ConditionCode } from "../state/conditions.ts";
import type { NoticeKind } from "./notice.ts";

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const WEEK_MS = 7 * DAY_MS;

/** It must be seen twice. */
const RAISE_AFTER_MS = 15 * SECOND_MS;
/** How long it must be gone before it counts as good again, if it can come back by itself. */
const RESOLVE_AFTER_MS = 10 * MINUTE_MS;
/** What comes back within a day is flapping: people are notified once, and again only if it lasts for a day. */
const FLAPPING_MS = DAY_MS;
/** How long what follows from something else may outlast it. */
const AFTERMATH_MS = 6 * HOUR_MS;

interface Rule {
  /** All of one kind in one notice: when the API fails, six resources are overdue within half an hour. */
  readonly isGrouped: boolean;
  /** Time between the first notice and the first reminder, and between later ones. */
  readonly firstReminderMs: number;
  readonly reminderMs: number;
  /** Whether it follows from one of `CAUSES`, and ends with the sync that is running: then nobody is notified of it before. */
  readonly isEffect: boolean;
  /** Whether it can come and go by itself. What a person or a rule decides does not: each time is news. */
  readonly flaps: boolean;
}

const COMMON: Rule = {
  isGrouped: false,
  firstReminderMs: DAY_MS,
  reminderMs: DAY_MS,
  isEffect: false,
  flaps: true,
};
/** The next night decides: one reminder less, and an API that fails three nights and recovers costs two messages. */
const MIRROR: Rule = { ...COMMON, isGrouped: true, firstReminderMs: 2 * DAY_MS, isEffect: true };
const DECIDED: Rule = { ...COMMON, flaps: false };

const RULES: Readonly<Partial<Record<ConditionCode, Rule>>> = {
  mirror_overdue: MIRROR,
  never_synced: MIRROR,
  unproven_three_nights: MIRROR,
  access_refused: { ...COMMON, isGrouped: true },
  kill_switch: DECIDED,
  database_restored: DECIDED,
  review_waiting: DECIDED,
  audit_tampered: DECIDED,
  // Reports are a little less exact meanwhile.
  statuses_unmapped: { ...DECIDED, firstReminderMs: WEEK_MS, reminderMs: WEEK_MS },
  retention_announced: { ...DECIDED, firstReminderMs: WEEK_MS, reminderMs: WEEK_MS },
};

/** What makes a mirror grow old. */
export const CAUSES: readonly ConditionCode[] = ["access_refused", "no_worker"];

export function ruleOf(code: ConditionCode): Rule {
  return RULES[code] ?? COMMON;
}

/** What people have been notified of about a condition, and what was seen of it since. */
export interface Notified {
  /** The kind of the last notice; null: none yet. */
  readonly lastNotice: NoticeKind | null;
  readonly lastNoticeAt: Date | null;
  /** Since when it has been red without a break; null: it is not. */
  readonly redSince: Date | null;
  /** When a notice of it may be sent, if it lasts. */
  readonly raiseAt: Date | null;
  readonly lastRedAt: Date;
}

/** What is seen of a condition at one time. */
export interface Observed {
  /** Red: people are notified of it. Null: there is no such condition now. */
  readonly colour: Condition["colour"] | null;
  readonly at: Date;
  /** Since when it is so; null: not known, or it is not. */
  readonly since: Date | null;
  /** Whether people have been notified of a cause, or are about to be. */
  readonly hasCause: boolean;
  /** Whether a full sync is running, whose end may end it. */
  readonly isSyncing: boolean;
}

/** What is known after `observed`, and which notice it calls for. `known` null: it is forgotten. */
export function decide(
  code: ConditionCode,
  known: Notified | null,
  observed: Observed,
): { readonly known: Notified | null; readonly kind: Notified["lastNotice"] } {
  const rule = ruleOf(code);
  if (observed.colour === "red") return whileRed(rule, isAnother(rule, known, observed) ? null : known, observed);
  if (known === null) return { known, kind: null };
  const gone = { ...known, redSince: null, raiseAt: null };
  // Amber: it is not over yet, but can wait.
  if (observed.colour === "amber") return { known: gone, kind: null };
  const goneMs = observed.at.getTime() - known.lastRedAt.getTime();
  if (isOpen(known)) {
    return rule.flaps && goneMs < RESOLVE_AFTER_MS
      ? { known: gone, kind: null }
      : notify(gone, "resolved", observed.at);
  }
  return { known: goneMs < FLAPPING_MS ? gone : null, kind: null };
}

/** Whether the last notice said that it is there. */
export function isOpen({ lastNotice }: Notified): boolean {
  return lastNotice === "raised" || lastNotice === "reminder";
}

/** A decision was taken back and taken again since the last check: two changes, and the second one is notified. */
function isAnother({ flaps }: Rule, known: Notified | null, { since }: Observed): boolean {
  return !flaps && known !== null && since !== null && since > known.lastRedAt;
}

function whileRed(rule: Rule, before: Notified | null, observed: Observed): ReturnType<typeof decide> {
  const { at } = observed;
  const known = { ...(before ?? NOTHING), redSince: before?.redSince ?? at, lastRedAt: at };
  if (isOpen(known)) {
    const wait = known.lastNotice === "raised" ? rule.firstReminderMs : rule.reminderMs;
    return at.getTime() - (known.lastNoticeAt?.getTime() ?? 0) < wait
      ? { known, kind: null }
      : notify(known, "reminder", at);
  }
  const isBack =
    rule.flaps && before?.lastNotice === "resolved" && at.getTime() - before.lastRedAt.getTime() < FLAPPING_MS;
  const raiseAt = known.raiseAt ?? later(at, isBack ? FLAPPING_MS : RAISE_AFTER_MS);
  if (rule.isEffect && isExplained(observed, known.redSince)) {
    return {
      known: { ...known, raiseAt: latest(raiseAt, later(at, observed.hasCause ? AFTERMATH_MS : RAISE_AFTER_MS)) },
      kind: null,
    };
  }
  return at < raiseAt ? { known: { ...known, raiseAt }, kind: null } : notify({ ...known, raiseAt }, "raised", at);
}

/** A sync that never ends explains nothing. */
function isExplained({ hasCause, isSyncing, at }: Observed, redSince: Date): boolean {
  return hasCause || (isSyncing && at.getTime() - redSince.getTime() < AFTERMATH_MS);
}

function notify(known: Notified, kind: NoticeKind, at: Date): ReturnType<typeof decide> {
  return { known: { ...known, lastNotice: kind, lastNoticeAt: at }, kind };
}

const NOTHING = { lastNotice: null, lastNoticeAt: null, raiseAt: null } as const;

function later(at: Date, ms: number): Date {
  return new Date(at.getTime() + ms);
}

function latest(one: Date, other: Date): Date {
  return one > other ? one : other;
}
