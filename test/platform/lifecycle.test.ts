import { spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { describe, expect, test } from "vitest";
import { createLifecycle } from "../../src/platform/lifecycle.ts";

const quiet = { info: () => {}, warn: () => {} };
const never = () => new Promise(() => {});

describe("stopping", () => {
  test("goes in reverse order, one part after the other", async () => {
    const lifecycle = createLifecycle({ logger: quiet });
    const order: string[] = [];
    for (const name of ["database", "queue", "worker"]) {
      lifecycle.add(name, async () => {
        order.push(`${name} stops`);
        await new Promise((resolve) => setImmediate(resolve));
        order.push(`${name} stopped`);
      });
    }
    await lifecycle.stop("done");
    expect(order).toEqual(["worker", "queue", "database"].flatMap((name) => [`${name} stops`, `${name} stopped`]));
  });

  test("goes on past a part that fails and one that hangs, and names both", async () => {
    const warnings: unknown[] = [];
    const lifecycle = createLifecycle({ logger: { ...quiet, warn: (fields: unknown) => void warnings.push(fields) } });
    const stopped: string[] = [];
    lifecycle.add("first", () => stopped.push("first"));
    lifecycle.add("hangs", never, { timeoutMs: 1 });
    lifecycle.add("throws", () => {
      throw new Error("broken");
    });
    expect(await lifecycle.stop("done")).toEqual({ reason: "done", failed: ["throws", "hangs"] });
    expect(stopped).toEqual(["first"]);
    expect(warnings).toMatchObject([{ part: "throws" }, { part: "hangs" }]);
  });

  test("asked for twice happens once, and both wait for its end", async () => {
    const lifecycle = createLifecycle({ logger: quiet });
    let stops = 0;
    lifecycle.add("worker", () => (stops += 1));
    const reports = await Promise.all([lifecycle.stop("first"), lifecycle.stop("second"), lifecycle.stopped]);
    expect(stops).toBe(1);
    expect(reports.map(({ reason }) => reason)).toEqual(["first", "first", "first"]);
  });

  test("aborts the signal before any part stops, with an error that returns a job to its queue", async () => {
    const lifecycle = createLifecycle({ logger: quiet });
    let aborted = false;
    lifecycle.add("worker", () => (aborted = lifecycle.signal.aborted));
    expect(lifecycle.signal.aborted).toBe(false);
    await lifecycle.stop("SIGTERM");
    expect(aborted).toBe(true);
    expect(lifecycle.signal.reason).toMatchObject({ code: "stopped", disposition: "requeue" });
  });

  test("also stops what is added while it goes on, or after it", async () => {
    const lifecycle = createLifecycle({ logger: quiet });
    const stopped: string[] = [];
    lifecycle.add("slow start", () => lifecycle.add("overtaken", () => stopped.push("overtaken")));
    await lifecycle.stop("done");
    lifecycle.add("late", () => stopped.push("late"));
    await lifecycle.stop("again");
    expect(stopped).toEqual(["overtaken", "late"]);
  });
});

describe("signals", () => {
  function withSignals() {
    const exits: number[] = [];
    const clock = { ms: 0 };
    const signals = Object.assign(new EventEmitter(), { exit: (code: number) => exits.push(code) });
    return { exits, clock, signals, lifecycle: createLifecycle({ logger: quiet, signals, now: () => clock.ms }) };
  }

  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ])("a first %s stops, a second one leaves at once with %i", async (name, code) => {
    const { exits, clock, signals, lifecycle } = withSignals();
    lifecycle.add("hangs", never);
    lifecycle.onSignals();
    signals.emit(name);
    expect([lifecycle.signal.aborted, exits]).toEqual([true, []]);
    clock.ms = 1_000;
    signals.emit(name);
    expect(exits).toEqual([code]);
  });

  test("a Ctrl-C that npm passes on a second time counts once", async () => {
    const { exits, clock, signals, lifecycle } = withSignals();
    lifecycle.onSignals();
    signals.emit("SIGINT");
    clock.ms = 20;
    signals.emit("SIGINT");
    expect(await lifecycle.stopped).toMatchObject({ reason: "SIGINT" });
    expect(exits).toEqual([]);
  });

  test("the listeners can be removed again", () => {
    const { signals, lifecycle } = withSignals();
    const removeListeners = lifecycle.onSignals();
    expect(signals.listenerCount("SIGINT")).toBe(1);
    removeListeners();
    expect(signals.eventNames()).toEqual([]);
  });
});

describe("a real process", () => {
  const script = `
    import { createLifecycle } from ${JSON.stringify(new URL("../../dist/platform/lifecycle.js", import.meta.url).href)};
    const logger = { info() {}, warn() {} };
    const lifecycle = createLifecycle({ logger, now: () => (globalThis.time = (globalThis.time ?? 0) + 1_000) });
    const running = setInterval(() => {}, 1_000);
    lifecycle.add("work", () => process.argv[1] === "hang" ? (console.log("stopping"), new Promise(() => {})) : clearInterval(running));
    lifecycle.onSignals();
    console.log("ready");`;

  function start(...args: string[]) {
    const child = spawn(process.execPath, ["--input-type=module", "--eval", script, ...args]);
    return { child, exit: once(child, "exit"), said: () => once(child.stdout, "data").then(String) };
  }

  test("ends by itself, with 0, once a SIGTERM has stopped its parts", async () => {
    const { child, exit, said } = start();
    expect(await said()).toBe("ready\n");
    child.kill("SIGTERM");
    expect(await exit).toEqual([0, null]);
  });

  test("leaves with 130 on a second SIGINT while a part hangs", async () => {
    const { child, exit, said } = start("hang");
    expect(await said()).toBe("ready\n");
    child.kill("SIGINT");
    expect(await said()).toBe("stopping\n");
    child.kill("SIGINT");
    expect(await exit).toEqual([130, null]);
  });
});
