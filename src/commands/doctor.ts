import type { Config } from "../config.ts";
import { AppError } from "../errors.ts";
import { openProber, openQueues, outboxOptionsOf, probeOf, type QueueSide } from "../main.ts";
import { connectionsNeeded, postgresFacts, refuseUnfit, type PostgresFacts } from "../postgres-facts.ts";
import { openStores, type Context, type Stores } from "../stores.ts";
import { overviewOf } from "../outbox/reads.ts";
import { table } from "./text.ts";

/** A probe waits for the requests before it, for a pause of the quota, and for an answer. */
const PROBE_TIMEOUT_MS = 150_000;
const CLOCK_TOLERANCE_MS = 1_000;

export interface Check {
  readonly name: string;
  readonly outcome: "ok" | "warning" | "wrong" | "skipped";
  readonly detail: string;
}

/**
 * Tries everything a sync needs, in order: what one check needs and did not get, the next ones skip. Each granted read
 * scope costs one real request, through the queue like every other.
 */
export async function doctor(context: Context): Promise<readonly Check[]> {
  const { config } = context;
  const checks: Check[] = [...settingsChecks(config)];
  const stores = await attempt(checks, "database", () => openStores(context), describeDatabase);
  if (stores === null) return [...checks, skipped("queue", "database"), skipped("API", "database")];
  const postgres = await attempt(checks, "connection", () => postgresFacts(stores.databaseUrl), describeReach);
  if (postgres === null) return [...checks, skipped("queue", "connection"), skipped("API", "connection")];
  checks.push(settingsOfSession(postgres));
  const fit = async () => (refuseUnfit(postgres, config.redis === null), postgres);
  if ((await attempt(checks, "connections", fit, describeConnections(config.redis === null))) === null)
    return [...checks, skipped("queue", "connections"), skipped("API", "connections")];
  checks.push(await clockCheck(stores.database), await importsCheck(context, stores));
  const queueSide = await attempt(
    checks,
    "queue",
    () => openQueues(context, stores),
    ({ backend }) => `on ${backend.name}`,
  );
  if (queueSide === null) return [...checks, skipped("API", "queue")];
  const open = async () => (await openProber(context, stores, queueSide), true);
  if ((await attempt(checks, "worker", open, () => "takes jobs")) === null)
    return [...checks, skipped("API", "worker")];
  return [...checks, ...(await scopeChecks(context, queueSide))];
}

export function renderDoctor(checks: readonly Check[]): string {
  const wrong = checks.filter(({ outcome }) => outcome === "wrong").length;
  const verdict = wrong === 0 ? "All is well." : `${wrong} thing${wrong === 1 ? "" : "s"} to mend.`;
  return `${table(
    ["check", "", "detail"],
    checks.map((check) => [check.name, check.outcome, check.detail]),
  )}\n\n${verdict}`;
}

function settingsChecks(config: Config): readonly Check[] {
  const { api } = config;
  const ok = (name: string, detail: string): Check => ({ name, outcome: "ok", detail });
  return [
    ok("account", `${config.account}, a ${config.kind} key for ${config.environment}`),
    ok("API", `${api.url}, audience ${api.audience}, at most ${api.requestsPerMinute} requests a minute`),
    writesCheck(config),
    ok(
      "keys",
      `private key …${lastFour(api.privateKey)}, secret key …${lastFour(api.secretKey)}, tokens by ${api.tokenSource}`,
    ),
  ];
}

/** Whether imports reach real people. */
function writesCheck({ environment, imports }: Config): Check {
  if (environment !== "production") return { name: "writes", outcome: "ok", detail: "imports go to the sandbox" };
  return imports.allowProductionWrites
    ? { name: "writes", outcome: "ok", detail: "imports go to production, and may e-mail real people" }
    : { name: "writes", outcome: "ok", detail: "imports wait: ALLOW_PRODUCTION_WRITES is not yes" };
}

/** Whether imports wait, and for what. */
async function importsCheck({ config }: Context, { database }: Stores): Promise<Check> {
  const { counts, gate } = await overviewOf(database, outboxOptionsOf(config));
  const waiting = (["draft", "ready", "held", "unknown", "needs_review"] as const).flatMap((state) =>
    counts[state] === 0 ? [] : [`${counts[state]} ${state}`],
  );
  const person = counts.needs_review > 0 || counts.held > 0;
  const closed = gate.open ? "" : `; nothing is sent now: ${gate.reason.replace(/\.$/, "")}`;
  return {
    name: "imports",
    outcome: person || (!gate.open && waiting.length > 0) ? "warning" : "ok",
    detail: `${waiting.length === 0 ? "none waits" : `${waiting.join(", ")} wait`}${closed}${person ? ". See: applicant-sync imports list" : ""}`,
  };
}

function describeReach({ reach, version }: PostgresFacts): string {
  const through = { direct: "direct", "session pooler": "through a pooler that keeps sessions" } as const;
  const how = reach === "transaction pooler" ? "through a pooler in transaction mode" : through[reach];
  return `${how}, Postgres ${Math.floor(version / 10_000)}, UTF8`;
}

/** What was set for other applications, and does not change our results. */
function settingsOfSession({ overridden }: PostgresFacts): Check {
  const names = overridden.map(({ name, was }) => `${name} ${was}`).join(", ");
  const detail = names === "" ? "as we need them" : `set by us for our connections, instead of: ${names}`;
  return { name: "session settings", outcome: "ok", detail };
}

function describeConnections(queueInPostgres: boolean): (facts: PostgresFacts) => string {
  const needed = connectionsNeeded(queueInPostgres);
  return ({ reach, connections: { free, limit, limitedBy } }) =>
    reach === "transaction pooler"
      ? "shared by the pooler"
      : `${free} of ${limit} that the ${limitedBy} allows are free, a worker needs ${needed}`;
}

/** Enough to recognise a key, too little to use it. */
function lastFour(key: string | null): string {
  return key === null || key.length < 12 ? "" : key.slice(-4);
}

function describeDatabase({ directory }: Stores): string {
  return `${directory === null ? "DATABASE_URL" : `embedded, in ${directory}`}; migrations applied`;
}

async function attempt<T>(
  checks: Check[],
  name: string,
  work: () => Promise<T>,
  detail: (result: T) => string,
): Promise<T | null> {
  try {
    const result = await work();
    checks.push({ name, outcome: "ok", detail: detail(result) });
    return result;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    checks.push({ name, outcome: "wrong", detail: error.message });
    return null;
  }
}

function skipped(name: string, needs: string): Check {
  return { name, outcome: "skipped", detail: `needs the ${needs}` };
}

/** Several hosts on one database take turns by their clocks, and tokens carry our time. */
async function clockCheck(database: Stores["database"]): Promise<Check> {
  await database.$queryRaw`select 1`; // The first query also connects.
  const before = Date.now();
  const [row] = await database.$queryRaw<{ now: Date }[]>`select clock_timestamp() as now`;
  const middle = (before + Date.now()) / 2;
  const skewMs = Math.round(Math.abs((row?.now.getTime() ?? middle) - middle));
  if (skewMs <= CLOCK_TOLERANCE_MS)
    return { name: "clock", outcome: "ok", detail: `within ${skewMs} ms of the database's` };
  const detail = `${(skewMs / 1000).toFixed(1)} s away from the database's: synchronise both (NTP)`;
  return { name: "clock", outcome: "warning", detail };
}

async function scopeChecks(context: Context, { queues }: QueueSide): Promise<readonly Check[]> {
  return Promise.all(
    context.config.api.scopes.map(async (scope): Promise<Check> => {
      const name = `scope ${scope}`;
      if (scope.endsWith("_write")) return { name, outcome: "skipped", detail: "only a real creation would show it" };
      try {
        await queues.ask("probe", probeOf(context.config, scope, PROBE_TIMEOUT_MS), PROBE_TIMEOUT_MS);
        return { name, outcome: "ok", detail: "granted" };
      } catch (error) {
        return { name, outcome: "wrong", detail: error instanceof Error ? error.message : "no answer" };
      }
    }),
  );
}
