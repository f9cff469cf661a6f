/** How the parts of a worker are put together: API, sync, outbox, clock. Whatever is opened, the lifecycle closes. */
import { outboxOptionsOf } from "../outbox/context.ts";
import { createOutbox, type Outbox } from "../outbox/outbox.ts";
import { storeStatusTexts } from "../outbox/operations/status-texts.ts";
import { afterErasures, createErasureGuard, restoreErasures, withErasures } from "../outbox/restore/erasures.ts";
import { createFileMarks } from "../outbox/restore/marks.ts";
import { createWatermark, type Watermark } from "../outbox/restore/watermark.ts";
import { createKeyring } from "../people/suppression/key.ts";
import { requireKeys } from "../people/suppression/suppress.ts";
import { TAKEOVER, type Backend, type Takeover } from "../queue/backend.ts";
import { createWorker } from "../queue/worker.ts";
import { slotMs } from "../quota/slot.ts";
import { makeFacts } from "../report/facts.ts";
import { storeTimezone } from "../report/settings.ts";
import { createClock, type MaintenanceTask } from "../schedule/clock.ts";
import type { Pull } from "../schedule/pulls.ts";
import { createSync, type Sync } from "../sync/sync.ts";
import { openApi } from "./api.ts";
import { directoryIdIn, type QueueSide } from "./queue.ts";
import { claimFor, type Context, type Stores } from "./stores.ts";

/** How often a process looks for work that nothing announces, and how soon it gives up what hangs. */
export interface Pace {
  /** A node-cron expression for the search for missed ticks, lost jobs, and imports that are due for a lookup. */
  readonly maintenance: string;
  readonly takeover: Takeover;
  /** How long a stopping worker waits for its requests, in milliseconds. */
  readonly graceMs: number;
}

export const PACE: Pace = { maintenance: "*/30 * * * * *", takeover: TAKEOVER, graceMs: 8_000 };

export interface WorkerParts {
  readonly sync: Sync;
  readonly outbox: Outbox;
  readonly log: ReturnType<typeof openApi>["log"];
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
