import { createTask, type ScheduledTask } from "node-cron";
import type { Logger } from "pino";

export interface Schedule {
  readonly name: string;
  /** A node-cron expression. */
  readonly expression: string;
}

/** Where the due time of each schedule is kept, shared by every process of the account. */
export interface TickStore<S extends Schedule> {
  /** The due time of a schedule; the first time now, after a change of expression `next` unless one was missed. */
  due(schedule: S, next: Date): Promise<Date>;
}

/** What a process does again and again, besides its schedules. */
export interface MaintenanceTask {
  readonly name: string;
  /** A node-cron expression. */
  readonly expression: string;
  readonly run: () => Promise<void>;
}

export interface SchedulesDeps<S extends Schedule> {
  readonly timezone: string;
  readonly ticks: TickStore<S>;
  /** Enqueues the run of a tick; doubled calls for one tick must be harmless. */
  readonly enqueueRun: (tick: { readonly schedule: S; readonly at: Date; readonly next: Date }) => Promise<void>;
  readonly maintenance: readonly MaintenanceTask[];
  /** A node-cron expression for the search for ticks that were missed or whose job was lost. */
  readonly lookAgain: string;
  readonly logger: Logger;
  readonly now?: () => Date;
}

/**
 * The clock of a worker process. Every process runs every schedule; a tick starts one run because the run claims
 * it in Postgres. A tick that nobody claimed while nothing ran is found at the start and gives one run, not many.
 */
export function createSchedules<S extends Schedule>(schedules: readonly S[], deps: SchedulesDeps<S>) {
  const { timezone, logger, now = () => new Date() } = deps;
  const running = new Set<Promise<void>>();
  const options = { timezone, noOverlap: true, suppressMissedWarning: true };
  const runs = schedules.map((schedule) => ({
    schedule,
    task: createTask(schedule.expression, () => guarded(schedule.name, () => enqueueIfDue(schedule)), options),
  }));

  async function enqueueIfDue(schedule: S): Promise<void> {
    const next = nextRun(schedule);
    if (next === null) return;
    const at = await deps.ticks.due({ ...schedule, expression: `${schedule.expression} ${timezone}` }, next);
    if (at > now()) return;
    logger.info({ schedule: schedule.name, due: at.toISOString() }, "schedule due");
    await deps.enqueueRun({ schedule, at, next });
  }

  function nextRun(schedule: S): Date | null {
    return runs.find((one) => one.schedule === schedule)?.task.getNextRun() ?? null;
  }

  /** A maintenance task that fails is logged and runs again at its next time; it never ends the process. */
  async function logged(name: string, task: () => Promise<void>): Promise<void> {
    try {
      await task();
    } catch (error) {
      logger.error({ task: name, err: error }, "maintenance task failed");
    }
  }

  /** Runs a task of which `stop` waits for the end. */
  function guarded(name: string, task: () => Promise<void>): Promise<void> {
    const run = logged(name, task).finally(() => running.delete(run));
    running.add(run);
    return run;
  }

  const lookAgain = () => guarded("schedules", async () => void (await Promise.all(schedules.map(enqueueIfDue))));
  const maintenance = deps.maintenance.map(({ name, expression, run }) =>
    createTask(expression, () => guarded(name, run), options),
  );
  const tasks: readonly ScheduledTask[] = [
    ...runs.map(({ task }) => task),
    ...(schedules.length === 0 ? [] : [createTask(deps.lookAgain, lookAgain, options)]),
    ...maintenance,
  ];

  return {
    async start(): Promise<void> {
      for (const task of tasks) await task.start();
      await lookAgain();
      await Promise.all(deps.maintenance.map(({ name, run }) => guarded(name, run)));
    },
    async stop(): Promise<void> {
      for (const task of tasks) await task.destroy();
      await Promise.all(running);
    },
  };
}
