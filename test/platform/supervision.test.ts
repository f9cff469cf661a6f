import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { managerOf } from "../../src/config/supervision.ts";
import { createInFlight } from "../../src/platform/in-flight.ts";
import { watchParent } from "../../src/platform/parent.ts";
import { supervise } from "../../src/platform/supervision.ts";
import { waitFor } from "../support/wait-for.ts";

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "applicant-sync-supervision-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

describe("what systemd says in the environment", () => {
  test.for([
    [{}, null],
    [{ NOTIFY_SOCKET: "" }, null],
    [{ NOTIFY_SOCKET: "/run/notify" }, { socket: "/run/notify", watchdogMs: null }],
    [
      { NOTIFY_SOCKET: "/n", WATCHDOG_USEC: "3000000" },
      { socket: "/n", watchdogMs: 3000 },
    ],
    [
      { NOTIFY_SOCKET: "/n", WATCHDOG_USEC: "3000000", WATCHDOG_PID: "17" },
      { socket: "/n", watchdogMs: 3000 },
    ],
    [
      { NOTIFY_SOCKET: "/n", WATCHDOG_USEC: "3000000", WATCHDOG_PID: "18" },
      { socket: "/n", watchdogMs: null },
    ],
    [
      { NOTIFY_SOCKET: "/n", WATCHDOG_USEC: "soon" },
      { socket: "/n", watchdogMs: null },
    ],
  ] as const)("%j is read as %j", ([env, manager]) => {
    expect(managerOf(env, 17)).toEqual(manager);
  });
});

test("a process that hangs gives no sign of life, and one that goes on again does", async () => {
  const heartbeatFile = join(directory, "alive");
  const stops: (() => unknown)[] = [];
  const warnings: unknown[] = [];
  let isAlive = false;
  await supervise(
    { manager: { socket: join(directory, "nobody"), watchdogMs: 30 }, heartbeatFile },
    {
      status: "worker",
      isAlive: () => isAlive,
      lifecycle: { add: (_name, stop) => void stops.push(stop) },
      logger: { warn: (...line: unknown[]) => void warnings.push(line.at(-1)) },
    },
  );
  onTestFinished(async () => void (await Promise.all(stops.map((stop) => stop()))));
  const first = await readFile(heartbeatFile, "utf8");
  await waitFor("a warning", () => warnings.some((text) => /hangs/.test(String(text))));
  expect(await readFile(heartbeatFile, "utf8")).toBe(first);
  isAlive = true;
  await waitFor("a sign of life", async () => (await readFile(heartbeatFile, "utf8")) !== first);
});

test("a heartbeat file that cannot be written ends the start", async () => {
  const heartbeatFile = join(directory, "missing", "alive");
  const supervised = { status: "", isAlive: () => true, lifecycle: { add: () => {} }, logger: { warn: () => {} } };
  await expect(supervise({ manager: null, heartbeatFile }, supervised)).rejects.toMatchObject({
    code: "heartbeat_unwritable",
  });
});

test("the age of what is in progress is that of its oldest part, and ends with it", async () => {
  let now = 0;
  const inFlight = createInFlight(() => now);
  let end = () => {};
  const first = inFlight.track(new Promise<void>((resolve) => (end = resolve)));
  now = 10;
  const second = inFlight.track(new Promise<void>(() => {}));
  now = 15;
  expect(inFlight.oldestMs()).toBe(15);
  end();
  await first;
  expect(inFlight.oldestMs()).toBe(5);
  expect(second).toBeInstanceOf(Promise);
});

test("the end of the parent is noticed once", () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  let parent = 17;
  const onEnd = vi.fn<() => void>();
  watchParent(onEnd, () => parent);
  vi.advanceTimersByTime(5_000);
  expect(onEnd).not.toHaveBeenCalled();
  parent = 1;
  vi.advanceTimersByTime(5_000);
  expect(onEnd).toHaveBeenCalledOnce();
});
