import { resolveVerified } from "../outbox/operations/verify.ts";
import { readSwitch, queryOf } from "../outbox/operations/switch.ts";
import { listenForImports } from "../outbox/intake/sql/listener.ts";
import { outboxOptionsOf } from "../outbox/context.ts";
import type { Outbox } from "../outbox/outbox.ts";
import { noticeTasks } from "../ops/notices/notices.ts";
import { logHead } from "../database/audit-chain.ts";
import { noteSettings } from "../ops/settings/note-settings.ts";
import { noteConditions } from "../ops/state/condition-since.ts";
import type { StateReader } from "../ops/state/state.ts";
import { storeDeadlines } from "../report/settings.ts";
import { createLabels } from "../report/labels.ts";
import { createStatuses } from "../report/statuses.ts";
import { createRetention } from "../people/retention/retention.ts";
import type { MaintenanceTask } from "../schedule/clock.ts";
import type { PageContext } from "../ops/page/context.ts";
import { checkAddress } from "../platform/http/address.ts";
import { manifest } from "../platform/manifest.ts";
import { pullsOf } from "../schedule/pulls.ts";
import { openCleanUp, openErasure } from "./erasure.ts";
import { openQueue, type QueueSide } from "./queue.ts";
import { openState } from "./state.ts";
import { openWorkerStores, type Context, type Stores } from "./stores.ts";
import { openClock, openWorker, PACE, type Pace, type WorkerParts } from "./wiring.ts";

interface Worker {
  /** Whether it does its work: neither the queue's loop, nor a job, nor a maintenance task hangs. */
  readonly isAlive: () => boolean;
}

/**
 * The worker process, which `start` runs until its lifecycle stops it. Jobs of the queue read lists and send imports, each
 * with at most one request through the request gate. The clock starts the runs that are due, and the maintenance tasks,
 * which pick up what a lost job or process has left. The intakes notice new imports at once.
 */
export async function startWorker(context: Context, pace: Pace = PACE): Promise<Worker> {
  const { config, logger } = context;
  if (config.http !== null) await checkAddress(config.http);
  const { keepsSessions, ...stores } = await openWorkerStores(context);
  const queue = await openQueue(context, stores, pace);
  const { sync, outbox, log, isAlive, api } = await openWorker(context, stores, queue, pace);
  const changed = await noteSettings(stores.database, config);
  if (changed.length > 0) logger.info({ changed }, "settings changed since the last start");
  const pulls = pullsOf(config);
  for (const { resource, kind, schedule } of pulls) logger.info({ resource, kind, schedule }, "schedule");
  const state = openState(context, stores, queue);
  const { conflicts } = await state.plan();
  for (const { reason, message } of conflicts) logger.warn({ reason }, message);
  const maintenance = [
    ...maintenanceOf(outbox, log, pace),
    ...(config.http === null ? [] : [renewalOf(state)]),
    {
      name: "conditions",
      expression: pace.maintenance,
      run: async () => noteConditions(stores.database, config.account, await state.renew()),
    },
    ...noticesOf(context, stores, state, pace),
    deadlinesOf(context, stores, state),
    {
      name: "retention",
      expression: "37 * * * *",
      run: retentionOf(context, stores),
    },
    { name: "clean up", expression: pace.maintenance, run: openCleanUp(context, stores), mayTakeLong: true as const },
    { name: "audit", expression: "27 4 * * *", run: () => logHead(stores.database, config.account, logger) },
  ];
  const clock = await openClock(context, stores, sync, pulls, maintenance, pace);
  const worker = { isAlive: () => isAlive() && clock.isAlive() };
  listen(context, stores, keepsSessions, outbox);
  const served = {
    ...worker,
    state,
    quotaWaits: log.waits,
    startSync: sync.start,
    api,
    erase: openErasure(context, stores),
  };
  if (config.http !== null) {
    await serve(context, config.http, stores, queue, served);
    await state.renew().catch(() => {});
  }
  return worker;
}

/** What a worker process does besides its schedules. */
function maintenanceOf(outbox: Outbox, log: WorkerParts["log"], pace: Pace): readonly MaintenanceTask[] {
  return [
    { name: "imports", expression: pace.maintenance, run: outbox.reconcilePending },
    { name: "clear request log", expression: "17 4 * * *", run: log.prune },
    { name: "erase imports", expression: "47 4 * * *", run: outbox.erase },
  ];
}

/** Keeps the state fresh: no view and no scrape waits for its queries. They receive the error if it cannot be read. */
function renewalOf({ renew }: StateReader): MaintenanceTask {
  return { name: "state", expression: "*/6 * * * * *", run: () => renew().catch(() => {}) };
}

/** Notices to people, and pings to a monitor about the nights. */
function noticesOf(context: Context, { database }: Stores, { renew: read }: StateReader, { maintenance }: Pace) {
  const { config, logger, lifecycle } = context;
  return noticeTasks({ config, database, read, expression: maintenance, logger, signal: lifecycle.signal });
}

function retentionOf({ config, logger }: Context, { database }: Stores) {
  const { account, retention } = config;
  return createRetention({ database, account, retention, logger });
}

/** Keeps the deadlines that `report.freshness` measures against. */
function deadlinesOf({ config }: Context, { database }: Stores, { renew }: StateReader): MaintenanceTask {
  return {
    name: "report deadlines",
    expression: "* * * * *",
    run: async () => {
      const { resources } = await renew();
      const deadlines = resources.map(({ resource, periodMs, lateAt, overdueAt, unprovenAt }) => {
        return { resource, isScheduled: periodMs !== null, lateAt, overdueAt, unprovenAt };
      });
      await storeDeadlines(database, config.account, deadlines);
    },
  };
}

/** Notices the rows that another application inserts. */
function listen({ config, logger, lifecycle }: Context, stores: Stores, notices: boolean, outbox: Outbox): void {
  const { databaseUrl } = stores;
  const listener = listenForImports({ databaseUrl, account: config.account, wake: outbox.wake, notices, logger });
  lifecycle.add("notices of imports", async () => {
    await listener.close();
    await outbox.settled();
  });
}

/** What the HTTP server shows and starts of its worker. */
interface Served extends Worker {
  readonly state: StateReader;
  readonly quotaWaits: () => number;
  readonly startSync: WorkerParts["sync"]["start"];
  readonly api: WorkerParts["api"];
  readonly erase: ReturnType<typeof openErasure>;
}

async function serve(
  { config, logger, lifecycle }: Context,
  { host, port, importToken, metricsToken, page }: NonNullable<Context["config"]["http"]>,
  { database }: Stores,
  { queue }: QueueSide,
  { isAlive, state, quotaWaits, startSync, api, erase }: Served,
): Promise<void> {
  // Loaded only here: a worker without HTTP does not pay for a server.
  const [{ openServer }, { importRoutes }, { metricsRoutes }, { pageRoutes }] = await Promise.all([
    import("../platform/http/server.ts"),
    import("../outbox/intake/http/plugin.ts"),
    import("../ops/metrics/plugin.ts"),
    import("../ops/page/page.ts"),
  ]);
  const { account, environment, kind } = config;
  const outbox = outboxOptionsOf(config);
  const { version } = manifest();
  const worker = () => ({ version, environment, kind, isAlive: isAlive(), quotaWaits: quotaWaits() });
  const startByPerson: PageContext["startSync"] = (wanted) => startSync({ ...wanted, trigger: "command" });
  const resolve: PageContext["resolve"] = (by, ...answer) =>
    resolveVerified({ database, account, accountKind: kind, api: () => api, by }, ...answer);
  const statuses = createStatuses(database, account);
  const labels = createLabels(database);
  const plugins = [
    importRoutes({ ...outbox, database, token: importToken }),
    metricsRoutes({ account, database, state, queue, worker, token: metricsToken }),
    pageRoutes(
      {
        config,
        database,
        outbox,
        state,
        startSync: startByPerson,
        enqueue: queue.enqueue,
        erase,
        resolve,
        statuses,
        labels,
      },
      page,
    ),
  ];
  const isHeld = async () => (await readSwitch(queryOf(database), account)).held;
  const server = await openServer({ host, port, ping: () => database.$queryRaw`select 1`, logger, plugins, isHeld });
  lifecycle.add("http server", server.close);
  logger.info({ url: server.url }, "http server listening");
}
