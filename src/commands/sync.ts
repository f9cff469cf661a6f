import { setTimeout as sleep } from "node:timers/promises";
import { Argument, type Command } from "commander";
import type { Config } from "../config/config.ts";
import { AppError, UsageError } from "../platform/errors.ts";
import { openQueue } from "../process/queue.ts";
import { fitPostgres, openStores, type Context, type Stores } from "../process/stores.ts";
import { openClock, openWorker, type WorkerParts } from "../process/wiring.ts";
import { reportRuns, type RunReport } from "../sync/runs/report.ts";
import { requestsAhead } from "../sync/runs/requests.ts";
import {
  isResourceName,
  kindsWith,
  resourceNames,
  resources,
  resourcesOf,
  scopeOf,
  type ResourceName,
} from "../sync/resources.ts";
import { goingIncremental } from "../sync/runs/load-run.ts";
import type { RunKind } from "../sync/runs/runs.ts";
import type { Sync } from "../sync/sync.ts";
import { byCommand } from "./decider.ts";
import { withProgress, type SyncProgress, type WatchSync } from "./progress.ts";
import { runCommand, show } from "./run.ts";
import { exitCodeOf, renderRuns } from "./runs-text.ts";
import { addExamples } from "./verbs.ts";

const POLL_MS = 250;
/** How long runs are watched although the database does not answer: it may be restarting. */
const PATIENCE_MS = 60_000;

export function declare(command: Command): void {
  addExamples(command, "", "campaigns", "--incremental", "applications --json");
  command
    .addArgument(new Argument("[resource]").choices([...resourceNames, "all"]).default("all"))
    .option("--incremental", "fetch only rows that are new or have another status, in a few requests")
    .option("--json", "print the outcome as JSON")
    .action((resource: string, { incremental, json }: { readonly json?: true; readonly incremental?: true }) =>
      runCommand({ keys: true }, async (context) => {
        const wanted = wantedResources(resource, context.config, incremental ? "incremental" : "full");
        const runs = await withProgress(context, json !== true, (watch) => sync(context, wanted, watch));
        show({ runs }, json, () => renderRuns(runs));
        return exitCodeOf(runs);
      }),
    );
}

interface WantedRuns {
  readonly resources: readonly ResourceName[];
  readonly kind: RunKind;
}

/**
 * Starts a run of each wanted resource, or joins the one that is in progress, and watches them until they end. Meanwhile this
 * process is a worker, too; others may be running elsewhere. Stopped early, the runs stay open for the next worker.
 */
export async function sync(context: Context, wanted: WantedRuns, watch: WatchSync): Promise<readonly RunReport[]> {
  return syncIn(context, await openStores(context), wanted, watch);
}

/** The same in stores that are open already. */
export async function syncIn(
  context: Context,
  stores: Stores,
  wanted: WantedRuns,
  watch: WatchSync,
): Promise<readonly RunReport[]> {
  await fitPostgres(context, stores);
  const { sync: protocol, log } = await openWorker(context, stores, await openQueue(context, stores));
  await openClock(context, stores, protocol, []);
  const followed: Followed = { context, stores, quotaUse: log.use, watch };
  return follow(followed, await startAll(followed, protocol, wanted));
}

/**
 * Which resources `sync [resource]` means: those of the account's kind and scopes.
 * @throws UsageError `not_offered`: accounts of this kind have no such resource; `scope_missing`: no scope is granted;
 * `not_incremental`: there are only full syncs of it.
 */
export function wantedResources(
  argument: string,
  { kind: accountKind, api }: Pick<Config, "kind" | "api">,
  kind: RunKind,
): WantedRuns {
  if (isResourceName(argument) && !kindsWith(argument).includes(accountKind)) {
    const others = kindsWith(argument).join(" or ");
    throw new UsageError("not_offered", {
      en: `KELIO_ACCOUNT_KIND is ${accountKind}: only a ${others} account can read ${argument}.`,
      fr: `KELIO_ACCOUNT_KIND vaut ${accountKind} : seul un compte ${others} peut lire ${argument}.`,
    });
  }
  const asked = resourcesOf(accountKind).filter((name) => argument === "all" || argument === name);
  const granted = asked.filter((name) => api.scopes.includes(scopeOf(name)));
  if (granted.length === 0) {
    const missing = [...new Set(asked.map(scopeOf))].join(", ");
    throw new UsageError("scope_missing", {
      en: `KELIO_SCOPES lacks ${missing}: ${argument} cannot be read.`,
      fr: `Il manque ${missing} dans KELIO_SCOPES : ${argument} ne peut pas être lu.`,
    });
  }
  const able = granted.filter((name) => kind === "full" || resources[name].polls[accountKind].length > 0);
  if (able.length > 0) return { resources: able, kind };
  throw new UsageError("not_incremental", {
    en: `There is no incremental sync of ${argument}: leave out --incremental.`,
    fr: `Il n'y a pas de synchronisation incrémentale pour ${argument} : retirez --incremental.`,
  });
}

/** What it takes to watch runs. */
interface Followed {
  readonly context: Context;
  readonly stores: Stores;
  readonly quotaUse: WorkerParts["log"]["use"];
  readonly watch: WatchSync;
}

/** A full run begins when the incremental one of its resource has ended, which may be minutes later: it is watched, too. */
async function startAll(
  followed: Followed,
  protocol: Sync,
  { resources: names, kind }: WantedRuns,
): Promise<readonly number[]> {
  const { context, stores } = followed;
  for (;;) {
    const going = kind === "full" ? await goingIncremental(stores.database, context.config.account, names) : [];
    if (going.length > 0) await follow(followed, going);
    try {
      const runs: number[] = [];
      // Parents first: units wait for the entities that this command reads, not for older ones.
      for (const resource of names) runs.push(await start(protocol, resource, kind));
      return runs;
    } catch (error) {
      if (!(error instanceof AppError && error.code === "run_going")) throw error;
    }
  }
}

async function start(protocol: Sync, resource: ResourceName, kind: RunKind): Promise<number> {
  const run = await protocol.start({ resource, kind, trigger: "command", by: byCommand(null) });
  if (run !== null) return run;
  throw new UsageError("never_read", {
    en: `${resource} were never read in full: run "applicant-sync sync ${resource}" first, then --incremental.`,
    fr: `${resource} n'a jamais été lu en entier : lancez d'abord « applicant-sync sync ${resource} », puis --incremental.`,
  });
}

async function follow(followed: Followed, ids: readonly number[]): Promise<readonly RunReport[]> {
  const { signal } = followed.context.lifecycle;
  for (let receivedAt = Date.now(); ; await sleep(POLL_MS, undefined, { signal })) {
    const progress = await progressOf(followed, ids).catch((error: unknown) => {
      if (signal.aborted || Date.now() - receivedAt > PATIENCE_MS) throw error;
    });
    if (progress === undefined) continue;
    receivedAt = Date.now();
    followed.watch(progress);
    if (progress.runs.every((run) => run.state !== "running")) return progress.runs;
  }
}

async function progressOf({ context, stores, quotaUse }: Followed, ids: readonly number[]): Promise<SyncProgress> {
  const [runs, quota] = await Promise.all([reportRuns(stores.database, ids), quotaUse()]);
  return { runs, requestsLastMinute: quota.lastMinute, secondsLeft: secondsLeft(context, runs) };
}

function secondsLeft({ config }: Context, runs: readonly RunReport[]): number | null {
  const requests = requestsAhead(runs.filter((run) => run.state === "running"));
  return requests === null ? null : Math.ceil((requests * 60) / config.api.requestsPerMinute);
}
