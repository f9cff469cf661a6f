import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Client } from "pg";
import { expect, onTestFinished } from "vitest";
import type { EmbeddedOptions } from "../../../src/database/embedded/postgres.ts";
import { makeDataDir } from "../../support/postgres.ts";
import { silent } from "../../support/silent.ts";

/** Options for a data directory of the test's own, which is removed after it. Register what uses it later than this. */
export async function freshOptions(): Promise<EmbeddedOptions> {
  const dataDir = await makeDataDir();
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  return { dataDir, logger: silent };
}

/** The last row of what `sql` returns. */
export async function query(url: string, sql: string): Promise<unknown> {
  const client = new Client({ connectionString: url });
  client.on("error", () => {});
  try {
    await client.connect();
    return (await client.query<object>(sql)).rows.at(-1);
  } finally {
    await client.end();
  }
}

/** The process of the server that runs on a data directory. */
export async function pidOf(dataDir: string): Promise<number> {
  const text = await readFile(join(dataDir, "postgres", "postmaster.pid"), "utf8");
  return Number(text.split("\n")[0]);
}

/** Passes once the process is gone, which it is a moment after its last word. */
export async function expectEnd(pid: number): Promise<void> {
  await expect.poll(() => serverLives(pid), { timeout: 30_000 }).toBe(false);
}

export function serverLives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Ends the server as a lack of memory would. */
export async function killServer(dataDir: string): Promise<void> {
  const pid = await pidOf(dataDir);
  process.kill(pid, "SIGKILL");
  await expectEnd(pid);
}

const HOLDER = `
  const [module, dataDir] = process.argv.slice(1);
  const { startEmbeddedPostgres } = await import(module);
  const logger = { info() {}, warn() {}, debug() {} };
  const held = await startEmbeddedPostgres({ dataDir, logger });
  process.once("SIGTERM", () => held.release().then(() => process.exit(0)));
  setInterval(() => {}, 1e6);
  console.log(held.url);
`;

export interface Holder {
  readonly url: string;
  /** SIGTERM: it releases the server first. */
  end(signal: "SIGTERM" | "SIGKILL"): Promise<void>;
}

/** Another process that holds the embedded server. Runs what `npm run build` made, as `npm test` does first. */
export async function runHolder(dataDir: string): Promise<Holder> {
  const built = new URL("../../../dist/database/embedded/postgres.js", import.meta.url).href;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", HOLDER, built, dataDir], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const { value: url } = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
  return {
    url: String(url),
    async end(signal) {
      const ended = once(child, "exit");
      child.kill(signal);
      await ended;
    },
  };
}
