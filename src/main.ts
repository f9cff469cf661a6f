import type { Logger } from "pino";
import { createApiClient, type ApiClient } from "./api/client.ts";
import type { Config } from "./config.ts";
import { createDatabase, type Database } from "./database.ts";
import { applyMigrations, pendingMigrations } from "./embedded/migrations.ts";
import { startEmbeddedPostgres } from "./embedded/postgres.ts";
import { AppError, UsageError } from "./errors.ts";
import type { Lifecycle } from "./lifecycle.ts";
import { claimAccount } from "./mirror/account.ts";
import { openServer } from "./ops/server.ts";
import { importRoutes } from "./outbox/http/plugin.ts";
import { listenForImports } from "./outbox/listen.ts";
import { createOutbox, type Outbox } from "./outbox/outbox.ts";
import { openBackend, type Backend } from "./queue/backend.ts";
import { comingTicks } from "./queue/cron.ts";
import { slotMs } from "./queue/catalogue.ts";
import { createQueues, type Queues } from "./queue/queues.ts";
import { migrateQueueSchema, queueSchemaPending } from "./queue/schema.ts";
import { createSchedules, type Duty } from "./queue/schedules.ts";
import { createWorkers, type Handlers } from "./queue/workers.ts";
import { createRequestLog, pruneRequests } from "./request-log.ts";
import { pullsOf, type Pull } from "./sync/pulls.ts";
import { isResourceName } from "./sync/resources.ts";
import type { Plan } from "./sync/planner.ts";
import { planSchedules } from "./sync/schedule-plan.ts";
import { createSync, type Sync } from "./sync/sync.ts";
import { createTickStore } from "./sync/ticks.ts";

/** What every command is given: its settings, its log, and the place where what it opens is closed again. */
export interface Context {
  readonly config: Config;
  readonly logger: Logger;
  readonly lifecycle: Lifecycle;
}

export interface Stores {
  readonly databaseUrl: string;
  /** Where the embedded Postgres keeps its data; null with a configured one. */
  readonly directory: string | null;
  readonly database: Database;
}

export interface QueueSide {
  readonly backend: Backend;
  readonly queues: Queues;
}

/** The worker process: opens everything, takes jobs and keeps the schedules until the lifecycle stops it. */
export async function startWorker(context: Context): Promise<void> {
  const stores = await openStores(context);
  const queueSide = await openQueues(context, stores);
  const { sync, outbox } = await openWorker(context, stores, queueSide);
  const pulls = pullsOf(context.config);
  for (const { resource, kind, schedule } of pulls) context.logger.info({ resource, kind, schedule }, "schedule");
  const { misfits } = await planOf(context, stores);
  for (const { reason, message } of misfits) context.logger.warn({ reason }, message);
  await openClock(context, stores, queueSide, sync, pulls, dutiesOf(context, stores, outbox));
  await openIntakes(context, stores, outbox);
}

/** What a worker process does besides its schedules. */
function dutiesOf(_context: Context, { database }: Stores, outbox: Outbox): readonly Duty[] {
  return [
    { name: "imports", expression: "*/30 * * * * *", run: outbox.sweep },
    { name: "clear request log", expression: "17 4 * * *", run: async () => void (await pruneRequests(database)) },
  ];
}

/** Where imports come in while a worker runs: what another application inserts is heard of at once. */
async function openIntakes(context: Context, { databaseUrl, database }: Stores, outbox: Outbox): Promise<void> {
  const { config, logger, lifecycle } = context;
  const ear = listenForImports({ databaseUrl, account: config.account, wake: outbox.wake, logger });
  lifecycle.add("notices of imports", async () => {
    await ear.close();
    await outbox.settled();
  });
  if (config.http === null) return;
  const { host, port, token } = config.http;
  const plugins = [importRoutes({ ...outboxOptionsOf(config), database, token })];
  const server = await openServer({ host, port, database, logger, plugins });
  lifecycle.add("http server", server.close);
  logger.info({ url: server.url }, "listening for imports");
}

/** Postgres, ours or the configured one, with every migration applied (or refused where `AUTO_MIGRATE=off`). */
export async function openStores(context: Context): Promise<Stores> {
  const { config, logger, lifecycle } = context;
  const { databaseUrl, directory } = await openPostgres(context);
  if (config.database.autoMigrate) {
    const applied = await migrate(config, databaseUrl);
    if (applied.length > 0) logger.info({ applied }, "migrations applied");
  } else await refusePending(config, databaseUrl);
  const database = createDatabase(databaseUrl);
  lifecycle.add("database", () => database.$disconnect());
  return { databaseUrl, directory, database };
}

/** The configured Postgres, or the embedded one, started if it does not run. */
export async function openPostgres({ config, logger, lifecycle }: Context): Promise<Omit<Stores, "database">> {
  if (config.database.url !== null) return { databaseUrl: config.database.url, directory: null };
  const { dataDir } = config.database;
  const embedded = await startEmbeddedPostgres({ dataDir, logger, signal: lifecycle.signal });
  lifecycle.add("embedded postgres", embedded.release);
  return { databaseUrl: embedded.url, directory: embedded.directory };
}

/** Applies what is pending, ours and the queue's. Returns the names of ours. */
export async function migrate(config: Config, databaseUrl: string): Promise<readonly string[]> {
  const { applied } = await applyMigrations({ url: databaseUrl });
  if (config.redis === null) await migrateQueueSchema(databaseUrl);
  return applied;
}

async function refusePending(config: Config, databaseUrl: string): Promise<void> {
  const pending = await pendingMigrations({ url: databaseUrl });
  const queue = config.redis === null && (await queueSchemaPending(databaseUrl));
  if (pending.length === 0 && !queue) return;
  const names = [...pending, ...(queue ? ["the queue's tables"] : [])].join(", ");
  throw new UsageError(
    "migrations_pending",
    `The database lacks migrations (${names}) and AUTO_MIGRATE is off. Run: applicant-sync migrate`,
  );
}

/** The queues of the account, on Redis or in Postgres. */
export async function openQueues(context: Context, { databaseUrl }: Stores): Promise<QueueSide> {
  const { config, logger, lifecycle } = context;
  const backend = await openBackend({ databaseUrl, redis: config.redis });
  lifecycle.add("queue connection", backend.close);
  const queues = createQueues(backend, config.account, (error) => logger.debug({ err: error }, "queue connection"));
  lifecycle.add("queues", queues.close);
  return { backend, queues };
}

/** Takes jobs of both queues from here on. */
export async function openWorker(
  context: Context,
  stores: Stores,
  { backend, queues }: QueueSide,
  options: { readonly isVisitor: boolean } = { isVisitor: false },
): Promise<{ readonly sync: Sync; readonly outbox: Outbox }> {
  const { config, logger, lifecycle } = context;
  const { account, kind } = config;
  const { database } = stores;
  await claimAccount(database, {
    account,
    kind,
    environment: config.environment,
    apiHost: new URL(config.api.url).hostname,
  });
  const log = createRequestLog(database, { account, requestsPerMinute: config.api.requestsPerMinute });
  const api = createApiClient({ ...config.api, ...keysOf(config), kind }, { log });
  lifecycle.add("api connections", async () => api.close());
  const sync = createSync({
    account,
    accountKind: kind,
    database,
    api,
    logger,
    slotMs: slotMs(config.api.requestsPerMinute),
    latencyMs: log.latencyMs,
    detailsPerRun: config.detailsPerRun,
    enqueue: ({ kind: jobKind, ...payload }) => queues.enqueue(jobKind, payload),
  });
  const outbox = createOutbox({
    ...outboxOptionsOf(config),
    database,
    api,
    logger,
    holdsOnRefusal: !options.isVisitor,
    refreshCampaigns: () =>
      queues.enqueue("plan", {
        resource: "campaigns",
        kind: "incremental",
        trigger: "command",
        request: crypto.randomUUID(),
      }),
    enqueue: ({ kind: jobKind, ...payload }) => queues.enqueue(jobKind, payload),
  });
  const workers = createWorkers(backend, handlersOf({ sync, outbox, api }, options), {
    account,
    requestsPerMinute: config.api.requestsPerMinute,
    logger,
  });
  lifecycle.add("workers", workers.stop, { timeoutMs: 20_000 });
  await workers.start();
  return { sync, outbox };
}

/** What every part of the outbox is told of the account and its settings. */
export function outboxOptionsOf({ account, kind, environment, api, imports, schedules }: Config) {
  const rules = { accountKind: kind, environment, scopes: api.scopes };
  return { account, accountKind: kind, environment, imports, rules, timezone: schedules.timezone };
}

/** What each kind of job does. A job that fails for good ends its run, unless this worker is only a visitor. */
function handlersOf(
  { sync, outbox, api }: { readonly sync: Sync; readonly outbox: Outbox; readonly api: ApiClient },
  { isVisitor }: { readonly isVisitor: boolean },
): Handlers {
  const giveUp = isVisitor ? async () => {} : sync.fail;
  return {
    page: { run: sync.page, giveUp },
    confirm: { run: sync.confirm, ...(isVisitor ? {} : { giveUp: sync.giveRowUp }) },
    detail: { run: sync.detail, ...(isVisitor ? {} : { giveUp: sync.leaveDetail }) },
    finish: { run: sync.finish, giveUp },
    plan: {
      run: async ({ resource, kind, trigger, tick }) => {
        if (!isResourceName(resource)) throw new AppError("unknown_resource", `No resource ${resource}.`);
        return sync.plan({ resource, kind, trigger, tick });
      },
    },
    deliver: { run: outbox.deliver },
    reconcile: { run: outbox.reconcile },
    probe: { run: ({ scope }, context) => api.probe(scope, context) },
  };
}

function keysOf({ api }: Config): { readonly privateKey: string; readonly secretKey: string } {
  const { privateKey, secretKey } = api;
  if (privateKey === null || secretKey === null) {
    throw new UsageError("missing_keys", "KELIO_PRIVATE_KEY and KELIO_SECRET_KEY are needed to call the API.");
  }
  return { privateKey, secretKey };
}

/** What the schedules cost of the quota in the coming week, and where they do not fit. Calls nobody outside. */
export function planOf({ config }: Context, { database }: Stores): Promise<Plan> {
  return planSchedules({ database, config, pulls: pullsOf(config), comingTicks });
}

/** The clock of this process: the given pulls, the watchdog over open runs, other duties. */
export async function openClock(
  context: Context,
  { database }: Stores,
  { queues }: QueueSide,
  sync: Sync,
  pulls: readonly Pull[],
  duties: readonly Duty[] = [],
): Promise<void> {
  const { config, logger, lifecycle } = context;
  const scheduled = pulls.flatMap(({ expression, ...pull }) => (expression === null ? [] : [{ ...pull, expression }]));
  const schedules = createSchedules(scheduled, {
    timezone: config.schedules.timezone,
    logger,
    ticks: createTickStore(database, config.account),
    enqueueRun: ({ schedule: { name, resource, kind }, at, next }) =>
      queues.enqueue("plan", {
        resource,
        kind,
        trigger: "schedule",
        tick: { name, at: at.toISOString(), next: next.toISOString() },
        request: crypto.randomUUID(),
      }),
    duties: [{ name: "watchdog", expression: "*/30 * * * * *", run: sync.resume }, ...duties],
  });
  lifecycle.add("schedules", schedules.stop);
  await schedules.start();
}
