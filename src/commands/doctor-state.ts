/** What `doctor` finds in our own stores: whether somebody works, whether the mirror is fresh, whether imports may be sent. */
import { spellDuration } from "../platform/text.ts";
import { longestGapMs } from "../schedule/cron.ts";
import { outboxOptionsOf, type Context, type Stores } from "../wiring.ts";
import { overviewOf } from "../outbox/operations/overview.ts";
import { queryOf, readSwitch, releaseCommandOf } from "../outbox/operations/switch.ts";
import { truthOf } from "../sync/runs/report.ts";
import { pullsOf } from "../schedule/pulls.ts";
import { heldRuns } from "../sync/conclusion/review.ts";
import { ok, warning, type Check } from "./check.ts";

type Database = Stores["database"];

/** A run lasts a while: the mirror may be older than the longest gap between two ticks by a quarter of that, within these. */
const GRACE_MS = { least: 1_800_000, most: 6 * 3_600_000 } as const;

/** The kill switch, and what else keeps imports from being sent or waits for a person. */
export async function outboxChecks({ config }: Context, database: Database): Promise<readonly Check[]> {
  const { held, reason, isRestored } = await readSwitch(queryOf(database), config.account);
  const thrown = `thrown${reason === null ? "" : `: ${trimmed(reason)}`}. Nothing is sent until: ${releaseCommandOf({ isRestored })}`;
  const { counts, gate } = await overviewOf(database, outboxOptionsOf(config));
  const waiting = (["draft", "ready", "held", "unknown", "needs_review"] as const).flatMap((state) =>
    counts[state] === 0 ? [] : [`${counts[state]} ${state}`],
  );
  const isForPerson = counts.needs_review > 0 || counts.held > 0;
  const isPaused = gate.code === "circuit_open";
  const until = gate.until === null ? "" : ` until ${gate.until}`;
  const closed =
    gate.open || held ? "" : `; ${isPaused ? "paused" : "nothing is sent"}${until}: ${trimmed(gate.reason)}`;
  const hint = isForPerson ? ". See: applicant-sync imports list" : "";
  const detail = `${waiting.length === 0 ? "none waits" : `${waiting.join(", ")} wait`}${closed}${hint}`;
  const isWarning = isPaused || isForPerson || (!gate.open && waiting.length > 0);
  return [
    held ? warning("kill switch", thrown) : ok("kill switch", "off"),
    isWarning ? warning("imports", detail) : ok("imports", detail),
  ];
}

/** Whether each resource that has a schedule is as fresh as that schedule keeps it, and whether a run waits for a decision. */
export async function mirrorChecks(
  { config }: Context,
  database: Database,
  now: Date = new Date(),
): Promise<readonly Check[]> {
  const scheduled = pullsOf(config).flatMap(({ kind, resource, expression }) =>
    kind === "full" && expression !== null ? [{ resource, expression }] : [],
  );
  const stale = await Promise.all(
    scheduled.map(async ({ resource, expression }) => {
      const { freshAsOf } = await truthOf(database, config.account, resource);
      if (freshAsOf === null) return [`${resource} never synced`];
      const ageMs = now.getTime() - freshAsOf.getTime();
      const longest = longestGapMs(expression, config.schedules.timezone, now);
      if (longest === null || ageMs <= longest + graceOf(longest)) return [];
      return [
        `${resource} ${spellDuration(ageMs / 1000)} old, its schedule keeps it under ${spellDuration(longest / 1000)}`,
      ];
    }),
  );
  const late = stale.flat();
  const reviews = await heldRuns(database, config.account);
  const ids = reviews.map(({ run }) => run).join(", ");
  return [
    scheduled.length === 0
      ? ok("mirror", "no schedule keeps it fresh")
      : late.length === 0
        ? ok("mirror", "as fresh as its schedules keep it")
        : warning("mirror", `stale: ${late.join("; ")}. See: applicant-sync status`),
    ...(reviews.length === 0
      ? []
      : [
          warning(
            "review",
            `run ${ids} waits for a decision on what it would mark as deleted. See: applicant-sync review`,
          ),
        ]),
  ];
}

/** Whether a worker runs where something waits for one. `workers`: how many process jobs of the account. */
export async function workerCheck({ config }: Context, database: Database, workers: number): Promise<Check> {
  if (workers > 0) return ok("workers", `${workers} running`);
  const { counts } = await overviewOf(database, outboxOptionsOf(config));
  const imports = counts.draft + counts.ready + counts.unknown;
  const schedules = pullsOf(config).filter(({ expression }) => expression !== null).length;
  if (imports + schedules === 0) return ok("workers", "none runs, and nothing waits for one");
  const waits = [
    ...(imports > 0 ? [`${imports} imports wait`] : []),
    ...(schedules > 0 ? [`no schedule of ${schedules} is kept`] : []),
  ];
  return warning("workers", `none runs: ${waits.join(" and ")}. Start one with: applicant-sync start`);
}

function graceOf(gapMs: number): number {
  return Math.min(GRACE_MS.most, Math.max(GRACE_MS.least, gapMs / 4));
}

function trimmed(reason: string): string {
  return reason.replace(/\.$/, "");
}
