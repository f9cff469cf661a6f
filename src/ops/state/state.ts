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
import { readCounts, type Counts } from "./counts.ts";
import { readKillSwitch } from "./kill-switch.ts";
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

/** A state is shared by all who ask within this time. */
const KEPT_MS = 10_000;
/** Counts of many rows are shown this long while they are read anew. */
const STALE_MS = 60_000;
/** The plan of the schedules counts every row of the mirror, whose number hardly changes. */
const PLAN = { keptMs: 600_000, staleMs: 6 * 3_600_000 } as const;
const NO_NOTICES: NoticesState = { channels: [], waiting: 0, undelivered: [] };

/** The state of an account, read from our own stores alone: no request is made to the API. */
export function createState(deps: StateDeps) {
  const { database, config, now = () => new Date() } = deps;
  const resources = createResources(database, config);
  const clock = () => now().getTime();
  const plan = createShared(() => forecast(database, config), { ...PLAN, now: clock });
  const counts = createShared(() => readCounts(deps, resources.names, now()), {
    keptMs: KEPT_MS,
    staleMs: STALE_MS,
    now: clock,
  });
  const state = createShared(() => readState(deps, { resources, counts: counts.get, plan: plan.get }, now()), {
    keptMs: KEPT_MS,
    staleMs: 0,
    now: clock,
  });

  return {
    /** At most 10 s old; see `countedAt` for what is counted. Those who ask at the same time share one set of queries. */
    read: state.get,
    /** What the schedules cost; at most ten minutes old, or older while it is computed anew. */
    plan: plan.get,
    /** The next read returns what is true then: after a decision, whoever made it sees what it changed. */
    forget(): void {
      counts.forget();
      state.forget();
    },
  };
}

/** What the page, the metrics and the notices receive. */
export type StateReader = ReturnType<typeof createState>;

interface Sources {
  readonly resources: ReturnType<typeof createResources>;
  readonly counts: () => Promise<Counts>;
  readonly plan: () => Promise<Plan>;
}

async function readState(deps: StateDeps, { resources, ...sources }: Sources, at: Date): Promise<State> {
  const { database, config, notices = () => Promise.resolve(NO_NOTICES) } = deps;
  const { account, kind, environment } = config;
  const [reviews, running, killSwitch, use, pause, noticesState, lastRequest, skewMs, vanished, counts, plan] =
    await Promise.all([
      heldRuns(database, account),
      deps.workers().catch(() => null),
      readKillSwitch(database, account),
      quotaUse(database, account),
      database.apiPause.findUnique({ where: { account } }),
      notices(),
      database.apiRequest.findFirst({ where: { account }, orderBy: { at: "desc" }, select: { at: true } }),
      readSkew(database),
      vanishedAccounts(database, account),
      // Last, because they may be read anew while what is kept is shown: the others get the connections first.
      sources.counts(),
      sources.plan(),
    ]);
  const { imports, lastNight, gaps, unmapped, at: countedAt } = counts;
  const schedules = pullsOf(config).filter(({ expression }) => expression !== null).length;
  const { draft, ready, unknown } = imports.counts;
  const facts: Omit<State, "conditions"> = {
    account,
    environment,
    kind,
    at,
    countedAt,
    resources: await resources.read({ now: at, lastRequestAt: lastRequest?.at ?? null, gaps }),
    lastNight,
    reviews,
    imports,
    killSwitch,
    quota: {
      ...use,
      perMinute: config.api.requestsPerMinute,
      pausedUntil: pause?.until ?? null,
    },
    forecast: tonightOf(plan, config, at),
    workers: { running, schedules, isNeeded: draft + ready + unknown + schedules > 0 },
    notices: noticesState,
    skewMs,
    vanished,
    unmapped,
  };
  return { ...facts, conditions: findConditions(facts) };
}
