import { setTimeout as sleep } from "node:timers/promises";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AccountKind } from "../../src/api/kelio.ts";
import type { Fault } from "../../src/sandbox/requests/faults.ts";
import type { Cli } from "../support/cli.ts";
import { churn, churns, NO_WRONGS, wrongsOf, type Churn, type ChurnedList } from "../support/churn.ts";
import { withEnds } from "../support/ends.ts";
import { startPostgres, type TestPostgres } from "../support/postgres.ts";
import { describeOnBackends, startRedis, type TestRedis } from "../support/redis.ts";
import type { Contents } from "../support/source.ts";
import { waitFor } from "../support/wait-for.ts";
import { openWorld, type World } from "../support/world.ts";

/** Of each case, which play at the same time. */
const RUNS = 1;
const TIMEOUT_MS = 900_000;
/** A lost job comes back within 30 s, and as often as one disruption follows another: this is for slow machines. */
const PATIENCE_MS = 240_000;
const LISTS: readonly ChurnedList[] = ["campaigns", "applications"];
/** One run after the other, and what is new between them. */
const ENV = {
  CAMPAIGNS_CRON: "*/4 * * * * *",
  APPLICATIONS_CRON: "*/5 * * * * *",
  INCREMENTAL_CRON: "*/7 * * * * *",
};

const FAULTS: readonly Fault[] = [
  { kind: "status", status: 500 },
  { kind: "status", status: 429, retryAfter: 1 },
  { kind: "html", status: 200 },
  { kind: "html", status: 503 },
  { kind: "truncated", cut: "body" },
  { kind: "truncated", cut: "connection" },
  { kind: "empty" },
  { kind: "reset" },
];

interface Disruption {
  readonly what: "kill a worker" | "restart Postgres" | "restart Redis" | "flush Redis";
  /** It comes with this request after the disruption before, and so many milliseconds later. */
  readonly request: number;
  readonly delay: number;
}

interface Scenario {
  readonly seed: number;
  readonly campaigns: number;
  readonly applications: number;
  /** Of an answer, at most, in milliseconds: 120 lets several walkers share the list. */
  readonly latency: number;
  readonly workers: number;
  readonly churn: Readonly<Record<ChurnedList, Churn>>;
  /** The share of requests that are answered by a fault. */
  readonly faults: number;
  readonly disruptions: readonly Disruption[];
}

const scenariosWith = (...what: readonly Disruption["what"][]) =>
  fc.record<Scenario>({
    seed: fc.nat(),
    campaigns: fc.integer({ min: 2, max: 200 }),
    applications: fc.integer({ min: 200, max: 2_000 }),
    latency: fc.constantFrom(0, 120),
    workers: fc.constantFrom(1, 2),
    churn: fc.record({ campaigns: churns, applications: churns }),
    faults: fc.constantFrom(0, 0.02, 0.05),
    disruptions: fc.array(
      fc.record<Disruption>({
        what: fc.constantFrom(...what),
        request: fc.integer({ min: 1, max: 60 }),
        delay: fc.integer({ min: 0, max: 60 }),
      }),
      { minLength: 1, maxLength: 2 },
    ),
  });

const ON_POSTGRES = scenariosWith("kill a worker", "restart Postgres");
const ON_REDIS = scenariosWith("kill a worker", "restart Postgres", "restart Redis", "flush Redis");

/** What the workers stand on. */
interface Stage {
  readonly world: World;
  readonly postgres: TestPostgres;
  readonly redis: TestRedis | null;
}

/** Workers that pull all the time, until all disruptions are over and what they did is repaired. */
async function play(stage: Stage, kind: AccountKind, scenario: Scenario) {
  const { world } = stage;
  const { script, data } = world.sandbox;
  // A jobboard is shown no others.
  for (const id of data.campaigns.ids()) data.campaigns.edit(id, { status: "online" });
  const campaigns = churn(world, "campaigns", scenario.churn.campaigns);
  const applications = churn(world, "applications", scenario.churn.applications);
  for (const fault of FAULTS) script.fault(fault, { probability: scenario.faults / FAULTS.length });

  const workers = [await world.worker()];
  if (scenario.workers === 2) workers.push(await world.worker());
  const quietSince = await endure(stage, kind, scenario.disruptions, workers).catch(async (cause: unknown) => {
    throw new Error(await situation(world, workers), { cause });
  });

  const begun = (await world.runs()).filter(({ startedAt }) => Date.parse(startedAt) < quietSince.getTime());
  return {
    endedBadly: begun.filter(({ state }) => state !== "proven" && state !== "done"),
    workers: workers.filter((worker) => worker.isRunning()).length,
    wrongs: [await wrongsOf(world, "campaigns", campaigns), await wrongsOf(world, "applications", applications)],
    mirror: listsOf(await world.mirror()),
  };
}

/** All disruptions and the full runs that repair what they did. Returns when it became quiet. */
async function endure(
  stage: Stage,
  kind: AccountKind,
  disruptions: readonly Disruption[],
  workers: Cli[],
): Promise<Date> {
  for (const disruption of disruptions) await meet(stage, disruption, workers);
  stage.world.sandbox.script.clear();
  const since = new Date();
  await waitForFullRuns(stage.world, { since, count: kind === "jobboard" ? 2 : 1 });
  return since;
}

/** What tells why a wait was in vain: the runs, and the last lines of each worker. */
async function situation(world: World, workers: readonly Cli[]): Promise<string> {
  const runs = JSON.stringify(await world.runs().catch(String));
  return [runs, ...workers.map((worker) => worker.stderr().split("\n").slice(-30).join("\n"))].join("\n\n");
}

async function meet(stage: Stage, { what, request, delay }: Disruption, workers: Cli[]): Promise<void> {
  const { world, postgres, redis } = stage;
  const rule = world.sandbox.script.before({ nth: request }, () => {});
  await waitFor(`request ${request} before: ${what}`, () => rule.hits === 1, PATIENCE_MS);
  await sleep(delay);
  if (what === "restart Postgres") await postgres.restart();
  else if (what === "restart Redis") await redis?.restart();
  else if (what === "flush Redis") await redis?.flush();
  else {
    const worker = workers.shift();
    worker?.kill("SIGKILL");
    await worker?.ended;
    workers.push(await world.worker());
  }
}

/** So many full runs of each list, begun since then, have ended. */
async function waitForFullRuns({ database, account }: World, { since, count }: { since: Date; count: number }) {
  for (const resource of LISTS) {
    const where = { account, resource, kind: "full", startedAt: { gt: since }, finishedAt: { not: null } };
    const isReached = async () => (await database.syncRun.count({ where })) >= count;
    await waitFor(`${count} full runs of ${resource} once it is quiet`, isReached, PATIENCE_MS);
  }
}

const listsOf = ({ campaigns, applications }: Contents) => ({ campaigns, applications });

describe.concurrent("whatever happens to the lists, the workers, the databases and the API", () => {
  describeOnBackends("while lists are read", ({ backend }) => {
    it.for<AccountKind>(["customer", "jobboard"])(
      "no living row of a %s is marked as deleted, proven runs miss nothing, and once it is quiet the mirror is the source",
      { timeout: TIMEOUT_MS },
      async (kind) => {
        await fc.assert(
          fc.asyncProperty(backend === "redis" ? ON_REDIS : ON_POSTGRES, (scenario) =>
            withEnds(async (onEnd) => {
              const postgres = await startPostgres();
              onEnd(postgres.remove);
              const redis = backend === "redis" ? await startRedis() : null;
              onEnd(async () => redis?.stop());
              const { seed, campaigns, applications, latency } = scenario;
              const world = await openWorld({
                kind,
                redisUrl: redis?.url ?? null,
                databaseUrl: postgres.url,
                env: ENV,
                sandbox: { seed, campaigns, applications, latency: { min: 0, max: latency } },
                onEnd,
              });
              expect(await play({ world, postgres, redis }, kind, scenario)).toEqual({
                endedBadly: [],
                workers: scenario.workers,
                wrongs: [NO_WRONGS, NO_WRONGS],
                mirror: listsOf(world.source()),
              });
            }),
          ),
          { numRuns: RUNS, endOnFailure: true },
        );
      },
    );
  });
});
