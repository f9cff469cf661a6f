import type { Command } from "commander";
import type { Context } from "../process/stores.ts";
import { openQueue, openState } from "../process/wiring.ts";
import { countMirror, type TableCount } from "../sync/table-counts.ts";
import { describeCondition, type ConditionText } from "../ops/state/describe.ts";
import { sentencesOf, type Sentence } from "../ops/state/sentences.ts";
import type { Condition, ResourceState, Schedule, Word } from "../ops/state/types.ts";
import { counted, localTime, ago, parseDuration, table } from "../platform/text.ts";
import type { ImportsOverview } from "../outbox/operations/overview.ts";
import { latestRuns, type RunReport } from "../sync/runs/report.ts";
import { resourcesOf, tablesOf } from "../sync/resources.ts";
import type { AlertCode } from "./check.ts";
import { stateChecks } from "./doctor-state.ts";
import { renderOverview } from "./imports/list.ts";
import { EXIT, runCommand, show } from "./run.ts";
import { renderRuns } from "./runs-text.ts";
import { describeStores, openExisting } from "./stores.ts";
import { examples } from "./verbs.ts";
import { wrongValue } from "./usage.ts";

const RUNS_SHOWN = 10;

export function declare(command: Command): void {
  command
    .option(
      "--max-age <duration>",
      "for monitoring: exit with 1 if a resource is older, such as 90m, 26h or 2d",
      duration,
    )
    .option("--json", "print it as JSON")
    .addHelpText("after", MORE)
    .action(({ maxAge, json }: { readonly maxAge?: number; readonly json?: true }) =>
      runCommand({}, async (context) => {
        const found = await status(context, maxAge ?? null);
        show(found, json, renderStatus);
        return maxAge !== undefined && found.alerts.length > 0 ? EXIT.failed : EXIT.ok;
      }),
    );
}

const MORE = `
With --max-age, the exit code is 1 if a resource is older or was never synced, no worker runs where something waits for
one, the kill switch is on, imports wait for a person, or a run waits for a review; a line for each says which. Without,
a resource is old by its own schedule, and the exit code is 0.
${examples("applicant-sync status", "applicant-sync status --max-age 26h")}`;

/** In milliseconds. */
function duration(text: string): number {
  const ms = parseDuration(text);
  if (ms === null)
    throw wrongValue({
      en: "A duration is a number with its unit: 90m, 26h or 2d.",
      fr: "Une durée est un nombre et son unité : 90m, 26h ou 2d.",
    });
  return ms;
}

interface ResourceStatus {
  readonly resource: string;
  /** Its state in one word, by its own schedules. */
  readonly word: Word;
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
  /** Where it was looked: the embedded database, or host, port and database. */
  readonly database: string;
  readonly account: string;
  readonly kind: string;
  readonly environment: string;
  readonly mirror: readonly TableCount[];
  readonly resources: readonly ResourceStatus[];
  readonly runs: readonly RunReport[];
  readonly imports: ImportsOverview;
  readonly quota: { readonly lastMinute: number; readonly lastHour: number; readonly perMinute: number };
  /** Jobs, the backend, and how many processes process them; null: that cannot be known. */
  readonly queue: {
    readonly waiting: number;
    readonly delayed: number;
    readonly active: number;
    readonly backend: string;
    readonly workers: number | null;
  };
  /** The state in at most eight sentences, worst first; green: nothing is to be done. In the language of LANGUAGE. */
  readonly sentences: readonly Sentence[];
  /** What is not as it should be, worst first; red: a person must act, amber: it recovers by itself, or can wait. Texts by LANGUAGE. */
  readonly conditions: readonly (Condition & ConditionText)[];
  /** On what somebody must act. */
  readonly alerts: readonly { readonly code: AlertCode; readonly check: string; readonly detail: string }[];
}

/** What our own stores know of the account. Makes no request to the API. `maxAgeMs`: the age that is fresh; null: by the schedules. */
async function status(context: Context, maxAgeMs: number | null): Promise<StatusReport> {
  const { config } = context;
  const stores = await openExisting(context);
  const side = await openQueue(context, stores);
  const { backend, queue } = side;
  const { database } = stores;
  const [state, mirror, runs, counts] = await Promise.all([
    openState(context, stores, side).read(),
    countMirror(database, config.account, tablesOf(resourcesOf(config.kind))),
    latestRuns(database, config.account, RUNS_SHOWN),
    queue.counts(),
  ]);
  const { account, kind, environment, imports, quota } = state;
  return {
    database: describeStores(stores),
    account,
    kind,
    environment,
    mirror,
    resources: state.resources.map((one) => statusOf(one, state.at)),
    runs,
    imports,
    quota: { lastMinute: quota.lastMinute, lastHour: quota.lastHour, perMinute: quota.perMinute },
    queue: { backend: backend.name, workers: state.workers.running, ...counts },
    sentences: sentencesOf(state, config.language),
    conditions: state.conditions.map((one) => ({ ...one, ...describeCondition(one, config.language) })),
    alerts: stateChecks(state, maxAgeMs).flatMap(({ name, alert, detail }) =>
      alert === undefined ? [] : [{ code: alert, check: name, detail }],
    ),
  };
}

function statusOf(one: ResourceState, now: Date): ResourceStatus {
  const { resource, word, freshAsOf, staleShare, pendingDetails, quarantined, full, incremental } = one;
  const scheduleOf = ({ schedule, nextDue }: Schedule) => ({ schedule, nextDue: timeOf(nextDue) });
  return {
    resource,
    word,
    freshAsOf: timeOf(freshAsOf),
    ageSeconds: freshAsOf === null ? null : Math.round((now.getTime() - freshAsOf.getTime()) / 1000),
    provenAsOf: timeOf(one.provenAsOf),
    staleShare,
    pendingDetails,
    quarantined,
    notOffered: one.notOffered.map(({ embed, since, triedAt }) => ({
      embed,
      since: since.toISOString(),
      triedAt: timeOf(triedAt),
    })),
    ...scheduleOf(full),
    incremental: incremental === null ? null : scheduleOf(incremental),
  };
}

function timeOf(time: Date | null): string | null {
  return time?.toISOString() ?? null;
}

/** The report as a person reads it. */
function renderStatus(report: StatusReport): string {
  const { quota, queue } = report;
  return [
    `Account ${report.account} (${report.kind}, ${report.environment}); database: ${report.database}`,
    "",
    ...report.sentences.flatMap(describeSentence),
    "",
    table(
      ["table", "rows", "deleted", "last change"],
      report.mirror.map((one) => [one.table, one.rows, one.deleted, timeOr(one.lastChange, "never")]),
    ),
    "",
    table(
      [
        "resource",
        "is",
        "as fresh as",
        "proven as of",
        "stale before a full sync",
        "schedule",
        "next due",
        "incremental",
      ],
      report.resources.map((one) => [
        one.resource,
        one.word.replaceAll("_", " "),
        one.ageSeconds === null ? "never synced" : ago(one.ageSeconds),
        timeOr(one.provenAsOf, "never"),
        one.staleShare === null ? "not known yet" : `${(one.staleShare * 100).toFixed(2)} %`,
        one.schedule,
        timeOr(one.nextDue, "-"),
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
    `Queue (${queue.backend}): ${queue.waiting} waiting, ${queue.delayed} delayed, ${queue.active} active; ${workersText(queue.workers)}.`,
    ...describeAlerts(report.alerts),
  ].join("\n");
}

/** The colour, as words that a terminal without colours shows, and what to do on a line of its own. */
function describeSentence({ colour, text, since, next }: Sentence): readonly string[] {
  const when = since === null ? "" : ` (${localTime(since, "minute")})`;
  const step = next === null ? [] : [`        ${next}`];
  return [`${`[${colour}]`.padEnd(8)}${text}${when}`, ...step];
}

/** Null: Redis does not tell. */
function workersText(workers: number | null): string {
  if (workers === null) return "whether a worker runs is unknown, as this user of Redis may not ask (+client|list)";
  return `${counted(workers, "worker")} running`;
}

function timeOr(time: string | null, none: string): string {
  return time === null ? none : localTime(time);
}

function describeAlerts(alerts: StatusReport["alerts"]): readonly string[] {
  if (alerts.length === 0) return ["", "All is well."];
  return ["", "Somebody must act:", ...alerts.map(({ check, detail }) => `  ${check}: ${detail}`)];
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
        ? `The API shows no single row of ${resource} to this key (since ${localTime(since)}). It is tried again once a week.`
        : `The API does not offer ${embed} of ${resource} to this key (since ${localTime(since)}). It is tried again once a week.`,
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
