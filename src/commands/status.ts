import { openQueues, openStores, pullsOf, type Context } from "../main.ts";
import { countMirror, type TableCount } from "../mirror/reads.ts";
import type { QueueCounts } from "../queue/queues.ts";
import { quotaUse } from "../request-log.ts";
import { freshAsOf, latestRuns, type RunReport } from "../sync/progress.ts";
import { resourcesOf, tablesOf } from "../sync/resources.ts";
import { dueTimes } from "../sync/ticks.ts";
import { ago, table } from "./text.ts";

const RUNS_SHOWN = 10;

export interface ResourceStatus {
  readonly resource: string;
  /** When the last complete run began: the mirror is at least as fresh. ISO 8601; null before the first one. */
  readonly freshAsOf: string | null;
  readonly ageSeconds: number | null;
  /** A cron expression, or why there is none. */
  readonly schedule: string;
  readonly nextDue: string | null;
}

export interface StatusReport {
  readonly account: string;
  readonly kind: string;
  readonly environment: string;
  readonly mirror: readonly TableCount[];
  readonly resources: readonly ResourceStatus[];
  readonly runs: readonly RunReport[];
  readonly quota: { readonly lastMinute: number; readonly lastHour: number; readonly perMinute: number };
  readonly queue: {
    readonly backend: string;
    readonly workers: number;
    readonly api: QueueCounts;
    readonly sync: QueueCounts;
  };
}

/** What our own stores know of the account. Calls nobody outside. */
export async function status(context: Context, now: () => Date = () => new Date()): Promise<StatusReport> {
  const { config } = context;
  const stores = await openStores(context);
  const { backend, queues } = await openQueues(context, stores);
  const { database } = stores;
  const [mirror, runs, quota, counts, workers, due] = await Promise.all([
    countMirror(database, config.account, tablesOf(resourcesOf(config.kind))),
    latestRuns(database, config.account, RUNS_SHOWN),
    quotaUse(database, config.account),
    queues.counts(),
    queues.workers(),
    dueTimes(database, config.account),
  ]);
  const resourceStatus = pullsOf(config).map(async ({ resource, expression, schedule }): Promise<ResourceStatus> => {
    const fresh = await freshAsOf(database, config.account, resource);
    return {
      resource,
      freshAsOf: fresh?.toISOString() ?? null,
      ageSeconds: fresh === null ? null : Math.round((now().getTime() - fresh.getTime()) / 1000),
      schedule,
      nextDue: expression === null ? null : (due.get(resource)?.toISOString() ?? null),
    };
  });
  return {
    account: config.account,
    kind: config.kind,
    environment: config.environment,
    mirror,
    resources: await Promise.all(resourceStatus),
    runs,
    quota: { ...quota, perMinute: config.api.requestsPerMinute },
    queue: { backend: backend.name, workers, ...counts },
  };
}

/** The report as a person reads it. */
export function renderStatus(report: StatusReport): string {
  const { quota, queue } = report;
  return [
    `Account ${report.account} (${report.kind}, ${report.environment})`,
    "",
    table(
      ["table", "rows", "deleted", "last change"],
      report.mirror.map((one) => [one.table, one.rows, one.deleted, one.lastChange ?? "never"]),
    ),
    "",
    table(
      ["resource", "as fresh as", "schedule", "next due"],
      report.resources.map((one) => [
        one.resource,
        one.ageSeconds === null ? "never synced" : ago(one.ageSeconds),
        one.schedule,
        one.nextDue ?? "-",
      ]),
    ),
    "",
    report.runs.length === 0 ? "No run yet." : renderRuns(report.runs),
    "",
    `Requests: ${quota.lastMinute} in the last minute (at most ${quota.perMinute}), ${quota.lastHour} in the last hour.`,
    `Queue (${queue.backend}): ${describe("api", queue.api)}; ${describe("sync", queue.sync)}; ${queue.workers} worker${queue.workers === 1 ? "" : "s"} running.`,
  ].join("\n");
}

/** A line for each run, and one more for each that went wrong. */
export function renderRuns(runs: readonly RunReport[]): string {
  const lines = table(
    ["run", "resource", "state", "started", "rows", "new", "changed", "unchanged", "quarantined", "pages"],
    runs.map((run) => [
      run.run,
      run.resource,
      run.state,
      run.startedAt,
      run.total === null ? run.rows : `${run.rows}/${run.total}`,
      run.inserted,
      run.updated,
      run.unchanged,
      run.quarantined,
      run.pages,
    ]),
  );
  const troubles = runs.flatMap((run) => (run.error === null ? [] : [`Run ${run.run}: ${run.error.message}`]));
  return [lines, ...troubles].join("\n");
}

function describe(name: string, { waiting, delayed, active }: QueueCounts): string {
  return `${name} ${waiting} waiting, ${delayed} delayed, ${active} active`;
}
