/**
 * `npm run bench -- ops [--rows 1000000] [--imports 100000] [--requests 1000000]`: how long the worker's HTTP server takes for a page and
 * for a scrape, with so many applications, imports and requests of the last 30 days in the database.
 */
import { table } from "../../src/platform/text.ts";
import { loadConfig } from "../../src/config/config.ts";
import { createDatabase } from "../../src/database/client.ts";
import { openServer } from "../../src/platform/http/server.ts";
import { metricsRoutes } from "../../src/ops/metrics/plugin.ts";
import { ASSETS } from "../../src/ops/page/assets.ts";
import { pageRoutes } from "../../src/ops/page/page.ts";
import { createState } from "../../src/ops/state/state.ts";
import { quotaUse } from "../../src/quota/request-gate.ts";
import { createLabels } from "../../src/report/labels.ts";
import { createStatuses } from "../../src/report/statuses.ts";
import { outboxOptionsOf } from "../../src/outbox/context.ts";
import { silent } from "../support/silent.ts";
import { seedOperations } from "./ops/seed.ts";
import { countOf, readOptions, tell, type Report } from "./support/bench.ts";
import { short } from "./support/figures.ts";
import { withParts } from "./support/parts.ts";
import { openClient, openPostgres } from "./support/services.ts";

const ACCOUNT = "bench";
const PASSWORD = "operations-2026";
const AUTHORIZATION = `Basic ${Buffer.from(`operator:${PASSWORD}`).toString("base64")}`;
const MOST_MS = 50;
/** Of a page with its stylesheet and its script. */
const MOST_BYTES = 60_000;
const ASSET_BYTES = ASSETS.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
/** Longer than a state is kept. */
const EXPIRED_MS = 10_500;
/** How often the worker renews it. */
const RENEWAL_MS = 6_000;

/** What is asked for, in turn: by the first who looks, again at once, after what was kept has expired, and after a decision. */
const PATHS = ["/", "/ops/runs", "/metrics"] as const;

interface Case {
  readonly name: string;
  readonly millis: readonly number[];
  readonly bytes: number;
}

export async function measureOps(args: readonly string[]): Promise<Report> {
  const options = readOptions(args, { rows: "1000000", imports: "100000", requests: "1000000" });
  const sizes = {
    rows: countOf(options.rows, "rows"),
    imports: countOf(options.imports, "imports"),
    requests: countOf(options.requests, "requests"),
  };
  const cases = await withParts(async (parts) => {
    const url = await openPostgres(parts);
    const client = await openClient(parts, url);
    tell("the database is filled");
    await seedOperations(client, ACCOUNT, sizes);
    const config = loadConfig(
      { KELIO_ACCOUNT: ACCOUNT, HTTP_PORT: "65000", OPS_PASSWORD: PASSWORD, DATABASE_URL: url },
      { keys: false },
    );
    const database = createDatabase(url);
    parts.add("database", () => database.$disconnect());
    const outbox = outboxOptionsOf(config);
    const workers = () => Promise.resolve(1);
    const state = createState({
      database,
      config,
      quotaUse: () => quotaUse(database, config.account),
      outbox,
      workers,
    });
    const queue = { counts: () => Promise.resolve({ waiting: 0, delayed: 0, active: 0 }), workers };
    const { environment, kind } = config;
    const worker = () => ({ version: "0", environment, kind, isAlive: true, quotaWaits: 0 });
    const page = config.http?.page ?? { password: PASSWORD, viewerPassword: null, userHeader: null };
    const startSync = () => Promise.resolve(null);
    const undecided = () => Promise.reject(new Error("Nothing is decided here."));
    const statuses = createStatuses(database, ACCOUNT);
    const plugins = [
      metricsRoutes({ account: ACCOUNT, database, state, queue, worker, token: null }),
      pageRoutes(
        {
          config,
          database,
          outbox,
          state,
          startSync,
          erase: undecided,
          enqueue: undecided,
          resolve: undecided,
          statuses,
          labels: createLabels(database),
        },
        page,
      ),
    ];
    // As a worker does it before it listens, and from then on.
    await state.renew();
    const renewal = setInterval(() => void state.renew(), RENEWAL_MS);
    parts.add("renewal", () => Promise.resolve(clearInterval(renewal)));
    const ping = () => database.$queryRaw`select 1`;
    const server = await openServer({ host: "127.0.0.1", port: 0, ping, logger: silent, plugins });
    parts.add("server", server.close);
    return measureViews(server.url, state.forget);
  });
  const text = table(
    ["view", "times", "median ms", "longest ms", "bytes"],
    cases.map(({ name, millis, bytes }) => [
      name,
      millis.length,
      short(millis.toSorted((a, b) => a - b)[Math.floor(millis.length / 2)] ?? 0),
      short(Math.max(...millis)),
      bytes,
    ]),
  );
  const missed = cases.flatMap(({ name, millis, bytes }) => {
    const longest = Math.max(...millis);
    return [
      ...(longest > MOST_MS ? [`${name}: ${short(longest)} ms, more than ${MOST_MS}`] : []),
      ...(bytes + ASSET_BYTES > MOST_BYTES
        ? [`${name}: ${bytes} bytes and ${ASSET_BYTES} of its assets, more than ${MOST_BYTES}`]
        : []),
    ];
  });
  return { text: `${JSON.stringify(sizes)}\n\n${text}`, missed };
}

async function measureViews(url: string, forget: () => void): Promise<readonly Case[]> {
  const cases: Case[] = [];
  for (const path of PATHS) cases.push(await viewed(`first of ${path}`, url + path, 1));
  for (const path of PATHS) cases.push(await viewed(`${path}, kept`, url + path, 20));
  const pause = () => new Promise<void>((done) => setTimeout(done, EXPIRED_MS));
  for (const path of PATHS) cases.push(await viewed(`${path}, expired`, url + path, 4, pause));
  for (const path of PATHS) cases.push(await viewed(`${path}, after a decision`, url + path, 10, forget));
  return cases;
}

async function viewed(
  name: string,
  url: string,
  times: number,
  before: () => void | Promise<void> = () => {},
): Promise<Case> {
  tell(name);
  const millis: number[] = [];
  let bytes = 0;
  for (let n = 0; n < times; n++) {
    await before();
    const start = performance.now();
    const response = await fetch(url, { headers: { authorization: AUTHORIZATION } });
    bytes = (await response.arrayBuffer()).byteLength;
    millis.push(performance.now() - start);
    if (!response.ok) throw new Error(`${url}: HTTP ${response.status}`);
  }
  return { name, millis, bytes };
}
