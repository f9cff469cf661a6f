import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { describe, inject } from "vitest";
import { freePort } from "../../src/database/embedded/port.ts";
import { noteOn, redisInstalled } from "./installed.ts";

export interface TestRedis {
  readonly url: string;
  readonly port: number;
  /** Of the process that runs now: another one after `restart`. */
  readonly pid: number;
  /** Ends it and removes its directory. */
  stop(): Promise<void>;
  /** Ends it and starts it again on the same port, empty: it keeps nothing on disk. */
  restart(): Promise<void>;
  /** Empties it. */
  flush(): Promise<void>;
}

type Options = Readonly<Record<string, string | number>>;

/**
 * A Redis of the test's own, on a free port of 127.0.0.1, without persistence. `optionsFor` gives the options that it
 * needs for its port; `first` are arguments that come before the options: a file, a mode.
 */
export async function startRedis(
  optionsFor: (port: number) => Options = (port) => ({ port }),
  first: readonly string[] = [],
): Promise<TestRedis> {
  const directory = await mkdtemp(join(tmpdir(), "applicant-sync-redis-"));
  const port = await freePort();
  const start = () => run({ ...optionsFor(port), dir: directory }, first);
  let server = await start();
  const url = `redis://127.0.0.1:${port}`;
  return {
    url,
    port,
    get pid() {
      return server.pid ?? 0;
    },
    async stop() {
      await end(server);
      await rm(directory, { recursive: true, force: true });
    },
    async restart() {
      await end(server);
      server = await start();
    },
    async flush() {
      const client = new Redis(url);
      await client.flushall();
      client.disconnect();
    },
  };
}

export interface BackendUnderTest {
  readonly backend: "postgres" | "redis";
  /** URL of the run's shared Redis; null on the Postgres backend. */
  redisUrl(): string | null;
}

/** What the names of tests that need a `redis-server` end with. */
export function redisNote(): string {
  return noteOn("redis-server", redisInstalled());
}

/** Declares tests that need a `redis-server`: skipped, by name, without one. */
export function describeWithRedis(name: string, declare: () => void): void {
  describe.skipIf(!redisInstalled())(`${name}${redisNote()}`, declare);
}

/** Declares the same tests for both queue backends; those on Redis are skipped, by name, without a `redis-server`. */
export function describeOnBackends(name: string, declare: (under: BackendUnderTest) => void): void {
  describe(`${name} (queue on Postgres)`, () => declare({ backend: "postgres", redisUrl: () => null }));
  const url = inject("redisUrl");
  if (url === null) describe.skip(`${name}${noteOn("redis-server", false)}`, () => declare(onRedis(url)));
  else describe(`${name} (queue on Redis)`, () => declare(onRedis(url)));
}

function onRedis(url: string | null): BackendUnderTest {
  return { backend: "redis", redisUrl: () => url };
}

const DEFAULTS: Options = { bind: "127.0.0.1", save: "", appendonly: "no", "maxmemory-policy": "noeviction" };

async function run(own: Options, first: readonly string[]): Promise<ChildProcess> {
  const options = Object.entries({ ...DEFAULTS, ...own });
  const args = [...first, ...options.flatMap(([name, value]) => [`--${name}`, String(value)])];
  const server = spawn("redis-server", args, { stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  server.stdout.setEncoding("utf8");
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.once("exit", () => reject(new Error(`redis-server ended at its start: ${said}`)));
    server.stdout.on("data", (text: string) => {
      said += text;
      if (/Ready to accept connections|Sentinel ID is/.test(said)) resolve();
    });
  });
  return server;
}

async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = once(server, "exit");
  server.kill("SIGTERM");
  await ended;
}
