/** Reads the state of an account. */
import type { Config } from "../../config/config.ts";
import type { Database } from "../../database/client.ts";
import type { OutboxSettings } from "../../outbox/context.ts";
import { overviewOf } from "../../outbox/operations/overview.ts";
import { quotaUse } from "../../quota/request-gate.ts";
import { pullsOf } from "../../schedule/pulls.ts";
import { heldRuns } from "../../sync/conclusion/review.ts";
import { findConditions } from "./find-conditions.ts";
import { readNight } from "./night.ts";
import { readResources } from "./resources.ts";
import { readKillSwitch } from "./kill-switch.ts";
import { readTonight } from "./tonight.ts";
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
const NO_NOTICES: NoticesState = { channels: [], waiting: 0, undelivered: [] };

/** The state of an account, read from our own stores alone: no request is made to the API. */
export function createState(deps: StateDeps) {
  const { now = () => new Date() } = deps;
  let kept: { readonly at: number; readonly state: Promise<State> } | null = null;

  return {
    /** At most 10 s old. Those who ask at the same time share one set of queries. */
    read(): Promise<State> {
      const at = now().getTime();
      if (kept !== null && at - kept.at < KEPT_MS && at >= kept.at) return kept.state;
      const state = readState(deps, new Date(at));
      kept = { at, state };
      // A failure is not kept: the next one who asks tries again.
      state.catch(() => {
        if (kept?.state === state) kept = null;
      });
      return state;
    },
  };
}

export type StateReader = ReturnType<typeof createState>;

async function readState(deps: StateDeps, at: Date): Promise<State> {
  const { database, config, outbox, notices = () => Promise.resolve(NO_NOTICES) } = deps;
  const { account, kind, environment } = config;
  const [resources, lastNight, reviews, running, killSwitch, use, pause, forecast, noticesState] = await Promise.all([
    readResources(database, config, at),
    readNight(database, config, at),
    heldRuns(database, account),
    deps.workers(),
    readKillSwitch(database, account),
    quotaUse(database, account),
    database.apiPause.findUnique({ where: { account } }),
    readTonight(database, config, at),
    notices(),
  ]);
  const imports = await overviewOf(database, outbox, () => Promise.resolve(running));
  const { draft, ready, unknown } = imports.counts;
  const facts: Omit<State, "conditions"> = {
    account,
    environment,
    kind,
    at,
    countedAt: at,
    resources,
    lastNight,
    reviews,
    imports,
    killSwitch,
    quota: {
      ...use,
      perMinute: config.api.requestsPerMinute,
      pausedUntil: pause !== null && pause.until > at ? pause.until : null,
    },
    forecast,
    workers: {
      running,
      isNeeded: draft + ready + unknown > 0 || pullsOf(config).some(({ expression }) => expression !== null),
    },
    notices: noticesState,
  };
  return { ...facts, conditions: findConditions(facts) };
}
