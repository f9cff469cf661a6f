import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inject, onTestFinished } from "vitest";
import { sync, wantedResources } from "../../src/commands/sync.ts";
import { loadConfig, type Config } from "../../src/config/config.ts";
import { createDatabase, type Database } from "../../src/database/client.ts";
import { createLifecycle, type Lifecycle } from "../../src/platform/lifecycle.ts";
import { startWorker } from "../../src/process/worker.ts";
import { createLogger } from "../../src/platform/logger.ts";
import { startSandbox, type Sandbox, type SandboxOptions } from "../../src/sandbox/server.ts";
import { reportRuns, type RunReport } from "../../src/sync/runs/report.ts";
import type { RunKind } from "../../src/sync/runs/runs.ts";
import type { AccountKind } from "../../src/api/kelio.ts";
import type { ResourceName } from "../../src/sync/resources.ts";
import { startCli, startWorkerProcess, type Cli, type Ended } from "./cli.ts";
import { QUICK } from "./pace.ts";
import { createTestDatabase } from "./postgres.ts";
import { runProgram } from "./program.ts";
import { mirrorOf, sourceOf, type Contents } from "./source.ts";
import { waitFor } from "./wait-for.ts";

type Env = Readonly<Record<string, string>>;

/** What every kind of account has. */
const COMMON: readonly ResourceName[] = ["campaigns", "applications"];

export interface WorldOptions {
  /** Null: the queue lives in Postgres. */
  readonly redisUrl?: string | null;
  readonly kind?: AccountKind;
  /** By default 300 applications and 12 campaigns without a quota. */
  readonly sandbox?: SandboxOptions;
  /** Settings over those of the world. */
  readonly env?: Env;
  /** A server of the test's own instead of a database of the run's server. */
  readonly databaseUrl?: string;
  /** That of the test's context, where tests run concurrently. */
  readonly onEnd?: (end: () => Promise<void>) => void;
}

export interface WorkerHere {
  readonly stop: () => Promise<void>;
}

export interface World {
  readonly account: string;
  readonly env: Env;
  readonly sandbox: Sandbox;
  readonly database: Database;
  /** Lines that `sync` and workers in this process logged. */
  readonly log: readonly string[];
  /**
   * Runs `sync` in this process, as the command does, and ends everything it started. By default, of
   * campaigns, which come first, and applications.
   */
  readonly sync: (
    wanted?: string | readonly ResourceName[],
    change?: (config: Config) => Config,
    kind?: RunKind,
  ) => Promise<readonly RunReport[]>;
  /** Runs a command in this process: for whatever needs no process of its own. */
  readonly run: (args: readonly string[], env?: Env) => Promise<Ended>;
  /** A process of the program. Killed with the test, if it still runs then. */
  readonly cli: (args: readonly string[], env?: Env) => Cli;
  /** A worker process that has come up; its pace is quick by default. */
  readonly worker: (env?: Env) => Promise<Cli>;
  /** A worker in this process that has come up, at the quick pace, for tests that need no process of its own. */
  readonly workerHere: (env?: Env) => Promise<WorkerHere>;
  /** All runs, oldest first. */
  readonly runs: () => Promise<readonly RunReport[]>;
  readonly waitForRun: (state?: string) => Promise<RunReport>;
  readonly mirror: () => Promise<Contents>;
  /** What the mirror must hold once these resources have been synced. */
  readonly source: (synced?: readonly ResourceName[]) => Contents;
  /** Requests for a list, in the order in which they arrived. */
  readonly requestsFor: (list: string) => Sandbox["requests"];
}

/**
 * A sandbox, a fresh database and the settings that join them, all ended with the test. A test whose processes or
 * connections outlive it fails.
 */
export async function openWorld(options: WorldOptions = {}): Promise<World> {
  const { kind = "customer", redisUrl = inject("queueUrl"), onEnd = onTestFinished } = options;
  const sandbox = await startSandbox({ campaigns: 12, applications: 300, quota: null, ...options.sandbox });
  const key = sandbox.keys.find((one) => one.kind === kind);
  const owned = options.databaseUrl === undefined ? await createTestDatabase() : null;
  const databaseUrl = options.databaseUrl ?? owned?.url ?? "";
  const account = `test-${crypto.randomUUID().slice(0, 13)}`;
  const directory = await mkdtemp(join(tmpdir(), "applicant-sync-world-"));
  const env: Env = {
    KELIO_ACCOUNT: account,
    KELIO_ACCOUNT_KIND: kind,
    KELIO_API_URL: sandbox.url,
    KELIO_AUDIENCE: sandbox.audience,
    KELIO_PRIVATE_KEY: key?.privateKey ?? "",
    KELIO_SECRET_KEY: key?.secretKey ?? "",
    KELIO_REQUESTS_PER_MINUTE: "6000",
    DATABASE_URL: databaseUrl,
    DATA_DIR: directory,
    CAMPAIGNS_CRON: "off",
    APPLICATIONS_CRON: "off",
    INCREMENTAL_CRON: "off",
    APPLICANTS_CRON: "off",
    ORGANISATION_CRON: "off",
    LOG_FORMAT: "json",
    ...(redisUrl === null ? {} : { REDIS_URL: redisUrl }),
    ...options.env,
  };
  const database = createDatabase(databaseUrl, { connections: 3 });
  const log: string[] = [];
  const logger = createLogger({ level: "debug", format: "json" }, { write: (line) => void log.push(line) });
  const children: Cli[] = [];
  const lifecycles: Lifecycle[] = [];

  onEnd(async () => {
    children.forEach((child) => child.kill("SIGKILL"));
    await Promise.all(children.map((child) => child.ended));
    // A request that hangs would keep its worker for the whole of its grace.
    await Promise.all([...lifecycles.map((lifecycle) => lifecycle.stop("done")), sandbox.close()]);
    await database.$disconnect();
    await rm(directory, { recursive: true, force: true });
    await owned?.dropUnused();
  });

  const cli: World["cli"] = (args, more = {}) => {
    const child = startCli(args, { ...env, ...more }, directory);
    children.push(child);
    return child;
  };
  const runs = async () => {
    const ids = await database.syncRun.findMany({ where: { account }, select: { id: true } });
    return reportRuns(
      database,
      ids.map(({ id }) => id),
    );
  };

  return {
    account,
    env,
    sandbox,
    database,
    log,
    run: (args, more = {}) => runProgram(args, { ...env, ...more }, directory),
    cli,
    runs,
    async sync(wanted = COMMON, change = (config) => config, runKind = "full") {
      const config = change(loadConfig(env, { keys: true }));
      const lifecycle = createLifecycle({ logger });
      try {
        const names = typeof wanted === "string" ? wantedResources(wanted, config, runKind).resources : wanted;
        const done = await sync({ config, logger, lifecycle }, { resources: names, kind: runKind }, () => {});
        return done.toSorted((a, b) => (a.resource > b.resource ? -1 : 1));
      } finally {
        await lifecycle.stop("done");
      }
    },
    async worker(more = {}) {
      const child = startWorkerProcess(QUICK, { ...env, ...more }, directory);
      children.push(child);
      // With a load of 30 on two cores, 50 s were seen not to be enough.
      const isUp = () => {
        if (!child.isRunning()) throw new Error(`The worker ended: ${child.stderr()}`);
        return child.stderr().includes("worker started");
      };
      await waitFor("a worker that is up", isUp, 180_000);
      return child;
    },
    async workerHere(more = {}) {
      const config = loadConfig({ ...env, ...more }, { keys: true });
      const lifecycle = createLifecycle({ logger });
      lifecycles.push(lifecycle);
      await startWorker({ config, logger, lifecycle }, QUICK);
      return { stop: async () => void (await lifecycle.stop("done")) };
    },
    waitForRun: (state = "proven") =>
      waitFor(`a run that is ${state}`, async () => (await runs()).find((run) => run.state === state), 110_000),
    mirror: () => mirrorOf(database, account),
    source: (synced = COMMON) => sourceOf(sandbox, kind, synced, options.sandbox?.variants),
    requestsFor: (list) => sandbox.requests.filter(({ method, path }) => method === "GET" && path.endsWith(`/${list}`)),
  };
}
