/** Reads the state of an account. */
import type { Config } from "../../config/config.ts";
import type { Database } from "../../database/client.ts";
import type { OutboxSettings } from "../../outbox/context.ts";
import { quotaUse } from "../../quota/request-gate.ts";
import type { Plan } from "../../schedule/forecast/cost.ts";
import { forecast } from "../../schedule/forecast/forecast.ts";
import { pullsOf } from "../../schedule/pulls.ts";
import { heldRuns } from "../../sync/conclusion/review.ts";
import { readSkew } from "./clock.ts";
import { findConditions } from "./find-conditions.ts";
import { notedSince } from "./condition-since.ts";
import { readCounts } from "./counts.ts";
import { readKillSwitch } from "./kill-switch.ts";
import { readPause } from "./pause.ts";
import { vanishedAccounts } from "./other-accounts.ts";
import { createResources } from "./resources.ts";
import { createShared } from "./shared.ts";
import { tonightOf } from "./tonight.ts";
import type { NoticesState, State } from "./types.ts";

export interface StateDeps {
  readonly database: Database;
  readonly config: Config;
  readonly outbox: OutboxSettings;
  /** How many processes process jobs of the account; null: that cannot be known. */
  readonly workers: () => Promise<number | null>;
  readonly notices?: () => Promise<NoticesState>;
  readonly now?: () => Date;
}

/** A state is shared by all who ask within this time. A worker with a page renews it before it is that old: nobody waits. */
const KEPT_MS = 10_000;
/** The plan of the schedules counts every row of the mirror, whose number hardly changes. */
const PLAN = { keptMs: 600_000, staleMs: 6 * 3_600_000 } as const;
const NO_NOTICES: NoticesState = { channels: [], waiting: 0, undelivered: [] };

/** The state of an account, read from our own stores alone: no request is made to the API. */
export function createState(deps: StateDeps) {
  const { database, config, now = () => new Date() } = deps;
  const resources = createResources(database, config);
  const clock = () => now().getTime();
  const plan = createShared(() => forecast(database, config), { ...PLAN, now: clock });
  const state = createShared(() => readState(deps, resources, plan.get, now()), {
    keptMs: KEPT_MS,
    staleMs: 0,
    now: clock,
  });

  return {
    /** At most 10 s old. Those who ask at the same time share one set of queries. */
    read: state.get,
    renew: state.renew,
    /** What the schedules cost; at most ten minutes old, or older while it is computed anew. */
    plan: plan.get,
    /** The next read returns what is true then: after a decision, whoever made it sees what it changed. */
    forget: state.forget,
  };
}

/** What the page, the metrics and the notices receive. */
export type StateReader = ReturnType<typeof createState>;

async function readState(
  deps: StateDeps,
  resources: ReturnType<typeof createResources>,
  readPlan: () => Promise<Plan>,
  at: Date,
): Promise<State> {
  const { account, kind, environment, api } = deps.config;
  const [{ lastRequestAt, pause, use, sinceOf, ...basics }, { gaps, ...counts }, running, plan] = await Promise.all([
    readBasics(deps),
    readCounts(deps, resources.names, at),
    deps.workers().catch(() => null),
    readPlan(),
  ]);
  const schedules = pullsOf(deps.config).filter(({ expression }) => expression !== null).length;
  const { draft, ready, unknown } = counts.imports.counts;
  const facts: Omit<State, "conditions"> = {
    ...basics,
    ...counts,
    account,
    environment,
    kind,
    at,
    resources: await resources.read({ now: at, lastRequestAt, gaps }),
    quota: { ...use, ...pause, perMinute: api.requestsPerMinute },
    forecast: tonightOf(plan, deps.config, at),
    workers: { running, schedules, isNeeded: draft + ready + unknown + schedules > 0 },
  };
  const conditions = findConditions(facts).map((one) => {
    // What no worker has noted yet is seen for the first time. When a worker last ran is known, or none ever did.
    const unnoted = one.code === "no_worker" ? null : at;
    return { ...one, since: one.since ?? sinceOf(one) ?? unnoted };
  });
  return { ...facts, conditions };
}

/** One after the other: to open a connection for each would take longer, and a role may have few. */
async function readBasics({ database, config, notices = () => Promise.resolve(NO_NOTICES) }: StateDeps) {
  const { account } = config;
  const newest = { where: { account }, orderBy: { at: "desc" }, select: { at: true } } as const;
  return {
    skewMs: await readSkew(database),
    reviews: await heldRuns(database, account),
    killSwitch: await readKillSwitch(database, account),
    use: await quotaUse(database, account),
    pause: await readPause(database, account),
    lastRequestAt: (await database.apiRequest.findFirst(newest))?.at ?? null,
    notices: await notices(),
    vanished: await vanishedAccounts(database, account),
    sinceOf: await notedSince(database, account),
  };
}
