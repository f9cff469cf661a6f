import { expect, it } from "vitest";
import { recordNotices } from "../../../src/ops/notices/record.ts";
import { deliverNotices } from "../../../src/ops/notices/deliver.ts";
import { findConditions } from "../../../src/ops/state/find-conditions.ts";
import { createResources } from "../../../src/ops/state/resources.ts";
import { heldRuns } from "../../../src/sync/conclusion/review.ts";
import { createState } from "../../../src/ops/state/state.ts";
import { quotaUse } from "../../../src/quota/request-gate.ts";
import { outboxOptionsOf } from "../../../src/outbox/context.ts";
import type { State } from "../../../src/ops/state/account-state.ts";
import { useDatabase } from "../../support/database.ts";
import { silent } from "../../support/silent.ts";
import { BEGIN, END, QUARTER, SCHEDULES, TIMEZONE, type Night, type NightRun } from "../quarter.ts";
import { channelDouble, configWith, HOUR_MS, MINUTE_MS } from "./support.ts";

const database = useDatabase();

const ACCOUNT = "quarter";
const cronOf = (resource: string) => SCHEDULES.find((one) => one.resource === resource)?.expression ?? "off";
const CONFIG = configWith({
  KELIO_ACCOUNT: ACCOUNT,
  TIMEZONE,
  CAMPAIGNS_CRON: cronOf("campaigns"),
  APPLICATIONS_CRON: cronOf("applications"),
  ORGANISATION_CRON: cronOf("managers"),
  APPLICANTS_CRON: "off",
  INCREMENTAL_CRON: "off",
});

interface Step {
  readonly at: Date;
  /** What happens then; null: a worker looks. */
  readonly happens: (() => Promise<unknown>) | null;
}

/** Managers, entities and units have one schedule. */
const resourcesOf = ({ resource }: NightRun) =>
  resource === "managers" ? ["managers", "entities", "units"] : [resource];

function rowsOf(run: NightRun) {
  const { startedAt } = run;
  return resourcesOf(run).map((resource) => ({
    account: ACCOUNT,
    resource,
    kind: "full",
    trigger: "schedule",
    state: "running",
    startedAt,
  }));
}

function stepsOfRun(run: NightRun): readonly Step[] {
  const { startedAt, finishedAt, decidedAt, state, errorCode } = run;
  const change = (at: Date, data: Readonly<Record<string, unknown>>): Step => ({
    at,
    happens: () =>
      database().syncRun.updateMany({
        where: { account: ACCOUNT, resource: { in: resourcesOf(run) }, startedAt },
        data,
      }),
  });
  return [
    { at: startedAt, happens: () => database().syncRun.createMany({ data: rowsOf(run) }) },
    change(finishedAt, { state, errorCode, finishedAt, candidates: 300, known: 5000 }),
    ...(decidedAt === null ? [] : [change(decidedAt, { state: "proven" })]),
    ...[finishedAt, ...(decidedAt === null ? [] : [decidedAt])].flatMap(looks),
  ];
}

/** A worker looks every half minute: here at the moments at which something can have changed. */
function looks(at: Date): readonly Step[] {
  return [0.5, 1, 11].map((minutes) => ({ at: new Date(at.getTime() + minutes * MINUTE_MS), happens: null }));
}

/** Besides, it looks every eight hours around a fault, and after a night in which nothing happened. */
function stepsOfNight({ night, runs }: Night): readonly Step[] {
  const noon = BEGIN.getTime() + (night - 1) * 24 * HOUR_MS;
  const at = (hours: number) => new Date(noon + hours * HOUR_MS);
  const isQuiet = [0, 1].every((days) => (QUARTER[night - 1 - days]?.event ?? null) === null);
  if (!isQuiet) return [...runs.flatMap(stepsOfRun), ...[0, 8, 16].flatMap((hours) => looks(at(hours)))];
  const ended = runs.flatMap((run) =>
    rowsOf(run).map((row) => ({ ...row, state: run.state, finishedAt: run.finishedAt })),
  );
  const happens = () => database().syncRun.createMany({ data: ended });
  return [{ at: at(15), happens }, ...looks(at(16)).slice(0, 1)];
}

// A thousand looks with a real Postgres: a dozen seconds, and minutes on a machine with other work.
const LONG = { timeout: 300_000 };

it(
  "a quarter with faults at known times: each has one notice within its bound, and nothing else is",
  LONG,
  async () => {
    let now = BEGIN;
    const outbox = outboxOptionsOf(CONFIG);
    const read = createState({
      database: database(),
      config: CONFIG,
      quotaUse: () => quotaUse(database(), CONFIG.account),
      outbox,
      workers: () => Promise.resolve(1),
    }).read;
    const others = await read();
    const resources = createResources(database(), CONFIG);
    /** Only the runs change in this quarter: the rest of the state is read once, and theirs when they change or a deadline passes. */
    let known: {
      readonly until: Date;
      readonly resources: State["resources"];
      readonly reviews: State["reviews"];
    } | null = null;
    const look = async () => {
      if (known === null || now >= known.until) {
        const seen = await resources.read({ now, lastRequestAt: now, gaps: new Map() });
        const deadlines = seen.flatMap(({ lateAt, overdueAt, unprovenAt, unprovenThreeNightsAt: third }) => [
          lateAt,
          overdueAt,
          unprovenAt,
          third,
        ]);
        const next = deadlines.filter((at) => at !== null && at > now).map(Number);
        known = {
          until: new Date(Math.min(...next, END.getTime())),
          resources: seen,
          reviews: await heldRuns(database(), ACCOUNT),
        };
      }
      const facts = { ...others, at: now, resources: known.resources, reviews: known.reviews };
      return { ...facts, conditions: findConditions(facts) };
    };
    const { channel, received } = channelDouble();
    const down = QUARTER.flatMap(({ workerDown }) => (workerDown === null ? [] : [workerDown]));
    const isDown = (at: Date) => down.some(({ from, until }) => from <= at && at < until);
    const steps = QUARTER.flatMap(stepsOfNight).filter(({ at, happens }) => happens !== null || !isDown(at));
    const inOrder = steps.toSorted((a, b) => a.at.getTime() - b.at.getTime() || (a.happens === null ? 1 : -1));
    for (const { at, happens } of inOrder) {
      now = at;
      if (happens !== null) {
        await happens();
        known = null;
      } else if (
        (await recordNotices({ database: database(), account: ACCOUNT, channels: ["webhook"] }, await look())) > 0
      ) {
        await deliverNotices({
          database: database(),
          account: ACCOUNT,
          channels: [channel],
          logger: silent,
          now: () => now,
        });
      }
    }
    const notices = received.map(({ kind, code, occurredAt }) => {
      const night = Math.floor((occurredAt.getTime() - BEGIN.getTime()) / (24 * HOUR_MS)) + 1;
      return `night ${night}: ${code} ${kind}`;
    });
    // One night without the API raises no notice, nor do weekends, a skipped night, long syncs and a worker that was away.
    expect(notices).toEqual([
      // The API is down in nights 25 to 27: two messages.
      "night 27: mirror_overdue raised",
      "night 28: mirror_overdue resolved",
      // Unproven in nights 40 to 44.
      "night 43: unproven_three_nights raised",
      "night 45: unproven_three_nights reminder",
      "night 45: unproven_three_nights resolved",
      // The next full sync takes the place of the run that waits.
      "night 52: review_waiting raised",
      "night 53: review_waiting resolved",
      // Refused in nights 80 to 82, which makes the mirror overdue as well: that has one notice only.
      "night 80: access_refused raised",
      "night 81: access_refused reminder",
      "night 82: access_refused reminder",
      "night 83: access_refused reminder",
      "night 84: access_refused resolved",
    ]);
  },
);
