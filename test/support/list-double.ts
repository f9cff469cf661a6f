import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { onTestFinished } from "vitest";
import { createApiClient } from "../../src/api/client.ts";
import { AppError } from "../../src/platform/errors.ts";
import type { Database } from "../../src/database/client.ts";
import { reportRuns, type RunReport } from "../../src/sync/runs/report.ts";
import type { ResourceName } from "../../src/sync/resources.ts";
import type { RunKind } from "../../src/sync/runs/runs.ts";
import type { Keyring } from "../../src/people/suppression/key.ts";
import { makeFacts } from "../../src/report/facts.ts";
import type { SyncJob } from "../../src/sync/jobs.ts";
import { createSync, type Sync } from "../../src/sync/sync.ts";
import { keyringOf } from "./keyring.ts";

/** What the double answers. Items are JSON texts, so that they may hold what no value of JavaScript can be written as. */
export interface Source {
  /** Newest first. */
  items: readonly string[];
  /** The JSON of one row, or the status of a refusal. */
  show: (id: string) => string | number;
  /** The `X-Pagination` of an answer; undefined: as it should be. */
  pagination?: (page: number, perPage: number) => string;
}

export interface Reader {
  readonly source: Source;
  /** Path and query of every request. */
  readonly requests: readonly string[];
  /** The ids that were asked for one by one. */
  readonly shown: () => readonly string[];
  readonly read: (resource: ResourceName, kind?: RunKind) => Promise<RunReport>;
}

const ATTEMPTS = 12;

/**
 * A server with one list, and a sync of an account that reads it: real HTTP and Postgres, and a queue in memory which does
 * with a job what the real one does, without its waits.
 */
export async function openReader(
  database: Database,
  account: string,
  options: {
    readonly detailsPerRun?: number;
    readonly keyring?: Keyring;
    readonly latestErasure?: () => Promise<string | null>;
    readonly onEnd?: (end: () => Promise<void>) => void;
  } = {},
): Promise<Reader> {
  const { detailsPerRun = 200, keyring = keyringOf(null), onEnd = onTestFinished } = options;
  const { latestErasure = async () => null } = options;
  const source: Source = { items: [], show: () => 404 };
  const requests: string[] = [];
  const server = createServer((request, response) => answer(source, requests, request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const url = `http://127.0.0.1:${port}`;
  const api = createApiClient(
    {
      url,
      audience: url,
      kind: "customer",
      privateKey: "key",
      secretKey: "secret",
      tokenSource: "sign",
      requestsPerMinute: 1e6,
    },
    { log: { open: async () => ({ id: 0n, waitMs: 0 }), close: async () => {}, recent: async () => RECENT } },
  );
  onEnd(async () => {
    api.close();
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });

  const waiting: SyncJob[] = [];
  const sync = createSync({
    database,
    account,
    keyring,
    latestErasure,
    accountKind: "customer",
    slotMs: 1,
    latencyMs: async () => null,
    detailsPerRun,
    api,
    enqueue: async (job) => {
      if (!waiting.some((other) => JSON.stringify(other) === JSON.stringify(job))) waiting.push(job);
    },
    makeFacts: () => makeFacts(database, account),
    logger: { info: () => {}, warn: () => {} },
  });

  return {
    source,
    requests,
    shown: () => requests.flatMap((path) => /^\/\w+\/(\d+)/.exec(path)?.[1] ?? []),
    async read(resource, kind = "full") {
      const id = await sync.start({ resource, kind, trigger: "command" });
      if (id === null) throw new Error("No run was started.");
      for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) await work(sync, job);
      const [run] = await reportRuns(database, [id]);
      if (run === undefined) throw new Error("The run is gone.");
      return run;
    },
  };
}

const RECENT = {
  lastMinute: 0,
  pathAnswered: false,
  refusedInARow: 0,
  refusedForMs: 0,
  othersAnswered: false,
  othersRefused: false,
  pauseStands: false,
};

function answer(source: Source, requests: string[], request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? "/", "http://double.example");
  requests.push(request.url ?? "/");
  response.setHeader("content-type", "application/json");
  const [, , id] = url.pathname.split("/");
  if (id !== undefined) {
    const shown = source.show(id);
    response.statusCode = typeof shown === "number" ? shown : 200;
    response.end(typeof shown === "number" ? `{"error":"no"}` : shown);
    return;
  }
  const page = Number(url.searchParams.get("page"));
  const perPage = Number(url.searchParams.get("per_page"));
  const total = source.items.length;
  const last = Math.ceil(total / perPage);
  const pagination = {
    "total-count": total,
    "current-page": page,
    "next-page": page < last ? page + 1 : null,
    "last-page": last,
  };
  response.setHeader("x-pagination", source.pagination?.(page, perPage) ?? JSON.stringify(pagination));
  response.end(`[${source.items.slice((page - 1) * perPage, page * perPage).join(",")}]`);
}

async function work(sync: Sync, job: SyncJob): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await perform(sync, job);
      return;
    } catch (error) {
      const fault = error instanceof AppError ? error : new AppError("unexpected", String(error));
      if (fault.disposition === "fail" || attempt === ATTEMPTS) return giveUp(sync, job, fault);
    }
  }
}

function perform(sync: Sync, job: SyncJob): Promise<void> {
  const context = { job: job.kind };
  switch (job.kind) {
    case "page":
      return sync.page(job, context);
    case "confirm":
      return sync.confirm(job, context);
    case "detail":
      return sync.detail(job, context);
    default:
      return job satisfies never;
  }
}

function giveUp(sync: Sync, job: SyncJob, error: AppError): Promise<void> {
  if (job.kind === "confirm") return sync.giveRowUp(job);
  return job.kind === "detail" ? sync.leaveDetail(job, error) : sync.fail(job, error);
}
