import { spawn, spawnSync } from "node:child_process";
import { existsSync, openSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { keepEmbeddedPostgres, stopEmbeddedPostgres } from "../../src/database/embedded/postgres.ts";
import { startByNpm, startCli } from "../support/cli.ts";
import { ROOT } from "../support/docs.ts";
import { noteOn, systemdInstalled } from "../support/installed.ts";
import { makeDataDir } from "../support/postgres.ts";
import { silent } from "../support/silent.ts";
import { waitFor } from "../support/wait-for.ts";
import { openWorld } from "../support/world.ts";

const note = noteOn("systemd", systemdInstalled());
const SERVICE = "deploy/applicant-sync.service";

async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "applicant-sync-service-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** A socket as that of a service manager; what arrives there can be read in a file. */
async function listenAsManager(directory: string) {
  const [socket, received] = [join(directory, "notify"), join(directory, "received")];
  const file = openSync(received, "w");
  const args = ["--datagram", `--listen=${socket}`, "sh", "-c", "exec cat <&3"];
  const manager = spawn("systemd-socket-activate", args, { stdio: ["ignore", file, "ignore"] });
  onTestFinished(() => void manager.kill("SIGKILL"));
  await waitFor("a socket of the service manager", () => existsSync(socket));
  return { socket, received: () => readFile(received, "utf8") };
}

describe.skipIf(note !== "")(`a worker under systemd${note}`, () => {
  test("reports that it is ready, that it is well, and that it is stopping", async () => {
    const directory = await temporaryDirectory();
    const world = await openWorld();
    const { socket, received } = await listenAsManager(directory);
    const heartbeat = join(directory, "alive");
    const worker = world.cli(["start"], {
      NOTIFY_SOCKET: socket,
      WATCHDOG_USEC: "3000000",
      HEARTBEAT_FILE: heartbeat,
    });
    await waitFor("a sign of life", async () => (await received()).includes("WATCHDOG=1"));
    expect(await received()).toContain(`READY=1\nSTATUS=worker of account ${world.account}`);
    expect(existsSync(heartbeat)).toBe(true);
    worker.kill("SIGTERM");
    expect((await worker.ended).code).toBe(0);
    expect(await received()).toContain("STOPPING=1");
  });

  test("stops the embedded Postgres that it has started, although it was asked to stay: it would be killed", async () => {
    const world = await openWorld();
    const dataDir = await makeDataDir();
    onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
    const { socket, received } = await listenAsManager(await temporaryDirectory());
    const worker = world.cli(["start"], { NOTIFY_SOCKET: socket, DATABASE_URL: "", DATA_DIR: dataDir });
    await waitFor("a worker that is ready", async () => (await received()).includes("READY=1"));
    const kept = await keepEmbeddedPostgres({ dataDir, logger: silent });
    await kept.release();
    worker.kill("SIGTERM");
    expect((await worker.ended).code).toBe(0);
    expect(await stopEmbeddedPostgres({ dataDir, logger: silent })).toBe("not_running");
  });

  test("is described by a unit that systemd accepts, and rates as little exposed", () => {
    const analyze = (...args: readonly string[]) =>
      spawnSync("systemd-analyze", [...args, SERVICE], { cwd: ROOT, encoding: "utf8" });
    const verified = analyze("verify");
    expect(verified.status).toBe(0);
    // Other units of this machine, which it names as well, are not ours.
    expect(verified.stderr).not.toContain("applicant-sync");
    const { stdout } = analyze("security", "--offline=true", "--no-pager");
    expect(Number(/Overall exposure level for .*: ([\d.]+)/.exec(stdout)?.[1])).toBeLessThanOrEqual(2.5);
  });
});

test.each(["npm start", "npx"] as const)("SIGTERM to %s ends what it has started", async (by) => {
  const started = await startByNpm(by, ["sandbox", "--port", "0"], await temporaryDirectory());
  onTestFinished(() => started.kill("SIGKILL"));
  await waitFor("the sandbox", () => started.stdout().includes("KELIO_API_URL"));
  started.kill("SIGTERM");
  // Only once the sandbox has closed its output has it ended, too.
  expect((await started.ended).stdout).toContain("KELIO_API_URL");
});

test.each([
  ["an error that is thrown", "throw error"],
  ["a promise that is rejected", "void Promise.reject(error)"],
])("%s and that nobody catches ends the process with what is safe to show", async (_what, how) => {
  const cause = `Object.assign(new Error("duplicate key"), { code: "23505", detail: "Key (email)=(ada@example.com)" })`;
  // As soon as somebody would be notified.
  const fault = `const timer = setInterval(() => {
    if (process.listenerCount("uncaughtException") === 0) return;
    clearInterval(timer);
    const error = ${cause};
    ${how};
  }, 50)`;
  const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(fault)}` };
  const { code, stderr } = await startCli(["sandbox", "--port", "0"], env, await temporaryDirectory()).ended;
  expect(code).toBe(1);
  expect(stderr).toMatch(/^applicant-sync: unexpected error$/m);
  expect(stderr).toContain("23505");
  expect(stderr).not.toContain("ada@example.com");
});
