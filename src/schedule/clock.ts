import { createTask } from "node-cron";
import type { Logger } from "pino";
import { recognised } from "../database/errors.ts";
import type { Database } from "../database/client.ts";
import { AppError } from "../platform/errors.ts";
import { createInFlight } from "../platform/in-flight.ts";
import type { Pull } from "./pulls.ts";
import type { Tick } from "../sync/runs/runs.ts";
import { dueTime } from "./ticks.ts";

/** The erasure of imports takes minutes when many are due at once. */
const HANGS_MS = 60 * 60_000;

/** A periodic task of a process, besides its schedules. */
export interface MaintenanceTask {
  readonly name: string;
  /** A node-cron expression. */
  readonly expression: string;
  readonly run: () => Promise<unknown>;
  /** It may take long, or wait for a server of others. The start of a process does not wait for it: it runs at its first time. */
  readonly mayTakeLong?: true;
}

export interface ClockDeps {
  readonly database: Database;
  readonly account: string;
  readonly timezone: string;
  /** Those without an expression are not scheduled. */
  readonly pulls: readonly Pull[];
  /** Starts the run of a tick. Two calls for one tick must start one run. Throws `run_going` if it has to wait. */
  readonly startRun: (
    wanted: Pick<Pull, "resource" | "kind"> & { readonly trigger: "schedule"; readonly tick: Tick },
  ) => Promise<void>;
  readonly maintenance: readonly MaintenanceTask[];
  /** A node-cron expression: when to look for ticks that were missed, or that had to wait. */
  readonly recheck: string;
  readonly logger: Logger;
  readonly now?: () => Date;
}

/**
 * The clock of a worker process. Every process runs every schedule; a tick starts only one run, because the run claims the
 * tick in Postgres. Ticks that were missed while no process ran start one run at the next start.
 */
export function createClock(deps: ClockDeps) {
  const { database, account, timezone, logger, now = () => new Date() } = deps;
  // By default node-cron writes to the console. That a task takes longer than its interval is not worth a warning.
  const note = (said: string | Error): void => logger.debug({ clock: String(said) }, "clock");
  const cronLogger = { info: note, warn: note, error: note, debug: note };
  const options = { timezone, noOverlap: true, suppressMissedWarning: true, logger: cronLogger };
  const inFlight = createInFlight();
  let stopping = false;

  /** A task that fails is logged and runs again at its next time; it never ends the process. */
  async function guarded(name: string, work: () => Promise<unknown>): Promise<void> {
    if (stopping) return;
    await inFlight
      .track(work())
      .catch((error: unknown) => logger.error({ task: name, err: recognised(error) }, "maintenance task failed"));
  }

  const schedules = deps.pulls.flatMap(({ name, resource, kind, expression }) => {
    if (expression === null) return [];
    const startIfDue = async (): Promise<void> => {
      const next = task.getNextRun();
      if (next === null) return;
      const at = await dueTime(
        database,
        account,
        { name, resource, kind, expression: `${expression} ${timezone}` },
        next,
      );
      if (at > now()) return;
      logger.info({ schedule: name, due: at.toISOString() }, "schedule due");
      const tick = { name, at: at.toISOString(), next: next.toISOString() };
      await deps.startRun({ resource, kind, trigger: "schedule", tick }).catch((error: unknown) => {
        // The tick stays due: the full run starts once the incremental one has ended.
        if (!(error instanceof AppError && error.code === "run_going")) throw error;
      });
    };
    const task = createTask(expression, () => guarded(name, startIfDue), options);
    return [{ name, startIfDue, task }];
  });

  const recheck = async () => {
    // Parents first: units wait for the entities that are due at the same time, not for older ones.
    for (const { name, startIfDue } of schedules) await guarded(name, startIfDue);
  };
  const tasks = [
    ...schedules.map(({ task }) => task),
    ...(schedules.length === 0 ? [] : [createTask(deps.recheck, recheck, options)]),
    ...deps.maintenance.map(({ name, expression, run }) => createTask(expression, () => guarded(name, run), options)),
  ];

  return {
    async start(): Promise<void> {
      for (const task of tasks) await task.start();
      await recheck();
      // One after the other: together they would take every connection of the process, and keep those that a role with few allows.
      for (const { name, run, mayTakeLong } of deps.maintenance) if (mayTakeLong !== true) await guarded(name, run);
    },
    /** Starts no more tasks, and waits for those that are running. */
    async stop(): Promise<void> {
      stopping = true;
      for (const task of tasks) await task.destroy();
      await inFlight.settled();
    },
    /** Whether no task has been at work for longer than any can take. */
    isAlive: () => inFlight.oldestMs() < HANGS_MS,
  };
}
