/** Reads the state of an account. */
import type { Plan } from "../forecast/cost.ts";
import { forecast } from "../forecast/forecast.ts";
import { pullsOf } from "../../schedule/pulls.ts";
import { readDecided } from "./decided.ts";
import { findConditions } from "./find-conditions.ts";
import { createResources } from "./resources.ts";
import { createShared } from "./shared-value.ts";
import { readSteady, type Steady } from "./steady.ts";
import { tonightOf } from "./tonight.ts";
import type { State } from "./account-state.ts";
import type { StateDeps } from "./deps.ts";

/** A state is shared by all who ask within this time. A worker with a page renews it before it is that old: nobody waits. */
const KEPT_MS = 10_000;
/** The plan of the schedules counts every row of the mirror, whose number hardly changes. */
const PLAN = { keptMs: 600_000, staleMs: 6 * 3_600_000 } as const;

/** The state of an account, read from our own stores alone: no request is made to the API. */
export function createState(deps: StateDeps) {
  const { database, config, now = () => new Date() } = deps;
  const resources = createResources(database, config);
  const clock = () => now().getTime();
  const plan = createShared(() => forecast(database, config), { ...PLAN, now: clock });
  let kept: { readonly at: number; readonly steady: Promise<Steady> } | null = null;
  let isDecided = false;

  /** After a decision, what none changes is taken as it was read last, unless that is too long ago. */
  function steadyAt(at: Date): Promise<Steady> {
    const age = kept === null ? Infinity : Math.abs(at.getTime() - kept.at);
    if (kept !== null && isDecided && age < KEPT_MS) return kept.steady;
    const steady = readSteady(deps, at);
    const mine = { at: at.getTime(), steady };
    kept = mine;
    steady.catch(() => (kept = kept === mine ? null : kept));
    return steady;
  }
  const state = createShared(
    () => {
      const at = now();
      const steady = steadyAt(at);
      isDecided = false;
      return readState(deps, { resources, readPlan: plan.get, steady, at });
    },
    { keptMs: KEPT_MS, staleMs: 0, now: clock },
  );

  return {
    /** At most 10 s old; what no decision changes, at most 20 s. Those who ask at the same time share one set of queries. */
    read: state.get,
    renew: state.renew,
    /** What the schedules cost; at most ten minutes old, or older while it is computed again. */
    plan: plan.get,
    /** The next read returns what is true then of all that a decision may have changed: whoever made it sees that. */
    forget(): void {
      isDecided = true;
      state.forget();
    },
  };
}

/** What the page, the metrics and the notices receive. */
export type StateReader = ReturnType<typeof createState>;

interface Reading {
  readonly resources: ReturnType<typeof createResources>;
  readonly readPlan: () => Promise<Plan>;
  readonly steady: Promise<Steady>;
  readonly at: Date;
}

/** One query after the other: a role may have few connections, and a worker reads the state every few seconds. */
async function readState(deps: StateDeps, { resources, readPlan, steady: reading, at }: Reading): Promise<State> {
  const { account, kind, environment, api } = deps.config;
  const counting = deps.workers().catch(() => null);
  const steady = await reading;
  const decided = await readDecided(deps, steady.done, at);
  const running = await counting;
  const plan = await readPlan();
  const { imports, killSwitch, reviews, night, unmapped, retention, noted } = decided;
  const { skewMs, use, pause, lastRequestAt, nightRequests, gaps, notices, vanished, auditFault } = steady;
  const schedules = pullsOf(deps.config).filter(({ expression }) => expression !== null).length;
  const { draft, ready, unknown } = imports.counts;
  const facts: Omit<State, "conditions"> = {
    account,
    environment,
    kind,
    at,
    resources: await resources.read({ now: at, lastRequestAt, gaps }),
    lastNight: { ...night, requests: nightRequests },
    reviews,
    imports,
    killSwitch,
    quota: { ...use, ...pause, perMinute: api.requestsPerMinute },
    forecast: tonightOf(plan, deps.config, at),
    workers: { running, schedules, isNeeded: draft + ready + unknown + schedules > 0 },
    notices,
    skewMs,
    vanished,
    unmapped,
    retention,
    auditFault,
    quietSince: noted.quietSince,
  };
  const conditions = findConditions(facts).map((one) => {
    // What no worker has noted yet is seen for the first time. When a worker last ran is known, or none ever did.
    const unnoted = one.code === "no_worker" ? null : at;
    return { ...one, since: one.since ?? noted.sinceOf(one) ?? unnoted };
  });
  return { ...facts, conditions };
}
