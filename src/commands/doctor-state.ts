/** The checks of the state: whether a worker runs, whether the mirror is fresh, and whether imports are sent. */
import type { State } from "../ops/state/account-state.ts";
import type { ResourceState } from "../ops/state/types.ts";
import { counted, localTime, spellDuration } from "../platform/text.ts";
import { releaseCommandOf } from "../outbox/operations/switch.ts";
import { alert, ok, warning, type Check } from "./check.ts";

/** Everything that `doctor` checks of the state, for `status` as well. */
export function stateChecks(state: State, maxAgeMs: number | null): readonly Check[] {
  return [...outboxChecks(state), ...mirrorChecks(state, maxAgeMs), workerCheck(state)];
}

/** The kill switch, and what else keeps imports from being sent or waits for a person. */
export function outboxChecks({ killSwitch, imports }: State): readonly Check[] {
  const { held, reason } = killSwitch;
  const thrown = `thrown${reason === null ? "" : `: ${trimmed(reason)}`}. Nothing is sent until: ${releaseCommandOf(killSwitch)}`;
  const { counts, forPerson, gate } = imports;
  const some = (["draft", "ready", "held", "unknown", "needs_review"] as const).flatMap((state) =>
    counts[state] === 0 ? [] : [`${counts[state]} ${state}`],
  );
  const rejected = forPerson - counts.held - counts.needs_review;
  const waiting = rejected === 0 ? some : [...some, `${rejected} rejected`];
  const isForPerson = forPerson > 0;
  const isPaused = gate.code === "circuit_open";
  const until = gate.until === null ? "" : ` until ${localTime(gate.until)}`;
  const closed =
    gate.open || held ? "" : `; ${isPaused ? "paused" : "nothing is sent"}${until}: ${trimmed(gate.reason)}`;
  const hint = isForPerson ? ". See: applicant-sync imports list" : "";
  const detail = `${waiting.length === 0 ? "none waits" : `${waiting.join(", ")} wait`}${closed}${hint}`;
  return [
    held ? alert("kill switch", "kill_switch", thrown) : ok("kill switch", "off"),
    isForPerson
      ? alert("imports", "imports_need_person", detail)
      : isPaused || (!gate.open && some.length > 0)
        ? warning("imports", detail)
        : ok("imports", detail),
  ];
}

/**
 * Whether each resource is fresh, and whether a run waits for a decision. A resource is checked if it has a schedule or was ever synced.
 * `maxAgeMs`: the greatest age that is fresh; null: as its schedules keep it, in the word of the resource.
 */
export function mirrorChecks({ resources, reviews, at }: State, maxAgeMs: number | null = null): readonly Check[] {
  const ageOf = ({ freshAsOf }: ResourceState) => (freshAsOf === null ? null : at.getTime() - freshAsOf.getTime());
  const isScheduled = (one: ResourceState) => one.periodMs !== null;
  const isAnyScheduled = resources.some(isScheduled);
  const isNothingSynced = resources.every(({ freshAsOf }) => freshAsOf === null);
  const never = resources.filter((one) => {
    if (one.freshAsOf !== null) return false;
    if (maxAgeMs === null) return one.word === "never_synced";
    return isScheduled(one) || (!isAnyScheduled && isNothingSynced);
  });
  const late = resources.flatMap((one) => {
    const ageMs = ageOf(one);
    if (ageMs === null || !(maxAgeMs === null ? isLate(one) : ageMs > maxAgeMs)) return [];
    return [`${one.resource} ${spellDuration(ageMs / 1000)} old, ${limitText(maxAgeMs, one.periodMs ?? 0)}`];
  });
  return [
    ...(never.length === 0
      ? []
      : [
          alert("mirror", "never_synced", `never synced: ${never.map(({ resource }) => resource).join(", ")}. ${SYNC}`),
        ]),
    ...(late.length === 0 ? [] : [alert("mirror", "stale", `stale: ${late.join("; ")}. See: applicant-sync status`)]),
    ...(never.length + late.length > 0
      ? []
      : [ok("mirror", maxAgeMs !== null ? freshText(maxAgeMs) : isAnyScheduled ? KEPT : "no schedule keeps it fresh")]),
    ...reviews.map(({ run }) =>
      alert(
        "review",
        "run_needs_review",
        `run ${run} waits for a decision on what it would mark as deleted. See: applicant-sync review`,
      ),
    ),
  ];
}

const SYNC = "Sync them with: applicant-sync sync";
const WORKERS_UNKNOWN =
  "unknown: this user of Redis may not list connections. Allow it with: ACL SETUSER … +client|list";
const KEPT = "as fresh as its schedules keep it";

function isLate({ word }: ResourceState): boolean {
  return word === "late" || word === "overdue";
}

function freshText(maxAgeMs: number): string {
  return `at most ${spellDuration(maxAgeMs / 1000)} old`;
}

function limitText(maxAgeMs: number | null, periodMs: number): string {
  return maxAgeMs === null
    ? `its schedule keeps it under ${spellDuration(periodMs / 1000)}`
    : `more than ${spellDuration(maxAgeMs / 1000)}`;
}

/** Whether a worker runs if something waits for one. */
export function workerCheck({ workers, imports }: State): Check {
  const { running, schedules } = workers;
  if (running === null) return warning("workers", WORKERS_UNKNOWN);
  if (running > 0) return ok("workers", `${running} running`);
  const { draft, ready, unknown } = imports.counts;
  const waiting = draft + ready + unknown;
  if (!workers.isNeeded) return ok("workers", "none runs, and nothing waits for one");
  const waits = [
    ...(waiting > 0 ? [counted(waiting, "import waits", "imports wait")] : []),
    ...(schedules > 0 ? [`no schedule of ${schedules} is kept`] : []),
  ];
  return alert("workers", "no_worker", `none runs: ${waits.join(" and ")}. Start one with: applicant-sync start`);
}

function trimmed(reason: string): string {
  return reason.replace(/\.$/, "");
}
