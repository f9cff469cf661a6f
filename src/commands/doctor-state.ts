/** The checks of our own stores: whether a worker runs, whether the mirror is fresh, and whether imports are sent. */
import { localTime, spellDuration } from "../platform/text.ts";
import { longestGapMs } from "../schedule/cron.ts";
import { outboxOptionsOf, type Context, type Stores } from "../wiring.ts";
import { overviewOf } from "../outbox/operations/overview.ts";
import { queryOf, readSwitch, releaseCommandOf } from "../outbox/operations/switch.ts";
import { truthOf } from "../sync/runs/report.ts";
import { pullsOf } from "../schedule/pulls.ts";
import { heldRuns } from "../sync/conclusion/review.ts";
import { alert, ok, warning, type Check } from "./check.ts";

type Database = Stores["database"];

/** The mirror may be older than the longest gap between two ticks by a quarter of it, within these limits, because a run takes time. */
const GRACE_MS = { least: 1_800_000, most: 6 * 3_600_000 } as const;

/** Everything that `doctor` checks of the state, for `status` as well. */
export async function stateChecks(
  context: Context,
  database: Database,
  workers: number | null,
  maxAgeMs: number | null,
): Promise<readonly Check[]> {
  const [outbox, mirror, worker] = await Promise.all([
    outboxChecks(context, database),
    mirrorChecks(context, database, maxAgeMs),
    workerCheck(context, database, workers),
  ]);
  return [...outbox, ...mirror, worker];
}

/** The kill switch, and what else keeps imports from being sent or waits for a person. */
export async function outboxChecks({ config }: Context, database: Database): Promise<readonly Check[]> {
  const { held, reason, isRestored } = await readSwitch(queryOf(database), config.account);
  const thrown = `thrown${reason === null ? "" : `: ${trimmed(reason)}`}. Nothing is sent until: ${releaseCommandOf({ isRestored })}`;
  const { counts, forPerson, gate } = await overviewOf(database, outboxOptionsOf(config));
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
 * `maxAgeMs`: the greatest age that is fresh; null: the age that the schedule of the resource keeps it under, if it has one.
 */
export async function mirrorChecks(
  { config }: Context,
  database: Database,
  maxAgeMs: number | null = null,
  now: Date = new Date(),
): Promise<readonly Check[]> {
  const full = pullsOf(config).filter(({ kind }) => kind === "full");
  const ages = await Promise.all(
    full.map(async ({ resource, expression }) => {
      const { freshAsOf } = await truthOf(database, config.account, resource);
      const ageMs = freshAsOf === null ? null : now.getTime() - freshAsOf.getTime();
      const gapMs = expression === null ? null : longestGapMs(expression, config.schedules.timezone, now);
      const limitMs = maxAgeMs ?? (gapMs === null ? null : gapMs + graceOf(gapMs));
      return { resource, isScheduled: expression !== null, ageMs, limitMs, keptUnderMs: maxAgeMs ?? gapMs };
    }),
  );
  const scheduled = ages.some(({ isScheduled }) => isScheduled);
  const isNothingSynced = ages.every(({ ageMs }) => ageMs === null);
  const never = ages.filter(
    ({ ageMs, isScheduled }) => ageMs === null && (isScheduled || (maxAgeMs !== null && !scheduled && isNothingSynced)),
  );
  const late = ages.flatMap(({ resource, ageMs, limitMs, keptUnderMs }) =>
    ageMs === null || limitMs === null || keptUnderMs === null || ageMs <= limitMs
      ? []
      : [`${resource} ${spellDuration(ageMs / 1000)} old, ${limitText(maxAgeMs, keptUnderMs)}`],
  );
  const reviews = await heldRuns(database, config.account);
  return [
    ...(never.length === 0
      ? []
      : [
          alert("mirror", "never_synced", `never synced: ${never.map(({ resource }) => resource).join(", ")}. ${SYNC}`),
        ]),
    ...(late.length === 0 ? [] : [alert("mirror", "stale", `stale: ${late.join("; ")}. See: applicant-sync status`)]),
    ...(never.length + late.length > 0
      ? []
      : [ok("mirror", maxAgeMs !== null ? freshText(maxAgeMs) : scheduled ? KEPT : "no schedule keeps it fresh")]),
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

function freshText(maxAgeMs: number): string {
  return `at most ${spellDuration(maxAgeMs / 1000)} old`;
}

function limitText(maxAgeMs: number | null, keptUnderMs: number): string {
  const limit = spellDuration(keptUnderMs / 1000);
  return maxAgeMs === null ? `its schedule keeps it under ${limit}` : `more than ${limit}`;
}

/** Whether a worker runs if something waits for one. `workers`: the number of processes that process jobs of the account, null if that is unknown. */
export async function workerCheck({ config }: Context, database: Database, workers: number | null): Promise<Check> {
  if (workers === null) return warning("workers", WORKERS_UNKNOWN);
  if (workers > 0) return ok("workers", `${workers} running`);
  const { counts } = await overviewOf(database, outboxOptionsOf(config));
  const imports = counts.draft + counts.ready + counts.unknown;
  const schedules = pullsOf(config).filter(({ expression }) => expression !== null).length;
  if (imports + schedules === 0) return ok("workers", "none runs, and nothing waits for one");
  const waits = [
    ...(imports > 0 ? [`${imports} imports wait`] : []),
    ...(schedules > 0 ? [`no schedule of ${schedules} is kept`] : []),
  ];
  return alert("workers", "no_worker", `none runs: ${waits.join(" and ")}. Start one with: applicant-sync start`);
}

function graceOf(gapMs: number): number {
  return Math.min(GRACE_MS.most, Math.max(GRACE_MS.least, gapMs / 4));
}

function trimmed(reason: string): string {
  return reason.replace(/\.$/, "");
}
