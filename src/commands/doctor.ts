import type { Command } from "commander";
import { setTimeout as sleep } from "node:timers/promises";
import type { Config } from "../config/config.ts";
import { openApi } from "../process/api.ts";
import { openQueue, type QueueSide } from "../process/queue.ts";
import { openState } from "../process/state.ts";
import { claimFor, type Context, type Stores } from "../process/stores.ts";
import { readSkew } from "../database/clock.ts";
import { connectionsNeeded, postgresFacts, refuseUnfit, type PostgresFacts } from "../database/facts.ts";
import { attempt, failed, LEVELS, linesOf, ok, skipped, warning, type Check } from "./check.ts";
import { noticesCheck } from "./doctor-notices.ts";
import { peopleChecks } from "./doctor-people.ts";
import { mirrorChecks, outboxChecks, workerCheck } from "./doctor-state.ts";
import { AppError } from "../platform/errors.ts";
import { describeStores, openExistingOrEmpty, type LookedAt } from "./stores.ts";
import { counted, table } from "../platform/text.ts";
import { EXIT, runCommand, show } from "./run.ts";
import { addExamples } from "./verbs.ts";

/** How long a probe waits for the quota, or for the end of a pause of the API. */
const PATIENCE_MS = 150_000;
const ATTEMPTS = 2;
const BACK_OFF_MS = 1_000;
const CLOCK_TOLERANCE_MS = 1_000;

export function declare(command: Command): void {
  addExamples(command, "", "--json");
  command.option("--json", "print the checks as JSON").action((options: { readonly json?: true }) =>
    runCommand({ keys: true }, async (context) => {
      const checks = await doctor(context);
      show(reportDoctor(checks), options.json, () => renderDoctor(checks));
      return checks.some(({ outcome, alert }) => outcome === "wrong" || alert !== undefined) ? EXIT.failed : EXIT.ok;
    }),
  );
}

/**
 * Checks everything that a sync needs, in order. A check is skipped if it depends on one that failed. Each read scope costs
 * one real request, through the request gate as all others. Each failure is a line that says what to do.
 */
async function doctor(context: Context): Promise<readonly Check[]> {
  const { config } = context;
  const checks: Check[] = [...settingsChecks(config)];
  const opened = await attempt(checks, "database", () => openExistingOrEmpty(context), describeDatabase);
  if (opened === null) return [...checks, skipped("queue", "database"), skipped("API", "database")];
  const { stores, absent } = opened;
  const { database } = stores;
  const databaseUrl = config.database.url ?? stores.databaseUrl;
  const postgres = await attempt(checks, "connection", () => postgresFacts(databaseUrl), describeReach);
  if (postgres === null) return [...checks, skipped("queue", "connection"), skipped("API", "connection")];
  checks.push(settingsOfSession(postgres));
  const onPostgres = config.redis === null;
  const queueLines: Check[] = [];
  const queueSide = isRefused(() => refuseUnfit(postgres, onPostgres, "command"))
    ? null
    : await attempt(
        queueLines,
        "queue",
        () => openQueue(context, stores, { leavesNothing: absent !== null }),
        describeQueue(absent !== null),
      );
  const workers = (await queueSide?.queue.workers().catch(() => 0)) ?? 0;
  // A running worker has its connections already, so that only a command must still fit.
  const fit = async () => (refuseUnfit(postgres, onPostgres, workers > 0 ? "command" : "worker"), postgres);
  const isFit = (await attempt(checks, "connections", fit, describeConnections(onPostgres, workers))) !== null;
  const state = openState(context, stores, queueSide);
  checks.push(
    ...(await linesOf("clock", async () => [await clockCheck(database)])),
    ...(await linesOf("imports", async () => outboxChecks(await state.read()))),
    ...(await linesOf("mirror", async () => mirrorChecks(await state.read()))),
    ...(await linesOf("suppressed people", () => peopleChecks(config, database))),
    ...(await linesOf("notices", async () => [await noticesCheck(config, database)])),
  );
  if (!isFit) return [...checks, skipped("queue", "connections"), skipped("API", "connections")];
  checks.push(...queueLines);
  if (queueSide === null) return [...checks, skipped("API", "queue")];
  checks.push(
    ...queueSide.backend.warnings.map(({ message }) => warning("redis", `it ${message}`)),
    ...(await linesOf("workers", async () => [workerCheck(await state.read())])),
  );
  const mismatch = await linesOf("account", async () => (await claimFor(config, stores), []));
  if (mismatch.length > 0) return [...checks, ...mismatch, skipped("API", "account")];
  return [...checks, ...(await scopeChecks(context, stores, absent !== null))];
}

/** The checks for programs: each with its level, and the number of failures and warnings. */
function reportDoctor(checks: readonly Check[]) {
  const { wrong, warnings } = countsOf(checks);
  const level = wrong > 0 ? LEVELS.wrong : warnings > 0 ? LEVELS.warning : LEVELS.ok;
  return {
    level,
    failed: wrong,
    warnings,
    checks: checks.map((check) => ({ ...check, level: LEVELS[check.outcome] })),
  };
}

export function renderDoctor(checks: readonly Check[]): string {
  return `${table(
    ["check", "", "detail"],
    checks.map((check) => [check.name, LEVELS[check.outcome], check.detail]),
    LONGEST_DETAIL,
  )}\n\n${verdictOf(checks)}`;
}

const LONGEST_DETAIL = 1_000;

function verdictOf(checks: readonly Check[]): string {
  const { wrong, warnings } = countsOf(checks);
  if (wrong + warnings === 0) return "All is well.";
  const warned = counted(warnings, "warning");
  if (wrong === 0) return `It works, with ${warned}: do what the lines marked warning say.`;
  return `${counted(wrong, "check")} failed${warnings === 0 ? "" : `, ${warned}`}: do what the lines marked failed say, then run doctor again.`;
}

function countsOf(checks: readonly Check[]): { readonly wrong: number; readonly warnings: number } {
  const count = (outcome: Check["outcome"]) => checks.filter((check) => check.outcome === outcome).length;
  return { wrong: count("wrong"), warnings: count("warning") };
}

function settingsChecks(config: Config): readonly Check[] {
  const { api } = config;
  return [
    ok("account", `${config.account}, a ${config.kind} key for ${config.environment}`),
    ok("API", `${api.url}, audience ${api.audience}, at most ${api.requestsPerMinute} requests a minute`),
    ok("proxy", describeProxyOf(config)),
    writesCheck(config),
    ok(
      "keys",
      `private key …${lastFour(api.privateKey)}, secret key …${lastFour(api.secretKey)}, tokens by ${api.tokenSource}`,
    ),
  ];
}

/** How the API is reached, without a password. */
function describeProxyOf({ api: { proxy, url }, settings }: Config): string {
  if (proxy === null) {
    const { protocol, host } = new URL(url);
    const isSet = settings["HTTPS_PROXY"] !== undefined || settings["HTTP_PROXY"] !== undefined;
    const why = !isSet ? "" : protocol === "https:" ? ", because of NO_PROXY" : ", as http:// always is";
    return `none: ${host} is reached directly${why}`;
  }
  const { origin, username } = new URL(proxy.url);
  const login = username === "" ? "without a login" : `as user ${decodeURIComponent(username)}`;
  return `${origin} (${proxy.setting}), ${login}`;
}

function writesCheck({ environment, imports }: Config): Check {
  if (environment !== "production") return ok("writes", "imports go to the sandbox");
  return ok(
    "writes",
    imports.allowProductionWrites
      ? "imports go to production, and may e-mail real people"
      : "imports wait: ALLOW_PRODUCTION_WRITES is not yes",
  );
}

function isRefused(check: () => void): boolean {
  try {
    check();
    return false;
  } catch {
    return true;
  }
}

function describeReach({ reach, version }: PostgresFacts): string {
  const through = { direct: "direct", "session pooler": "through a pooler that keeps sessions" } as const;
  const how = reach === "transaction pooler" ? "through a pooler in transaction mode" : through[reach];
  return `${how}, Postgres ${Math.floor(version / 10_000)}, UTF8`;
}

/** The settings of other applications, which our connections override. */
function settingsOfSession({ overridden }: PostgresFacts): Check {
  const names = overridden.map(({ name, was }) => `${name} ${was}`).join(", ");
  const detail = names === "" ? "as we need them" : `set by us for our connections, instead of: ${names}`;
  return ok("session settings", detail);
}

function describeConnections(queueInPostgres: boolean, workers: number): (facts: PostgresFacts) => string {
  const needed = connectionsNeeded(queueInPostgres);
  const who = workers > 0 ? "another worker" : "a worker";
  return ({ reach, connections: { free, limit, limitedBy } }) =>
    reach === "transaction pooler"
      ? "shared by the pooler"
      : `${free} of ${limit} that the ${limitedBy} allows are free, ${who} needs ${needed}`;
}

/** The end of a key, by which a person recognises it. */
function lastFour(key: string | null): string {
  return key === null || key.length < 12 ? "" : key.slice(-4);
}

function describeDatabase({ stores, absent }: LookedAt): string {
  return absent === null
    ? `${describeStores(stores)}; migrations applied`
    : `${absent}: an empty database stands in for it, until applicant-sync sync or start creates it`;
}

/** `isTemporary`: the keys would be those of the database that stands in for the absent one. */
function describeQueue(isTemporary: boolean): (side: QueueSide) => string {
  return ({ backend: { name, detail, keysBegin } }) => {
    const keys = keysBegin === null || isTemporary ? "" : `, its keys begin with ${keysBegin}`;
    return `on ${name}${detail === null ? "" : ` (${detail})`}${keys}`;
  };
}

/** Compares our clock with the database's: hosts that share a database coordinate by their clocks, and tokens hold our time. */
async function clockCheck(database: Stores["database"]): Promise<Check> {
  await database.$queryRaw`select 1`; // The first query also connects.
  const skewMs = Math.round(Math.abs((await readSkew(database)).aheadMs));
  if (skewMs <= CLOCK_TOLERANCE_MS) return ok("clock", `within ${skewMs} ms of the database's`);
  return warning("clock", `${(skewMs / 1000).toFixed(1)} s away from the database's: synchronise both (NTP)`);
}

/**
 * Write scopes are not tried: only a real creation would show them. `isTemporary`: the next command does not see the requests that are
 * counted here, so they leave no faster than the quota renews.
 */
async function scopeChecks(context: Context, stores: Stores, isTemporary: boolean): Promise<readonly Check[]> {
  const { signal } = context.lifecycle;
  const { api } = openApi(context, stores);
  const probe = (scope: string) => patiently(() => api.probe(scope, { job: null, signal }), signal);
  return Promise.all(
    context.config.api.scopes.map(async (scope, n): Promise<Check> => {
      const name = `scope ${scope}`;
      if (scope.endsWith("_write")) return { name, outcome: "skipped", detail: "only a real creation would show it" };
      if (isTemporary) await sleep((n * 60_000) / context.config.api.requestsPerMinute, undefined, { signal });
      return probe(scope).then(
        () => ok(name, "granted"),
        (error: unknown) => failed(name, error),
      );
    }),
  );
}

/**
 * Makes a request as a job does, but without a job: waits as long as the request gate demands, within `PATIENCE_MS`, and
 * retries once if that may help. Throws the error of the last attempt.
 */
async function patiently(request: () => Promise<void>, signal: AbortSignal): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  for (let attempts = 0; ;) {
    try {
      return await request();
    } catch (error) {
      if (!(error instanceof AppError) || signal.aborted) throw error;
      const { disposition, delayMs } = error;
      if (disposition === "retry") attempts += 1;
      if (disposition === "fail" || attempts === ATTEMPTS || Date.now() + delayMs > end) throw error;
      await sleep(disposition === "retry" ? Math.max(BACK_OFF_MS, delayMs) : delayMs, undefined, { signal });
    }
  }
}
