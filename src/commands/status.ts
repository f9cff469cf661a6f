import type { Command } from "commander";
import { openQueue, openStores, outboxOptionsOf, type Context, type QueueCounts } from "../wiring.ts";
import { countMirror, type TableCount } from "../mirror/queries.ts";
import { ago, table } from "../platform/text.ts";
import { overviewOf, type ImportsOverview } from "../outbox/operations/overview.ts";
import { quotaUse } from "../quota/request-gate.ts";
import { pullsOf, type Pull } from "../schedule/pulls.ts";
import { latestRuns, truthOf, type RunReport } from "../sync/runs/report.ts";
import { resourcesOf, tablesOf } from "../sync/resources.ts";
import { dueTimes } from "../schedule/ticks.ts";
import { renderOverview } from "./imports/list.ts";
import { runCommand, show } from "./run.ts";
import { renderRuns } from "./runs-text.ts";
import { examples } from "./verbs.ts";

const RUNS_SHOWN = 10;

export function declare(command: Command): void {
  command
    .option("--json", "print it as JSON")
    .addHelpText("after", examples("applicant-sync status", "applicant-sync status --json"))
    .action((options: { readonly json?: true }) =>
      runCommand({}, async (context) => show(await status(context), options.json, renderStatus)),
    );
}

interface ResourceStatus {
  readonly resource: string;
  /** When the last run that read the list started, in ISO 8601; null before the first one. */
  readonly freshAsOf: string | null;
  readonly ageSeconds: number | null;
  /** When the last proven run started: the mirror is exact as of that moment. */
  readonly provenAsOf: string | null;
  /** The share of rows (0 to 1) that the last proven run found changed or gone since they were last seen. */
  readonly staleShare: number | null;
  /** Rows that a list showed only in part: they wait to be requested one by one. */
  readonly pendingDetails: number;
  /** Items in the table `quarantine`: they could not become rows, and have not been valid since. */
  readonly quarantined: number;
  /**
   * Embedded data that no answer contains: no row is requested because of it, except one a week. `embed` null: no row
   * can be requested by its id. Times in ISO 8601.
   */
  readonly notOffered: readonly {
    readonly embed: string | null;
    readonly since: string;
    readonly triedAt: string | null;
  }[];
  /** The schedule of the full sync: a cron expression, or why there is none. */
  readonly schedule: string;
  readonly nextDue: string | null;
  /** The same for the incremental sync; null: the resource has none. */
  readonly incremental: { readonly schedule: string; readonly nextDue: string | null } | null;
}

interface StatusReport {
  readonly account: string;
  readonly kind: string;
  readonly environment: string;
  readonly mirror: readonly TableCount[];
  readonly resources: readonly ResourceStatus[];
  readonly runs: readonly RunReport[];
  readonly imports: ImportsOverview;
  readonly quota: { readonly lastMinute: number; readonly lastHour: number; readonly perMinute: number };
  readonly queue: QueueCounts & { readonly backend: string; readonly workers: number };
}

/** What our own stores know of the account. Makes no request to the API. */
async function status(context: Context, now: () => Date = () => new Date()): Promise<StatusReport> {
  const { config } = context;
  const stores = await openStores(context);
  const { backend, queue } = await openQueue(context, stores);
  const { database } = stores;
  const [mirror, runs, imports, quota, counts, workers, due] = await Promise.all([
    countMirror(database, config.account, tablesOf(resourcesOf(config.kind))),
    latestRuns(database, config.account, RUNS_SHOWN),
    overviewOf(database, outboxOptionsOf(config)),
    quotaUse(database, config.account),
    queue.counts(),
    queue.workers(),
    dueTimes(database, config.account),
  ]);
  const pulls = pullsOf(config);
  const scheduleOf = ({ name, expression, schedule }: Pull) => ({
    schedule,
    nextDue: expression === null ? null : (due.get(name)?.toISOString() ?? null),
  });
  const resourceStatus = pulls.filter(isFull).map(async (full): Promise<ResourceStatus> => {
    const { resource } = full;
    const truth = await truthOf(database, config.account, resource);
    const { freshAsOf, provenAsOf, staleShare, pendingDetails, quarantined } = truth;
    const incremental = pulls.find((pull) => pull.resource === resource && !isFull(pull));
    return {
      resource,
      freshAsOf: freshAsOf?.toISOString() ?? null,
      ageSeconds: freshAsOf === null ? null : secondsSince(freshAsOf, now()),
      provenAsOf: provenAsOf?.toISOString() ?? null,
      staleShare,
      pendingDetails,
      quarantined,
      notOffered: truth.notOffered.map(({ embed, since, triedAt }) => ({
        embed,
        since: since.toISOString(),
        triedAt: triedAt?.toISOString() ?? null,
      })),
      ...scheduleOf(full),
      incremental: incremental === undefined ? null : scheduleOf(incremental),
    };
  });
  return {
    account: config.account,
    kind: config.kind,
    environment: config.environment,
    mirror,
    resources: await Promise.all(resourceStatus),
    runs,
    imports,
    quota: { ...quota, perMinute: config.api.requestsPerMinute },
    queue: { backend: backend.name, workers, ...counts },
  };
}

function isFull({ kind }: Pull): boolean {
  return kind === "full";
}

function secondsSince(then: Date, now: Date): number {
  return Math.round((now.getTime() - then.getTime()) / 1000);
}

/** The report as a person reads it. */
function renderStatus(report: StatusReport): string {
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
      ["resource", "as fresh as", "proven as of", "stale before a full sync", "schedule", "next due", "incremental"],
      report.resources.map((one) => [
        one.resource,
        one.ageSeconds === null ? "never synced" : ago(one.ageSeconds),
        one.provenAsOf ?? "never",
        one.staleShare === null ? "not known yet" : `${(one.staleShare * 100).toFixed(2)} %`,
        one.schedule,
        one.nextDue ?? "-",
        one.incremental?.schedule ?? "-",
      ]),
    ),
    ...describePendingDetails(report.resources),
    ...describeNotOffered(report.resources),
    ...describeQuarantined(report.resources),
    "",
    report.runs.length === 0 ? "No run yet." : renderRuns(report.runs),
    "",
    renderOverview(report.imports),
    `Requests: ${quota.lastMinute} in the last minute (at most ${quota.perMinute}), ${quota.lastHour} in the last hour.`,
    `Queue (${queue.backend}): ${queue.waiting} waiting, ${queue.delayed} delayed, ${queue.active} active; ${queue.workers} worker${queue.workers === 1 ? "" : "s"} running.`,
  ].join("\n");
}

function describePendingDetails(all: readonly ResourceStatus[]): readonly string[] {
  const waiting = all.filter(({ pendingDetails }) => pendingDetails > 0);
  if (waiting.length === 0) return [];
  const counts = waiting.map(({ resource, pendingDetails }) => `${pendingDetails} ${resource}`).join(", ");
  return [
    "",
    `Details pending, because the lists contain no embedded data: ${counts}. Each run requests some of them.`,
  ];
}

function describeNotOffered(all: readonly ResourceStatus[]): readonly string[] {
  const lines = all.flatMap(({ resource, notOffered }) =>
    notOffered.map(({ embed, since }) =>
      embed === null
        ? `The API shows no single row of ${resource} to this key (since ${since}). It is tried again once a week.`
        : `The API does not offer ${embed} of ${resource} to this key (since ${since}). It is tried again once a week.`,
    ),
  );
  return lines.length === 0 ? [] : ["", ...lines];
}

function describeQuarantined(all: readonly ResourceStatus[]): readonly string[] {
  const some = all.filter(({ quarantined }) => quarantined > 0);
  if (some.length === 0) return [];
  const counts = some.map(({ resource, quarantined }) => `${quarantined} of ${resource}`).join(", ");
  return ["", `In quarantine, because they are invalid: ${counts}. The table quarantine says why.`];
}
