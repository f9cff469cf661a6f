import type { Command } from "commander";
import { counted, localTime, spellDuration, spellNumber, table } from "../platform/text.ts";
import { CLOCKS } from "../people/retention/clocks.ts";
import { previewRetention } from "../people/retention/preview.ts";
import type { Context } from "../process/stores.ts";
import { forecast } from "../ops/forecast/forecast.ts";
import type { SyncPlan } from "../ops/forecast/cost.ts";
import { runCommand, show } from "./run.ts";
import { describeStores, openExistingOrEmpty } from "./stores.ts";
import { examples } from "./verbs.ts";

const NOT_KNOWN = "?";
const NONE = "-";

export function declare(command: Command): void {
  command
    .option("--json", "print it as JSON")
    .addHelpText("after", examples("applicant-sync plan", "APPLICATIONS_CRON='0 */2 * * *' applicant-sync plan"))
    .action((options: { readonly json?: true }) =>
      runCommand({}, async (context) => show(await plan(context), options.json, renderPlan)),
    );
}

/** What the schedules cost of the quota, from what our own stores know of the account. Makes no request. */
async function plan(context: Context) {
  const { account, kind, retention: periods } = context.config;
  const { stores, absent } = await openExistingOrEmpty(context);
  const { database } = stores;
  const found = await forecast(database, context.config);
  const notKnown = found.syncs.filter((sync) => sync.kind === "full" && sync.rows === null);
  const looked = absent ?? describeStores(stores);
  const retention = periods === null ? null : await previewRetention(database, account, periods);
  return {
    account,
    kind,
    /** Where it was looked for the sizes of the lists. */
    database: looked,
    /** Resources whose size is not known, because they were never synced. */
    notKnown: notKnown.map(({ resource }) => resource),
    /** What RETENTION will erase in which month if nothing is active any more; null: it is off. */
    retention,
    ...found,
  };
}

type PlanReport = Awaited<ReturnType<typeof plan>>;

function renderPlan(report: PlanReport): string {
  const { account, kind, requestsPerMinute, syncs, busiestDay, busiestHour, freeShare, notKnown, conflicts } = report;
  const quota = (minutes: number) =>
    `${counted(requestsPerMinute, "request")} a minute, ${spellNumber(requestsPerMinute * minutes)}`;
  return [
    `Account ${account} (${kind}): ${quota(24 * 60)} a day; database: ${report.database}`,
    "",
    table(
      [
        "sync",
        "schedule",
        "rows",
        "requests a run",
        "runs a day",
        "details a day",
        "requests a day",
        "minutes of the quota",
      ],
      syncs.map(costLine),
    ),
    "",
    table(
      ["sync", "as fresh as, typically", "at worst", "on average"],
      syncs.map(({ resource, kind: syncKind, freshness }) => [
        `${resource}, ${syncKind}`,
        ...[freshness?.typicalSeconds, freshness?.worstSeconds, freshness?.averageSeconds].map((seconds) =>
          seconds === undefined ? NONE : spellDuration(seconds),
        ),
      ]),
    ),
    "",
    "A day is the busiest day of the coming week. Rows that a full sync did not see are requested on top of that, one request each.",
    ...(syncs.some(({ detailsPerDay }) => detailsPerDay > 0)
      ? ["Details are rows whose details are pending: the next runs request each of them once."]
      : []),
    ...notKnown.map((resource) => `${NOT_KNOWN}: not known before the first sync of ${resource}.`),
    "",
    busiestDay === null
      ? "No request is scheduled: the whole quota is free for writes."
      : `The busiest day needs ${counted(busiestDay.requests, "request")}, ${percent(busiestDay.share)} of the quota; ${percent(freeShare)} is free for writes.`,
    ...(busiestHour === null
      ? []
      : [
          `The busiest hour, from ${localTime(busiestHour.from)}, needs ${counted(busiestHour.requests, "request")}, ${percent(busiestHour.share)} of the quota.`,
        ]),
    ...(conflicts.length === 0
      ? [`The schedules fit${notKnown.length === 0 ? "" : ", as far as is known"}.`]
      : ["", ...conflicts.map(({ message }) => message)]),
    ...describeRetention(report.retention),
  ].join("\n");
}

function describeRetention(coming: PlanReport["retention"]): readonly string[] {
  if (coming === null) return ["", "Retention is off: people stay in the mirror until they are erased (RETENTION)."];
  if (coming.length === 0) return ["", "Retention has nothing to erase."];
  return [
    "",
    "What retention erases if nothing is active any more, each month:",
    table(
      ["month", "clock", "people", "rows", "what"],
      coming.map(({ month, clock, people, rows }) => [month, clock, people, rows, CLOCKS[clock].en]),
    ),
  ];
}

function costLine(sync: SyncPlan): readonly (string | number)[] {
  const { resource, kind, schedule, rows, requestsPerRun, runsPerDay, detailsPerDay, requestsPerDay } = sync;
  const minutes = sync.quotaMinutesPerDay;
  return [
    `${resource}, ${kind}`,
    schedule,
    rows ?? NOT_KNOWN,
    requestsPerRun ?? NOT_KNOWN,
    runsPerDay,
    detailsPerDay,
    requestsPerDay ?? NOT_KNOWN,
    minutes === null ? NOT_KNOWN : minutes.toFixed(1),
  ];
}

function percent(share: number): string {
  return `${Math.round(share * 1_000) / 10} %`;
}
