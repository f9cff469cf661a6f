/** Finds the conditions in the facts. */
import { releaseCommandOf } from "../../outbox/operations/switch.ts";
import type { Facts } from "../../platform/language.ts";
import { localTime } from "../../platform/text.ts";
import { CONDITIONS, type ConditionCode } from "./conditions.ts";
import type { Condition, ResourceState, State } from "./types.ts";

/** Worst first: in the order of the table, red before amber. */
export function findConditions(state: Omit<State, "conditions">): readonly Condition[] {
  const { killSwitch, workers, imports, reviews, quota, forecast, notices } = state;
  const found = [
    ...state.resources.flatMap(ofResource),
    ...reviews.map(({ run, resource, absent, known, startedAt }) =>
      condition("review_waiting", { run, resource, absent, known }, String(run), new Date(startedAt)),
    ),
    ...(killSwitch.held && !killSwitch.isRestored
      ? [condition("kill_switch", { reset: releaseCommandOf(killSwitch) }, "", killSwitch.since)]
      : []),
    ...(killSwitch.isRestored ? [condition("database_restored", {}, "", killSwitch.since)] : []),
    ...(imports.forPerson > 0 ? [condition("imports_need_person", { count: imports.forPerson })] : []),
    ...(workers.running === 0 && workers.isNeeded ? [condition("no_worker")] : []),
    ...(quota.pausedUntil === null ? [] : [condition("quota_refused", { until: localTime(quota.pausedUntil) })]),
    ...forecast.conflicts.map(({ reason, message }) => condition("night_does_not_fit", { conflict: message }, reason)),
    ...notices.undelivered.map(({ channel, since }) => condition("notice_undelivered", { channel }, channel, since)),
  ];
  const order = Object.keys(CONDITIONS);
  return found.toSorted((a, b) => order.indexOf(a.code) - order.indexOf(b.code));
}

function ofResource(one: ResourceState): readonly Condition[] {
  const { resource, word, freshAsOf, lateAt, overdueAt, full } = one;
  const facts = { resource, fresh: timeOf(freshAsOf), due: timeOf(full.nextDue) };
  if (word === "never_synced") return [condition("never_synced", facts, resource)];
  if (word === "overdue") return [condition("mirror_overdue", facts, resource, overdueAt)];
  if (word === "late") return [condition("mirror_late", facts, resource, lateAt)];
  return [];
}

function condition(code: ConditionCode, facts: Facts = {}, subject = "", since: Date | null = null): Condition {
  return { code, colour: CONDITIONS[code].colour, since, facts, subject };
}

function timeOf(time: Date | null): string {
  return time === null ? "-" : localTime(time, "minute");
}
