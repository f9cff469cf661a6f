/** Finds the conditions that hold, from the facts of the state. Pure. */
import { releaseCommandOf } from "../../outbox/operations/switch.ts";
import type { Facts } from "../../platform/language.ts";
import { localTime } from "../../platform/text.ts";
import { CONDITIONS, type ConditionCode } from "./conditions.ts";
import { earliest, nextDueOf } from "./deadlines.ts";
import type { State } from "./account-state.ts";
import type { Condition, ResourceState } from "./types.ts";

type Known = Omit<State, "conditions">;

/** With a larger skew, times of ours and of the database cannot be compared. The vendor's tokens allow for less than a minute. */
const MOST_SKEW_MS = 5_000;
/** A pause after a 403 is over once so much time has passed without another. */
const PAUSE_ENDED_MS = 15 * 60_000;
const ACCESS_CODES = ["api_refused", "api_unauthorised"];

/** Worst first: in the order of the table. */
export function findConditions(state: Known): readonly Condition[] {
  const found = [
    ...state.resources.flatMap((one) => ofResource(one, state)),
    ...ofImports(state),
    ...ofAccount(state),
    ...ofRetention(state),
  ];
  const order = Object.keys(CONDITIONS);
  return found.toSorted((a, b) => order.indexOf(a.code) - order.indexOf(b.code));
}

function ofResource(one: ResourceState, { at, reviews, workers }: Known): readonly Condition[] {
  const { resource, word, freshAsOf, provenAsOf, lateAt, overdueAt, full, failure, unprovenThreeNightsAt } = one;
  const facts = { resource, fresh: timeOf(freshAsOf), proven: timeOf(provenAsOf), due: timeOf(nextDueOf(one)) };
  const refused =
    failure !== null && ACCESS_CODES.includes(failure.code)
      ? [condition("access_refused", { resource }, resource, failure.since)]
      : [];
  if (word === "never_synced") {
    // Before its first run begins nothing is wrong, unless nobody is there to start it.
    const isMissed = full.nextDue === null ? workers.running === 0 : at.getTime() > full.nextDue.getTime() + MISSED_MS;
    const since = failure?.since ?? full.nextDue;
    return failure !== null || isMissed ? [...refused, condition("never_synced", facts, resource, since)] : refused;
  }
  if (word === "overdue") return [...refused, condition("mirror_overdue", facts, resource, overdueAt)];
  if (word === "late") return [...refused, condition("mirror_late", facts, resource, lateAt)];
  const isReviewed = reviews.some((review) => review.resource === resource);
  const isUnproven = unprovenThreeNightsAt !== null && at > unprovenThreeNightsAt && !isReviewed;
  return isUnproven ? [...refused, condition("unproven_three_nights", facts, resource, one.unprovenAt)] : refused;
}

const MISSED_MS = 30 * 60_000;

function ofImports({ killSwitch, imports, reviews }: Known): readonly Condition[] {
  const { held, isRestored, since } = killSwitch;
  return [
    ...(isRestored ? [condition("database_restored", {}, "", since)] : []),
    ...(held && !isRestored ? [condition("kill_switch", { reset: releaseCommandOf(killSwitch) }, "", since)] : []),
    ...(imports.forPerson > 0
      ? [condition("imports_need_person", { count: imports.forPerson }, "", dateOf(imports.forPersonSince))]
      : []),
    ...reviews.map(({ run, resource, absent, known, startedAt }) =>
      condition("review_waiting", { run, resource, absent, known }, String(run), new Date(startedAt)),
    ),
  ];
}

function ofAccount(state: Known): readonly Condition[] {
  const { at, workers, quota, forecast, notices, skewMs, vanished, unmapped, auditFault } = state;
  const { pausedUntil } = quota;
  const isPaused = pausedUntil !== null && at.getTime() < pausedUntil.getTime() + PAUSE_ENDED_MS;
  return [
    ...(workers.running === 0 && workers.isNeeded ? [condition("no_worker")] : []),
    ...(isPaused ? [condition("quota_refused", { until: timeOf(pausedUntil) }, "", quota.refusedSince)] : []),
    // A busy hour delays syncs, and nothing more.
    ...forecast.conflicts
      .filter(({ reason }) => reason !== "hour")
      // By the schedule, or the day: the share of the quota changes while it is the same conflict.
      .map(({ reason, what, message }) =>
        condition("night_does_not_fit", { what, conflict: message }, reason === "overlap" ? what : reason),
      ),
    ...(auditFault === null
      ? []
      : [condition("audit_tampered", { decision: auditFault.decision }, "", auditFault.since)]),
    ...(skewMs > MOST_SKEW_MS ? [condition("clock_skew", { seconds: Math.round(skewMs / 1000) })] : []),
    ...notices.undelivered.map(({ channel, since }) => condition("notice_undelivered", { channel }, channel, since)),
    ...vanished.map(({ account, since }) => condition("account_vanished", { other: account }, account, since)),
    ...(unmapped.count > 0 ? [condition("statuses_unmapped", { count: unmapped.count }, "", unmapped.since)] : []),
  ];
}

function ofRetention({ at, retention }: Known): readonly Condition[] {
  const overdue = (retention?.clocks ?? []).filter(({ overdueAt }) => at > overdueAt);
  const announced = retention?.announced ?? [];
  const people = announced.reduce((sum, one) => sum + one.people, 0);
  const [first] = announced.map(({ from }) => from).toSorted();
  const since = earliest(overdue.map(({ overdueAt }) => overdueAt));
  return [
    ...(since === null
      ? []
      : [condition("retention_overdue", { clocks: overdue.map(({ clock }) => clock).join(", ") }, "", since)]),
    ...(first === undefined ? [] : [condition("retention_announced", { count: people, day: first })]),
  ];
}

function condition(code: ConditionCode, facts: Facts = {}, subject = "", since: Date | null = null): Condition {
  return { code, colour: CONDITIONS[code].colour, since, facts, subject };
}

function dateOf(iso: string | null): Date | null {
  return iso === null ? null : new Date(iso);
}

function timeOf(time: Date | null): string {
  return time === null ? "-" : localTime(time, "minute");
}
