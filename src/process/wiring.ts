/** How the parts of one process are put together: queue, API, sync, outbox, clock. Whatever is opened, the lifecycle closes. */
import { createApiClient } from "../api/client.ts";
import type { Config } from "../config/config.ts";
import { databaseKey } from "../database/database-key.ts";
import { directoryIdOf } from "../database/copy/mark.ts";
import { claimAccount } from "../mirror/account.ts";
import { outboxOptionsOf } from "../outbox/context.ts";
import { dropErasedLines } from "../outbox/intake/file/erased-lines.ts";
import { createOutbox, type Outbox } from "../outbox/outbox.ts";
import { storeStatusTexts } from "../outbox/operations/status-texts.ts";
import { closeImports } from "../outbox/operations/close.ts";
import {
  afterErasures,
  createErasureGuard,
  keepErasures,
  restoreErasures,
  withErasures,
} from "../outbox/restore/erasures.ts";
import { createFileMarks } from "../outbox/restore/marks.ts";
import { createWatermark, ownIdOf, type Watermark } from "../outbox/restore/watermark.ts";
import { noticesState } from "../ops/notices/notices-state.ts";
import { createState, type StateReader } from "../ops/state/state.ts";
import { cleanUp, cleanUpIfDue } from "../people/erase/clean-up.ts";
import { createErasure, type Erase } from "../people/erase/erasure.ts";
import { createKeyring } from "../people/suppression/key.ts";
import { requireKeys } from "../people/suppression/suppress.ts";
import { UsageError } from "../platform/errors.ts";
import { inTime } from "../platform/in-time.ts";
import { openBackend, TAKEOVER, type Backend, type Takeover } from "../queue/backend.ts";
import { createQueue, type Queue } from "../queue/queue.ts";
import { createWorker } from "../queue/worker.ts";
import { createRequestLog, quotaUse } from "../quota/request-gate.ts";
import { slotMs } from "../quota/slot.ts";
import { makeFacts } from "../report/facts.ts";
import { storeTimezone } from "../report/settings.ts";
import { createClock, type MaintenanceTask } from "../schedule/clock.ts";
import type { Pull } from "../schedule/pulls.ts";
import { createSync, type Sync } from "../sync/sync.ts";
import type { Context, Stores } from "./stores.ts";

/** How often a process looks for work that nothing announces, and how soon it gives up what hangs. */
export interface Pace {
  /** A node-cron expression for the search for missed ticks, lost jobs, and imports that are due for a lookup. */
  readonly maintenance: string;
  readonly takeover: Takeover;
  /** How long a stopping worker waits for its requests, in milliseconds. */
  readonly graceMs: number;
}

export const PACE: Pace = { maintenance: "*/30 * * * * *", takeover: TAKEOVER, graceMs: 8_000 };

export interface QueueSide {
  readonly backend: Backend;
  readonly queue: Queue;
}

/**
 * The queue of the account, on Redis or in Postgres. `leavesNothing`: the database is an empty stand-in, for which Redis must keep no key.
 */
export async function openQueue(
  context: Context,
  stores: Stores,
  { takeover }: Pick<Pace, "takeover"> = PACE,
  leavesNothing = false,
): Promise<QueueSide> {
  const { config, logger, lifecycle } = context;
  const { databaseUrl, database } = stores;
  const directoryId = await directoryIdIn(stores);
  const ownId = () => ownIdOf(database, directoryId);
  const key = config.redis === null ? "" : await databaseKey(database, directoryId, ownId);
  const backend = await openBackend({ databaseUrl, redis: config.redis, databaseKey: key, takeover, leavesNothing });
  lifecycle.add("queue connection", backend.close);
  const queue = createQueue(backend, config.account, (error) => logger.debug({ err: error }, "queue connection"));
  lifecycle.add("queue", queue.close);
  return { backend, queue };
}

/** The client of the API, through the request gate. Throws `missing_keys`. */
export function openApi({ config, lifecycle }: Context, { database }: Stores) {
  const { account, kind, api: settings } = config;
  const { privateKey, secretKey, requestsPerMinute } = settings;
  if (privateKey === null || secretKey === null) {
    throw new UsageError("missing_keys", "KELIO_PRIVATE_KEY and KELIO_SECRET_KEY are needed to call the API.");
  }
  const log = createRequestLog(database, { account, requestsPerMinute });
  const api = createApiClient({ ...settings, privateKey, secretKey, kind }, { log });
  lifecycle.add("api connections", async () => api.close());
  return { api, log };
}

/** Ties the account's key to the remote account that is configured. Throws `account_mismatch`. */
export function claimFor({ account, kind, environment, api }: Config, { database }: Pick<Stores, "database">) {
  return claimAccount(database, { account, kind, environment, apiHost: new URL(api.url).hostname });
}

/** What erases a person. Throws what the key lacks when it is called. */
export function openErasure({ config }: Context, { database, databaseUrl, directory }: Stores): Erase {
  const { account, privacy } = config;
  const clean = () => cleanUp({ databaseUrl, directory, account });
  const keyring = createKeyring(privacy);
  const keepFiles = () => keepErasureFiles(database, config);
  return createErasure({ database, account, keyring, closeImports, keepFiles, cleanUp: clean });
}

/** What ends an erasure that was killed after its commit. */
export function openCleanUp({ config }: Context, { database, databaseUrl, directory }: Stores) {
  const needs = { databaseUrl, directory, account: config.account };
  return () => cleanUpIfDue(needs, () => keepErasureFiles(database, config));
}

/** The list of erasures, and the files of rejected lines. */
async function keepErasureFiles(database: Stores["database"], config: Config): Promise<void> {
  await keepErasures(database, config);
  await dropErasedLines(database, outboxOptionsOf(config));
}

export interface WorkerParts {
  readonly sync: Sync;
  readonly outbox: Outbox;
  readonly log: ReturnType<typeof createRequestLog>;
  /** Whether the worker fetches jobs and none hangs. */
  readonly isAlive: () => boolean;
  /** For what a person decides: one request, through the request gate. */
  readonly api: ReturnType<typeof openApi>["api"];
}

/** Processes the jobs of both flows from here on. A job that fails for good ends its run. */
export async function openWorker(
  context: Context,
  stores: Stores,
  { backend, queue }: QueueSide,
  { graceMs }: Pick<Pace, "graceMs"> = PACE,
): Promise<WorkerParts> {
  const { config, logger, lifecycle } = context;
  const { account, kind, detailsPerRun } = config;
  const { database } = stores;
  for (const { code, message } of backend.warnings) logger.warn({ code }, `The Redis of the queue ${message}.`);
  const { enqueue } = queue;
  await claimFor(config, stores);
  await storeStatusTexts({ database, account }, config.language);
  await storeTimezone(database, account, config.schedules.timezone, logger);
  const { api, log } = openApi(context, stores);
  await restoreErasures(database, config, logger);
  const erasures = createErasureGuard(database, config, logger);
  const keyring = createKeyring(config.privacy);
  await requireKeys(database, account, keyring);
  const slot = slotMs(config.api.requestsPerMinute);
  const facts = () => makeFacts(database, account, { signal: lifecycle.signal });
  const shared = {
    database,
    account,
    keyring,
    api,
    enqueue,
    logger,
    makeFacts: facts,
    latestErasure: erasures.latest,
  };
  const sync = createSync({ ...shared, accountKind: kind, slotMs: slot, latencyMs: log.latencyMs, detailsPerRun });
  const watermark = withErasures(await openWatermark(context, stores, backend), erasures);
  const refreshCampaigns = async () =>
    void (await sync.start({ resource: "campaigns", kind: "incremental", trigger: "command" }));
  const outbox = createOutbox({
    ...outboxOptionsOf(config),
    database,
    watermark,
    api,
    logger,
    refreshCampaigns,
    enqueue,
  });
  // Stopped after the worker, whose last jobs wake the outbox.
  lifecycle.add("outbox", outbox.settled);
  const handlers = {
    page: { run: afterErasures(sync.page, erasures), giveUp: sync.fail },
    confirm: { run: sync.confirm, giveUp: sync.giveRowUp },
    detail: { run: afterErasures(sync.detail, erasures), giveUp: sync.leaveDetail },
    deliver: { run: outbox.deliver },
    reconcile: { run: outbox.reconcile },
  };
  const worker = createWorker(backend, handlers, { account, slotMs: slot, logger, graceMs });
  lifecycle.add("worker", worker.stop, { timeoutMs: 20_000 });
  await worker.start();
  return { sync, outbox, log, isAlive: worker.isAlive, api };
}

/** What tells the directory of an embedded database from a copy of it; null: not embedded. */
async function directoryIdIn({ directory }: Stores): Promise<string | null> {
  return directory === null ? null : directoryIdOf(directory);
}

/** Checked before anything may be sent: a database that was copied, or is older than what was seen of it, has its kill switch thrown. */
async function openWatermark({ config, logger }: Context, stores: Stores, { numbers }: Backend): Promise<Watermark> {
  const { database } = stores;
  const inRedis =
    numbers === null
      ? []
      : [
          {
            read: (name: string) => numbers.read(`seen:${name}`),
            raise: (name: string, to: bigint) => numbers.raise(`seen:${name}`, to),
          },
        ];
  const marks = [createFileMarks(config.database.dataDir), ...inRedis];
  const directoryId = await directoryIdIn(stores);
  const watermark = createWatermark({ database, account: config.account, marks, directoryId, logger });
  await watermark.check();
  return watermark;
}

/** The report of the state, which the page, the metrics and the notices of this process share. `side`: null if the queue is away. */
export function openState({ config }: Context, { database }: Stores, side: QueueSide | null): StateReader {
  return createState({
    database,
    config,
    quotaUse: () => quotaUse(database, config.account),
    outbox: outboxOptionsOf(config),
    // A queue that is away must not keep what the database knows from being shown.
    workers: async () => (side === null ? null : inTime(side.queue.workers(), null, QUEUE_MS).catch(() => null)),
    notices: () => noticesState(database, config),
  });
}

/** How long the report of the state waits for the queue. */
const QUEUE_MS = 2_000;

/** The clock of this process: the pulls, the watchdog over open runs, other maintenance tasks. `isAlive`: none of them hangs. */
export async function openClock(
  { config, logger, lifecycle }: Context,
  { database }: Stores,
  sync: Sync,
  pulls: readonly Pull[],
  maintenance: readonly MaintenanceTask[] = [],
  pace: Pick<Pace, "maintenance"> = PACE,
): Promise<{ readonly isAlive: () => boolean }> {
  const clock = createClock({
    database,
    account: config.account,
    timezone: config.schedules.timezone,
    pulls,
    startRun: async (wanted) => void (await sync.start(wanted)),
    recheck: pace.maintenance,
    maintenance: [...sync.tasks(pace.maintenance), ...maintenance],
    logger,
  });
  lifecycle.add("schedules", clock.stop);
  await clock.start();
  return clock;
}
