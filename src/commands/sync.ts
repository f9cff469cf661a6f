import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import type { Config } from "../config.ts";
import { AppError, UsageError } from "../errors.ts";
import { openClock, openQueues, openStores, openWorker, type Context, type QueueSide, type Stores } from "../main.ts";
import { quotaUse } from "../request-log.ts";
import { reportRuns, type RunReport } from "../sync/progress.ts";
import { isResourceName, kindsOf, resources, resourcesOf, type ResourceName } from "../sync/resources.ts";

const POLL_MS = 250;
const PLAN_TIMEOUT_MS = 60_000;

export interface SyncProgress {
  readonly runs: readonly RunReport[];
  readonly requestsLastMinute: number;
  /** At the pace of the quota, when all requests go to these runs. */
  readonly secondsLeft: number | null;
}

/**
 * Starts a full run of each wanted resource, or joins the one that is going, and watches them to their ends. Brings a
 * worker along for the time; others may be running elsewhere. Stopped early, the runs stay open for the next worker.
 */
export async function sync(
  context: Context,
  wanted: readonly ResourceName[],
  watch: (progress: SyncProgress) => void,
): Promise<readonly RunReport[]> {
  return syncIn(context, await openStores(context), wanted, watch);
}

/** The same in stores that are open already. */
export async function syncIn(
  context: Context,
  stores: Stores,
  wanted: readonly ResourceName[],
  watch: (progress: SyncProgress) => void,
): Promise<readonly RunReport[]> {
  const queueSide = await openQueues(context, stores);
  const protocol = await openWorker(context, stores, queueSide);
  await openClock(context, stores, queueSide, protocol, []);
  const runs = await Promise.all(wanted.map((resource) => start(context, queueSide, resource)));
  return follow(context, stores, runs, watch);
}

/**
 * Which resources `sync [resource]` means: those of the account's kind and scopes.
 * @throws UsageError `not_offered`: accounts of this kind have no such resource; `scope_missing`: no scope is granted.
 */
export function wantedResources(
  argument: string,
  { kind, api }: Pick<Config, "kind" | "api">,
): readonly ResourceName[] {
  if (isResourceName(argument) && !kindsOf(argument).includes(kind)) {
    const others = kindsOf(argument).join(" or ");
    throw new UsageError(
      "not_offered",
      `KELIO_ACCOUNT_KIND is ${kind}: only a ${others} account can read ${argument}.`,
    );
  }
  const asked = resourcesOf(kind).filter((name) => argument === "all" || argument === name);
  const granted = asked.filter((name) => api.scopes.includes(resources[name].scope));
  if (granted.length > 0) return granted;
  const missing = [...new Set(asked.map((name) => resources[name].scope))].join(", ");
  throw new UsageError("scope_missing", `KELIO_SCOPES lacks ${missing}: ${argument} cannot be read.`);
}

async function start(context: Context, { queues }: QueueSide, resource: ResourceName): Promise<number> {
  const plan = { resource, trigger: "command", request: crypto.randomUUID() } as const;
  const asked = queues.ask("plan", plan, PLAN_TIMEOUT_MS).catch((cause: unknown) => {
    throw new AppError("not_planned", `No worker planned the sync of ${resource}; see the log for the reason.`, {
      cause,
    });
  });
  const run = z.int().parse(await orStopped(context, asked));
  return run;
}

async function follow(
  context: Context,
  { database }: Stores,
  ids: readonly number[],
  watch: (progress: SyncProgress) => void,
): Promise<readonly RunReport[]> {
  for (;;) {
    const [runs, quota] = await Promise.all([reportRuns(database, ids), quotaUse(database, context.config.account)]);
    watch({ runs, requestsLastMinute: quota.lastMinute, secondsLeft: secondsLeft(context, runs) });
    if (runs.every((run) => run.state !== "running")) return runs;
    await sleep(POLL_MS, undefined, { signal: context.lifecycle.signal });
  }
}

function secondsLeft({ config }: Context, runs: readonly RunReport[]): number | null {
  const open = runs.filter((run) => run.state === "running");
  if (open.some((run) => run.total === null)) return null;
  const requests = open.map((run) => Math.ceil(Math.max(0, (run.total ?? 0) - run.rows) / 50) + 1);
  return Math.ceil((requests.reduce((sum, one) => sum + one, 0) * 60) / config.api.requestsPerMinute);
}

/** Rejects as soon as the process is told to stop, whatever `work` still does. */
function orStopped<T>({ lifecycle }: Context, work: Promise<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    lifecycle.signal.addEventListener("abort", () => reject(new Error("stopped")), { once: true });
    work.then(resolve, reject);
  });
}
