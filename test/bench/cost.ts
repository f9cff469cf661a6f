/**
 * `npm run bench -- cost [--rows 20000]`: CPU of worker, Postgres and Redis and round trips to Postgres of one request of a
 * full sync, the quota lifted: of a first one, which inserts every row, and of one in which nothing changed.
 */
import type { Client } from "pg";
import { z } from "zod";
import { table } from "../../src/platform/text.ts";
import { AppError } from "../../src/platform/errors.ts";
import { cpuOf, parentOf } from "./cost/cpu.ts";
import { openCountingProxy } from "./cost/counting-proxy.ts";
import { countOf, readOptions, tell, type Report } from "./support/bench.ts";
import { ACCOUNT } from "./support/environment.ts";
import { short } from "./support/figures.ts";
import { openFullSyncs, type QueueHome } from "./support/full-sync.ts";
import { withParts } from "./support/parts.ts";

/** CPU of worker and Postgres together for one request, in milliseconds, with the queue in Postgres. */
const BARS = { insert: 18, unchanged: 10 } as const;
type Case = keyof typeof BARS;

const FIGURES = ["requests", "worker", "postgres", "redis", "roundTrips"] as const;
/** CPU in milliseconds. */
type Figures = Readonly<Record<(typeof FIGURES)[number], number>>;

interface Cost {
  readonly queue: QueueHome;
  readonly name: Case;
  readonly figures: Figures;
}

function costsOf(queue: QueueHome, rows: number): Promise<readonly Cost[]> {
  return withParts(async (parts) => {
    let roundTrips = () => 0;
    const through = async (url: string): Promise<string> => {
      const proxy = await openCountingProxy(parts, url);
      roundTrips = proxy.roundTrips;
      return proxy.url;
    };
    const { client, worker, redisPid, ...syncs } = await openFullSyncs(parts, { queue, rows, through });
    const postmaster = await parentOf(await backendPid(client));
    const read = async (): Promise<Figures> => ({
      requests: await requestsOf(client),
      worker: await cpuOf(worker.pid),
      postgres: await cpuOf(postmaster, { children: true }),
      redis: redisPid === null ? 0 : await cpuOf(redisPid),
      roundTrips: roundTrips(),
    });

    tell(`the queue in ${queue}: insert`);
    await syncs.begun(1);
    const atFirst = await read();
    const first = await syncs.ended(1);
    const insert = differenceOf(await read(), atFirst);
    await client.query("vacuum (freeze, analyze)");
    await client.query("checkpoint");

    tell(`the queue in ${queue}: unchanged`);
    const before = await read();
    await syncs.again();
    const second = await syncs.ended(2);
    const unchanged = differenceOf(await read(), before);
    if (first.changed !== rows || second.changed !== 0)
      throw new AppError("sync_failed", `The syncs changed ${first.changed} and ${second.changed} rows of ${rows}.`);
    return [
      { queue, name: "insert", figures: insert },
      { queue, name: "unchanged", figures: unchanged },
    ];
  });
}

function differenceOf(after: Figures, before: Figures): Figures {
  const of = (name: (typeof FIGURES)[number]) => after[name] - before[name];
  return {
    requests: of("requests"),
    worker: of("worker"),
    postgres: of("postgres"),
    redis: of("redis"),
    roundTrips: of("roundTrips"),
  };
}

async function backendPid(client: Client): Promise<number> {
  const { rows } = await client.query("select pg_backend_pid() as pid");
  return z.tuple([z.object({ pid: z.number() })]).parse(rows)[0].pid;
}

async function requestsOf(client: Client): Promise<number> {
  const { rows } = await client.query("select count(*)::integer as n from public.api_request where account = $1", [
    ACCOUNT,
  ]);
  return z.tuple([z.object({ n: z.number() })]).parse(rows)[0].n;
}

export async function measureCost(args: readonly string[]): Promise<Report> {
  const rows = countOf(readOptions(args, { rows: "20000" }).rows, "rows");
  const costs = [...(await costsOf("Postgres", rows)), ...(await costsOf("Redis", rows))];
  const head = ["queue in", "case", "requests", "worker", "Postgres", "Redis", "worker + Postgres", "round trips"];
  const lines = costs.map(({ queue, name, figures: { requests, worker, postgres, redis, roundTrips } }) => {
    const each = [worker, postgres, redis, worker + postgres, roundTrips].map((sum) => short(sum / requests));
    return [queue, name, requests, ...each];
  });
  const missed = costs.flatMap(({ queue, name, figures: { requests, worker, postgres } }) => {
    const each = (worker + postgres) / requests;
    if (queue !== "Postgres" || each <= BARS[name]) return [];
    return [`${name}: ${short(each)} ms of CPU for each request, more than ${BARS[name]}`];
  });
  return { text: `${table(head, lines)}\nCPU in milliseconds and round trips to Postgres for each request.`, missed };
}
