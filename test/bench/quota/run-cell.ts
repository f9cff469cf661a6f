import { setTimeout as sleep } from "node:timers/promises";
import { loadConfig, type Config } from "../../../src/config/config.ts";
import { createDatabase } from "../../../src/database/client.ts";
import { databaseKey } from "../../../src/database/database-key.ts";
import { openBackend } from "../../../src/queue/backend.ts";
import { createQueue } from "../../../src/queue/queue.ts";
import { ownIdOf } from "../../../src/outbox/restore/watermark.ts";
import { startSandbox, type Sandbox } from "../../../src/sandbox/server.ts";
import { createKeyring } from "../../../src/people/suppression/key.ts";
import { createSync } from "../../../src/sync/sync.ts";
import type { Lifecycle } from "../../../src/platform/lifecycle.ts";
import { silent } from "../../support/silent.ts";
import { workerEnvironment } from "../support/environment.ts";
import { withParts } from "../support/parts.ts";
import { openProduct } from "../support/product.ts";
import { openPostgres, openRedis } from "../support/services.ts";
import type { Cell } from "./cells.ts";
import { busiestMinute, shareOfQuota, waits } from "./measure.ts";

export const QUOTA = 120;
const ROWS_PER_REQUEST = 50;
/** One page, so that a sync of them is one request. */
const CAMPAIGNS = 10;
/** From the first request to the steady part: processes start, the first answer tells how many walkers are wanted. */
const WARM_UP_MS = 10_000;
/** Urgent jobs come this far apart, by lot, so that they meet every phase of a slot. */
const PROBE_EVERY_MS = { min: 3_000, max: 7_000 } as const;
/** The last ones have so long to arrive. */
const PROBE_TAIL_MS = 5_000;

export interface CellResult {
  readonly cell: Cell;
  readonly requests: number;
  readonly busiestMinute: number;
  readonly refused: number;
  readonly share: number;
  /** Milliseconds. */
  readonly waits: readonly number[];
}

/** A pull of `seconds`, with urgent jobs of priority 1 in between, as the sandbox saw it. */
export function runCell(cell: Cell, seconds: number): Promise<CellResult> {
  return withParts(async (parts) => {
    const sandbox = await startSource(cell, seconds);
    parts.add("sandbox", sandbox.close);
    const databaseUrl = await openPostgres(parts);
    const redisUrl = cell.backend === "redis" ? (await openRedis(parts)).url : null;
    const origin = sandbox.audience;
    const env = workerEnvironment({ origin, databaseUrl, redisUrl, requestsPerMinute: QUOTA });
    const workers = await Promise.all(Array.from({ length: cell.processes }, () => openProduct(parts, ["start"], env)));
    const addProbe = await openProbes(parts, loadConfig(env, { keys: true }), databaseUrl);

    const measured = (async () => {
      while (sandbox.requests.length === 0) await sleep(50);
      await sleep(WARM_UP_MS);
      const from = Date.now();
      const until = from + seconds * 1_000;
      const added = cell.faults ? [] : await addProbesUntil(until - PROBE_TAIL_MS, addProbe);
      await sleep(Math.max(0, until - Date.now()));
      return { from, until, added };
    })();
    const { from, until, added } = await Promise.race([measured, ...workers.map(({ failure }) => failure)]);
    return resultOf(cell, sandbox, { from, until, added });
  });
}

/** A sandbox with more rows than the time can read. */
async function startSource(cell: Cell, seconds: number): Promise<Sandbox> {
  const requests = (QUOTA / 60) * (seconds + 120);
  const sandbox = await startSandbox({
    campaigns: CAMPAIGNS,
    applications: Math.ceil(requests * ROWS_PER_REQUEST * 1.5),
    latency: { min: cell.latencyMs, max: cell.latencyMs },
  });
  if (cell.faults) {
    for (const fault of [
      { kind: "status", status: 500 },
      { kind: "status", status: 429, retryAfter: 2 },
      { kind: "reset" },
      { kind: "truncated", cut: "connection" },
    ] as const) {
      sandbox.script.fault(fault, { probability: 0.02 });
    }
  }
  return sandbox;
}

/** Starts syncs of the campaigns as the command does, of one page each: their job goes before those of the pull. */
async function openProbes(parts: Lifecycle, config: Config, databaseUrl: string): Promise<() => Promise<void>> {
  const database = createDatabase(databaseUrl, { connections: 2 });
  parts.add("database", () => database.$disconnect());
  const key = await databaseKey(database, null, () => ownIdOf(database, null));
  const backend = await openBackend({ databaseUrl, databaseKey: key, redis: config.redis });
  parts.add("queue connection", backend.close);
  const queue = createQueue(backend, config.account, () => {});
  parts.add("queue", queue.close);
  const { account, kind: accountKind } = config;
  const unasked = () => Promise.reject(new Error("The workers make the requests."));
  const sync = createSync({
    database,
    account,
    keyring: createKeyring(config.privacy),
    latestErasure: async () => null,
    accountKind,
    api: { list: unasked, show: unasked },
    slotMs: 1,
    latencyMs: async () => null,
    detailsPerRun: 0,
    enqueue: queue.enqueue,
    makeFacts: async () => {},
    logger: silent,
  });
  return async () => void (await sync.start({ resource: "campaigns", kind: "full", trigger: "command" }));
}

async function addProbesUntil(last: number, add: () => Promise<void>): Promise<readonly number[]> {
  const added: number[] = [];
  const { min, max } = PROBE_EVERY_MS;
  for (;;) {
    const pause = min + Math.random() * (max - min);
    if (Date.now() + pause > last) return added;
    await sleep(pause);
    added.push(Date.now());
    await add();
  }
}

function resultOf(
  cell: Cell,
  { requests }: Sandbox,
  { from, until, added }: { readonly from: number; readonly until: number; readonly added: readonly number[] },
): CellResult {
  const times = requests.map(({ at }) => at);
  const probes = requests.filter(({ path }) => path === "/campaigns").map(({ at }) => at);
  return {
    cell,
    requests: requests.length,
    busiestMinute: busiestMinute(times),
    refused: requests.filter(({ refusedBy }) => refusedBy === "quota").length,
    share: shareOfQuota(times, from, until, QUOTA),
    waits: waits(added, probes),
  };
}
