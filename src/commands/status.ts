import type { Command } from "commander";
import { openQueue } from "../process/queue.ts";
import { openState } from "../process/state.ts";
import type { Context } from "../process/stores.ts";
import { countMirror } from "../sync/table-counts.ts";
import { describeCondition } from "../ops/state/describe.ts";
import { sentencesOf, type Sentence } from "../ops/state/sentences.ts";
import type { ResourceState, Schedule } from "../ops/state/types.ts";
import { counted, localTime, ago, parseDuration, table } from "../platform/text.ts";
import { latestRuns } from "../sync/runs/report.ts";
import { resourcesOf, tablesOf } from "../sync/resources.ts";
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

/** What our own stores know of the account. Makes no request to the API. `maxAgeMs`: the age that is fresh; null: by the schedules. */
async function status(context: Context, maxAgeMs: number | null) {
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
    /** Where it was looked: the embedded database, or host, port and database. */
    database: describeStores(stores),
    account,
    kind,
    environment,
    mirror,
    resources: state.resources.map((one) => statusOf(one, state.at)),
    runs,
    imports,
    quota: { lastMinute: quota.lastMinute, lastHour: quota.lastHour, perMinute: quota.perMinute },
    /** Jobs, the backend, and how many processes process them; null: that cannot be known. */
    queue: { backend: backend.name, workers: state.workers.running, ...counts },
    /** The state in at most eight sentences, worst first; green: nothing is to be done. In the language of LANGUAGE. */
    sentences: sentencesOf(state, config.language),
    /** What is not as it should be, worst first; red: a person must act, amber: it recovers by itself, or can wait. Texts by LANGUAGE. */
    conditions: state.conditions.map((one) => ({ ...one, ...describeCondition(one, config.language) })),
    /** On what somebody must act. */
    alerts: stateChecks(state, maxAgeMs).flatMap(({ name, alert, detail }) =>
      alert === undefined ? [] : [{ code: alert, check: name, detail }],
    ),
  };
}

type StatusReport = Awaited<ReturnType<typeof status>>;

/** A resource as programs read it; times in ISO 8601. */
function statusOf(one: ResourceState, now: Date) {
  const { resource, word, freshAsOf, staleShare, pendingDetails, quarantined, full, incremental } = one;
  const scheduleOf = ({ schedule, nextDue }: Schedule) => ({ schedule, nextDue: timeOf(nextDue) });
  return {
    resource,
    /** Its state in one word, by its own schedules. */
    word,
    /** When the last run that read the list started; null before the first one. */
    freshAsOf: timeOf(freshAsOf),
    ageSeconds: freshAsOf === null ? null : Math.round((now.getTime() - freshAsOf.getTime()) / 1000),
    /** When the last proven run started: the mirror is exact as of that moment. */
    provenAsOf: timeOf(one.provenAsOf),
    /** The share of rows (0 to 1) that the last proven run found changed or gone since they were last seen. */
    staleShare,
    /** Rows that a list showed only in part: they wait to be requested one by one. */
    pendingDetails,
    /** Items in the table `quarantine`: they could not become rows, and have not been valid since. */
    quarantined,
    /**
     * Embedded data that no answer contains: no row is requested because of it, except one a week. `embed` null: no row
     * can be requested by its id.
     */
    notOffered: one.notOffered.map(({ embed, since, triedAt }) => ({
      embed,
      since: since.toISOString(),
      triedAt: timeOf(triedAt),
    })),
    /** The schedule of the full sync: a cron expression, or why there is none. */
    ...scheduleOf(full),
    /** The same for the incremental sync; null: the resource has none. */
    incremental: incremental === null ? null : scheduleOf(incremental),
  };
}

type ResourceStatus = ReturnType<typeof statusOf>;

function timeOf(time: Date | null): string | null {
  return time?.toISOString() ?? null;
}

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

/** Null: Redis does not say. */
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
