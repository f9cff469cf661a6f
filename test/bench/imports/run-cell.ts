import { setTimeout as sleep } from "node:timers/promises";
import { createDatabase, type Database } from "../../../src/database/client.ts";
import type { Lifecycle } from "../../../src/platform/lifecycle.ts";
import { addImports } from "../../../src/outbox/intake/add.ts";
import { checkImport } from "../../../src/outbox/import/check.ts";
import { startSandbox, type Sandbox } from "../../../src/sandbox/server.ts";
import { busiestMinute, shareOfQuota } from "../quota/measure.ts";
import { ACCOUNT, workerEnvironment } from "../support/environment.ts";
import { withParts } from "../support/parts.ts";
import { openProduct } from "../support/product.ts";
import { openPostgres, openRedis } from "../support/services.ts";
import { keyringOf } from "../../support/keyring.ts";

export const QUOTA = 120;
const ROWS_PER_REQUEST = 50;
/** Every answer needs the same time, so that a creation's effect tells when its request arrived. */
const LATENCY_MS = 300;
/** From the first request to the steady part: the first answer tells how many walkers are wanted. */
const WARM_UP_MS = 15_000;
/** Imports that come alone are this far apart, by lot, so that they meet every phase of a slot. */
const ALONE_EVERY_MS = { min: 1_000, max: 4_000 } as const;
/** The last ones have so long to arrive. */
const TAIL_MS = 8_000;
const CHUNK = 500;

export interface Cell {
  readonly backend: "postgres" | "redis";
  /** Imports of a batch that wait when the pull begins. */
  readonly waiting: number;
}

export interface CellResult {
  readonly cell: Cell;
  readonly requests: number;
  readonly busiestMinute: number;
  readonly refused: number;
  readonly share: number;
  /** Applicants created in a minute, of the batch and of those that came alone. */
  readonly creationsAMinute: number;
  /** From before the row was inserted to when its request arrived, milliseconds; Infinity for one that did not. */
  readonly waits: readonly number[];
  /** Persons created more than once. */
  readonly twice: number;
}

/** A full pull of `seconds` at the real quota, with a batch waiting or none, and imports that come alone in between. */
export function runCell(cell: Cell, seconds: number): Promise<CellResult> {
  return withParts(async (parts) => {
    const sandbox = await startSandbox({
      applications: Math.ceil((QUOTA / 60) * (seconds + 120) * ROWS_PER_REQUEST),
      latency: { min: LATENCY_MS, max: LATENCY_MS },
    });
    parts.add("sandbox", sandbox.close);
    const databaseUrl = await openPostgres(parts);
    const redisUrl = cell.backend === "redis" ? (await openRedis(parts)).url : null;
    const database = openDatabase(parts, databaseUrl);
    // As in an account that is mirrored every quarter of an hour: otherwise each person would first be looked up, with two requests.
    await database.syncRun.create({
      data: { account: ACCOUNT, resource: "applicants", kind: "full", trigger: "schedule", state: "proven" },
    });
    for (let first = 0; first < cell.waiting; first += CHUNK) {
      const many = Array.from({ length: Math.min(CHUNK, cell.waiting - first) }, (_, n) => `batch.${first + n}`);
      await add(database, many, true);
    }
    const env = workerEnvironment({ origin: sandbox.audience, databaseUrl, redisUrl, requestsPerMinute: QUOTA });
    const worker = await openProduct(parts, ["start"], env);

    const measured = (async () => {
      while (sandbox.requests.length === 0) await sleep(50);
      await sleep(WARM_UP_MS);
      const from = Date.now();
      const until = from + seconds * 1_000;
      const added = await addAloneUntil(until - TAIL_MS, database);
      await sleep(Math.max(0, until - Date.now()));
      return { from, until, added };
    })();
    return resultOf(cell, sandbox, await Promise.race([measured, worker.failure]));
  });
}

function openDatabase(parts: Lifecycle, url: string): Database {
  const database = createDatabase(url, { connections: 2 });
  parts.add("database", () => database.$disconnect());
  return database;
}

/** As an intake does it. */
async function add(database: Database, names: readonly string[], bulk: boolean): Promise<void> {
  const options = {
    account: ACCOUNT,
    keyring: keyringOf(null),
    accountKind: "customer",
    environment: "sandbox",
    scopes: ["applicants_write"],
    language: "en",
    imports: { companyId: null, defaultCountry: null, sourceApproval: 0, resumeMaxBytes: 0, resumeTypes: {} },
  } as const;
  const rows = names.map((name) => {
    const checked = checkImport({ email: `${name}@example.org`, first_name: "Bench" }, options);
    if (!checked.ok) throw new Error(`An import of the bench cannot be accepted: ${JSON.stringify(checked.faults)}`);
    return { input: checked.input, resume: null };
  });
  await addImports(database, options, { intake: "http", bulk }, rows);
}

interface Alone {
  readonly email: string;
  readonly at: number;
}

async function addAloneUntil(last: number, database: Database): Promise<readonly Alone[]> {
  const added: Alone[] = [];
  const { min, max } = ALONE_EVERY_MS;
  for (;;) {
    const pause = min + Math.random() * (max - min);
    if (Date.now() + pause > last) return added;
    await sleep(pause);
    const name = `alone.${added.length}`;
    added.push({ email: `${name}@example.org`, at: Date.now() });
    await add(database, [name], false);
  }
}

interface Window {
  readonly from: number;
  readonly until: number;
  readonly added: readonly Alone[];
}

function resultOf(cell: Cell, { requests, effects }: Sandbox, { from, until, added }: Window): CellResult {
  const times = requests.map(({ at }) => at);
  const posts = requests.filter(({ method }) => method === "POST").map(({ at }) => at);
  const created = new Map(effects.map(({ email, at }) => [email, at]));
  const within = effects.filter(({ at }) => at >= from && at < until).length;
  return {
    cell,
    requests: requests.length,
    busiestMinute: busiestMinute(times),
    refused: requests.filter(({ refusedBy }) => refusedBy === "quota").length,
    share: shareOfQuota(times, from, until, QUOTA),
    creationsAMinute: within / ((until - from) / 60_000),
    waits: added.map(({ email, at }) => arrivalOf(created.get(email), posts) - at),
    twice: effects.length - created.size,
  };
}

/** When the request that had this effect arrived: the last one that was due by then. A timer may be 1 ms early. */
function arrivalOf(effectAt: number | undefined, posts: readonly number[]): number {
  if (effectAt === undefined) return Infinity;
  return posts.findLast((at) => at <= effectAt - LATENCY_MS + 1) ?? Infinity;
}
