import { createHash } from "node:crypto";
import { createApiClient, type ApiClient } from "./api/client.ts";
import type { Config } from "./config/config.ts";
import { directoryIdOf } from "./database/copy/mark.ts";
import { AppError, UsageError } from "./platform/errors.ts";
import { claimAccount } from "./mirror/account.ts";
import { listenForImports } from "./outbox/intake/sql/listener.ts";
import { createFileMarks } from "./outbox/restore/marks.ts";
import type { OutboxSettings } from "./outbox/context.ts";
import { createOutbox, type Outbox } from "./outbox/outbox.ts";
import { queryOf, readSwitch } from "./outbox/operations/switch.ts";
import { createWatermark, type Watermark } from "./outbox/restore/watermark.ts";
import { openBackend, TAKEOVER, type Backend, type Takeover } from "./queue/backend.ts";
import { comingTicks } from "./schedule/cron.ts";
import { slotMs, type Payload } from "./queue/catalogue.ts";
import { createQueues, type Queues } from "./queue/queues.ts";
import { createSchedules, type MaintenanceTask } from "./schedule/clock.ts";
import { createWorkers, wrongWorker, type Handlers } from "./queue/workers.ts";
import { createRequestLog, pruneRequests } from "./quota/request-gate.ts";
import { keepsSessions, postgresFacts, refuseUnfit, type PostgresFacts, type Reach } from "./database/facts.ts";
import { openStores, type Context, type Stores } from "./stores.ts";
import { pullsOf, type Pull } from "./sync/runs/pulls.ts";
import { isResourceName } from "./sync/resources.ts";
import type { Plan } from "./schedule/forecast/cost.ts";
import { planSchedules } from "./schedule/forecast/forecast.ts";
import { createSync, type Sync } from "./sync/sync.ts";
import { createTickStore } from "./schedule/ticks.ts";

/** How often a worker process looks for work that nothing announces, and how soon it gives up what hangs. */
export interface Pace {
  /** A node-cron expression for the search for missed ticks, lost jobs, and imports that are due for a lookup. */
  readonly maintenance: string;
  readonly takeover: Takeover;
  /** How long a worker that is told to stop waits for its requests, in milliseconds. */
  readonly graceMs: number;
}

const PACE: Pace = {
  maintenance: "*/30 * * * * *",
  takeover: TAKEOVER,
  graceMs: 8_000,
};

export interface QueueSide {
  readonly backend: Backend;
  readonly queues: Queues;
}

/** The worker process: opens everything, processes jobs and keeps the schedules until the lifecycle stops it. */
export async function startWorker(context: Context, pace: Pace = PACE): Promise<void> {
  const stores = await openStores(context);
  const { reach } = await fitPostgres(context, stores);
  const queueSide = await openQueues(context, stores, pace);
  const { sync, outbox } = await openWorker(context, stores, queueSide, pace);
  const pulls = pullsOf(context.config);
  for (const { resource, kind, schedule } of pulls) context.logger.info({ resource, kind, schedule }, "schedule");
  const { conflicts } = await planOf(context, stores);
  for (const { reason, message } of conflicts) context.logger.warn({ reason }, message);
  await openClock(context, stores, queueSide, sync, pulls, maintenanceOf(stores, outbox, pace), pace);
  await openIntakes(context, stores, reach, outbox);
}

/** What a worker process does besides its schedules. */
function maintenanceOf({ database }: Stores, outbox: Outbox, pace: Pace): readonly MaintenanceTask[] {
  return [
    { name: "imports", expression: pace.maintenance, run: outbox.reconcilePending },
    { name: "clear request log", expression: "17 4 * * *", run: async () => void (await pruneRequests(database)) },
    { name: "erase imports", expression: "47 4 * * *", run: outbox.erase },
  ];
}

/** Where imports come in while a worker runs: what another application inserts is noticed at once. */
async function openIntakes(
  context: Context,
  { databaseUrl, database }: Stores,
  reach: Reach,
  outbox: Outbox,
): Promise<void> {
  const { config, logger, lifecycle } = context;
  const notices = keepsSessions(reach);
  const listener = listenForImports({ databaseUrl, account: config.account, wake: outbox.wake, notices, logger });
  lifecycle.add("notices of imports", async () => {
    await listener.close();
    await outbox.settled();
  });
  if (config.http === null) return;
  // Loaded here only: a worker that does not listen carries no HTTP server along.
  const [{ openServer }, { importRoutes }] = await Promise.all([
    import("./http/server.ts"),
    import("./outbox/intake/http/plugin.ts"),
  ]);
  const { host, port, token } = config.http;
  const plugins = [importRoutes({ ...outboxOptionsOf(config), database, token })];
  const isHeld = async () => (await readSwitch(queryOf(database), config.account)).held;
  const server = await openServer({ host, port, database, logger, plugins, isHeld });
  lifecycle.add("http server", server.close);
  logger.info({ url: server.url }, "listening for imports");
}

/** How Postgres is reached. Throws what `refuseUnfit` throws where a worker could not work with it. */
export async function fitPostgres({ config }: Context, { databaseUrl }: Stores): Promise<PostgresFacts> {
  const facts = await postgresFacts(databaseUrl);
  refuseUnfit(facts, config.redis === null);
  return facts;
}

/** The queues of the account, on Redis or in Postgres. */
export async function openQueues(
  context: Context,
  { databaseUrl }: Stores,
  { takeover }: Pick<Pace, "takeover"> = PACE,
): Promise<QueueSide> {
  const { config, logger, lifecycle } = context;
  const backend = await openBackend({ databaseUrl, redis: config.redis, takeover });
  lifecycle.add("queue connection", backend.close);
  for (const { code, message } of backend.warnings) logger.warn({ code }, `The Redis of the queue ${message}.`);
  const queues = createQueues(backend, config.account, (error) => logger.debug({ err: error }, "queue connection"));
  lifecycle.add("queues", queues.close);
  return { backend, queues };
}

/** Processes jobs of both queues from here on. */
export async function openWorker(
  context: Context,
  stores: Stores,
  queueSide: QueueSide,
  pace: Pick<Pace, "graceMs"> = PACE,
): Promise<{ readonly sync: Sync; readonly outbox: Outbox }> {
  const { config, logger, lifecycle } = context;
  const { account, kind } = config;
  const { database } = stores;
  const { queues } = queueSide;
  await claimFor(config, stores);
  const { api, log } = openApi(context, stores);
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
  const watermark = await openWatermark(context, stores, queueSide);
  const outbox = createOutbox({
    ...outboxOptionsOf(config),
    database,
    watermark,
    api,
    logger,
    refreshCampaigns: () =>
      queues.enqueue("start", {
        resource: "campaigns",
        kind: "incremental",
        trigger: "command",
        request: crypto.randomUUID(),
      }),
    enqueue: ({ kind: jobKind, ...payload }) => queues.enqueue(jobKind, payload),
  });
  // Stopped after the workers, whose last jobs wake the outbox.
  lifecycle.add("outbox", outbox.settled);
  await openWorkers(context, queueSide, { ...handlersOf(sync, outbox), probe: probeHandler(context, api) }, pace);
  return { sync, outbox };
}

/** Before anything may be sent: a database that was copied, or is older than what was seen of it, has its kill switch thrown. */
async function openWatermark({ config, logger }: Context, stores: Stores, { backend }: QueueSide): Promise<Watermark> {
  const { database, directory } = stores;
  const { numbers } = backend;
  const marks = [
    createFileMarks(config.database.dataDir),
    ...(numbers === null
      ? []
      : [
          {
            read: (name: string) => numbers.read(`seen:${name}`),
            raise: (name: string, to: bigint) => numbers.raise(`seen:${name}`, to),
          },
        ]),
  ];
  const directoryId = directory === null ? null : await directoryIdOf(directory);
  const watermark = createWatermark({ database, account: config.account, marks, directoryId, logger });
  await watermark.check();
  return watermark;
}

/** Processes the probes of this process's settings alone: these are on trial, and nobody else's work is to be done by them. */
export async function openProber(context: Context, stores: Stores, queueSide: QueueSide): Promise<void> {
  await claimFor(context.config, stores);
  await openWorkers(context, queueSide, { probe: probeHandler(context, openApi(context, stores).api) });
}

/** A job that tries a scope with the settings of this process, for an answer within `timeoutMs`. */
export function probeOf(config: Config, scope: string, timeoutMs: number): Payload<"probe"> {
  const check = crypto.randomUUID();
  return { scope, check, settings: digestOf(config, check), until: Date.now() + timeoutMs };
}

/** What tells the settings by which the API is called from others; tells nobody what they are. */
function digestOf({ kind, api }: Config, check: string): string {
  const { url, audience, tokenSource, privateKey, secretKey } = api;
  const settings = JSON.stringify([check, kind, url, audience, tokenSource, privateKey, secretKey]);
  return createHash("sha256").update(settings).digest("hex");
}

function probeHandler({ config }: Context, api: ApiClient): NonNullable<Handlers["probe"]> {
  return {
    run: async ({ scope, check, settings, until }, context) => {
      if (Date.now() > until) throw new AppError("late", "Nobody waits for this answer.", { disposition: "fail" });
      if (settings !== digestOf(config, check)) throw wrongWorker();
      await api.probe(scope, context);
    },
  };
}

/** The client of the API, through the request gate. */
export function openApi({ config, lifecycle }: Context, { database }: Stores) {
  const { account, kind } = config;
  const log = createRequestLog(database, { account, requestsPerMinute: config.api.requestsPerMinute });
  const api = createApiClient({ ...config.api, ...keysOf(config), kind }, { log });
  lifecycle.add("api connections", async () => api.close());
  return { api, log };
}

async function openWorkers(
  { config, logger, lifecycle }: Context,
  { backend }: QueueSide,
  handlers: Handlers,
  { graceMs }: Pick<Pace, "graceMs"> = PACE,
) {
  const { requestsPerMinute } = config.api;
  const workers = createWorkers(backend, handlers, { account: config.account, requestsPerMinute, logger, graceMs });
  lifecycle.add("workers", workers.stop, { timeoutMs: 20_000 });
  await workers.start();
}

/** Ties the account's key to the remote account that is configured. Throws `account_mismatch`. */
export function claimFor({ account, kind, environment, api }: Config, { database }: Pick<Stores, "database">) {
  return claimAccount(database, { account, kind, environment, apiHost: new URL(api.url).hostname });
}

/** What every part of the outbox needs to know about the account and its settings. */
export function outboxOptionsOf({ account, kind, environment, api, imports, schedules }: Config): OutboxSettings {
  const rules = { accountKind: kind, environment, scopes: api.scopes };
  return { account, accountKind: kind, environment, imports, rules, timezone: schedules.timezone };
}

/** What the jobs of both flows do. One that fails for good ends its run. */
function handlersOf(sync: Sync, outbox: Outbox): Handlers {
  return {
    page: { run: sync.page, giveUp: sync.fail },
    confirm: { run: sync.confirm, giveUp: sync.giveRowUp },
    detail: { run: sync.detail, giveUp: sync.leaveDetail },
    finish: { run: sync.finish, giveUp: sync.fail },
    start: {
      run: async ({ resource, kind, trigger, tick }) => {
        if (!isResourceName(resource)) throw new AppError("unknown_resource", `No resource ${resource}.`);
        return sync.start({ resource, kind, trigger, tick });
      },
    },
    deliver: { run: outbox.deliver },
    reconcile: { run: outbox.reconcile },
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

/** The longest time between two ticks of a schedule in the coming week, in milliseconds; null where it never comes true. */
export function longestGapMs(expression: string, timezone: string, now: Date): number | null {
  const { ticks } = comingTicks(expression, timezone, new Date(now.getTime() + 8 * 86_400_000));
  const gaps = ticks.slice(1).map((tick, n) => tick.getTime() - (ticks[n]?.getTime() ?? 0));
  return gaps.length === 0 ? null : gaps.reduce((longest, gap) => Math.max(longest, gap), 0);
}

/** The clock of this process: the pulls, the watchdog over open runs, other maintenance tasks. */
export async function openClock(
  context: Context,
  { database }: Stores,
  { queues }: QueueSide,
  sync: Sync,
  pulls: readonly Pull[],
  maintenance: readonly MaintenanceTask[] = [],
  pace: Pick<Pace, "maintenance"> = PACE,
): Promise<void> {
  const { config, logger, lifecycle } = context;
  const scheduled = pulls.flatMap(({ expression, ...pull }) => (expression === null ? [] : [{ ...pull, expression }]));
  const schedules = createSchedules(scheduled, {
    timezone: config.schedules.timezone,
    logger,
    ticks: createTickStore(database, config.account),
    enqueueRun: ({ schedule: { name, resource, kind }, at, next }) =>
      queues.enqueue("start", {
        resource,
        kind,
        trigger: "schedule",
        tick: { name, at: at.toISOString(), next: next.toISOString() },
        request: crypto.randomUUID(),
      }),
    lookAgain: pace.maintenance,
    maintenance: [{ name: "watchdog", expression: pace.maintenance, run: sync.resume }, ...maintenance],
  });
  lifecycle.add("schedules", schedules.stop);
  await schedules.start();
}
