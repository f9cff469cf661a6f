import type { Config } from "../../config/config.ts";
import type { Database } from "../../database/client.ts";
import { longestGapMs } from "../../schedule/cron.ts";
import { pullsOf, type Pull } from "../../schedule/pulls.ts";
import { dueTimes } from "../../schedule/ticks.ts";
import { truthOf } from "../../sync/runs/report.ts";
import type { ResourceState, Schedule, Word } from "./types.ts";

const GRACE_MS = { least: 1_800_000, most: 6 * 3_600_000 } as const;

/** The state of every resource of the account. */
export async function readResources(database: Database, config: Config, now: Date): Promise<readonly ResourceState[]> {
  const { account, schedules } = config;
  const pulls = pullsOf(config);
  const [due, runs] = await Promise.all([
    dueTimes(database, account),
    database.syncRun.findMany({ where: { account, state: "running" } }),
  ]);
  const scheduleOf = ({ name, expression, schedule }: Pull): Schedule => ({
    schedule,
    nextDue: expression === null ? null : (due.get(name) ?? null),
  });
  return Promise.all(
    pulls
      .filter(({ kind }) => kind === "full")
      .map(async (full): Promise<ResourceState> => {
        const { resource, expression } = full;
        const truth = await truthOf(database, account, resource);
        const incremental = pulls.find((pull) => pull.resource === resource && pull.kind === "incremental");
        const periodMs = expression === null ? null : longestGapMs(expression, schedules.timezone, now);
        const run = runs.find((one) => one.resource === resource);
        const after = (periods: number) =>
          periodMs === null || truth.freshAsOf === null
            ? null
            : new Date(truth.freshAsOf.getTime() + periods * periodMs + graceOf(periodMs));
        const [lateAt, overdueAt] = [after(1), after(2)];
        return {
          ...truth,
          resource,
          word: wordOf(
            { isScheduled: periodMs !== null, isRunning: run !== undefined, ...truth, lateAt, overdueAt },
            now,
          ),
          periodMs,
          lateAt,
          overdueAt,
          full: scheduleOf(full),
          incremental: incremental === undefined ? null : scheduleOf(incremental),
          running: run === undefined ? null : { run: run.id, kind: run.kind, startedAt: run.startedAt },
        };
      }),
  );
}

interface WordFacts {
  readonly isScheduled: boolean;
  readonly isRunning: boolean;
  readonly freshAsOf: Date | null;
  readonly lateAt: Date | null;
  readonly overdueAt: Date | null;
}

function wordOf({ isScheduled, isRunning, freshAsOf, lateAt, overdueAt }: WordFacts, now: Date): Word {
  if (isRunning) return "running";
  if (!isScheduled) return "off";
  if (freshAsOf === null) return "never_synced";
  if (overdueAt !== null && now > overdueAt) return "overdue";
  if (lateAt !== null && now > lateAt) return "late";
  return "on_time";
}

function graceOf(gapMs: number): number {
  return Math.min(GRACE_MS.most, Math.max(GRACE_MS.least, gapMs / 4));
}
