import { AppError } from "./errors.ts";
import { inTime } from "./in-time.ts";
import type { Logger } from "./logger.ts";

const STOP_TIMEOUT_MS = 10_000;
/** `npm run` passes on the Ctrl-C that the terminal sent to all already: one key press arrives twice, this close. */
const ECHO_MS = 300;
/** 128 and the number of the signal. */
export const SIGNAL_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
const LATE = Symbol("late");

type StopSignal = keyof typeof SIGNAL_CODES;

interface LifecycleDeps {
  readonly logger: Pick<Logger, "info" | "warn">;
  /** What is needed of `process`. */
  readonly signals?: {
    on(signal: StopSignal, listener: () => void): unknown;
    off(signal: StopSignal, listener: () => void): unknown;
    exit(code: number): unknown;
  };
  readonly now?: () => number;
}

interface Part {
  readonly name: string;
  readonly stop: () => unknown;
  readonly timeoutMs: number;
}

export interface StopReport {
  readonly reason: string;
  /** The names of the parts that failed to stop, or were left behind after their time. */
  readonly failed: readonly string[];
}

/** The long-lived parts that a process has started, and how they are stopped. */
export interface Lifecycle {
  /** Aborted when stopping begins, with an `AppError` `stopped` that returns a job to its queue. */
  readonly signal: AbortSignal;
  /** Resolved when everything has been stopped, whoever asked for it. Never rejected. */
  readonly stopped: Promise<StopReport>;
  /** `stop` ends what has just been started. A part that is added once stopping has begun is stopped as well. */
  add(name: string, stop: () => unknown, options?: { readonly timeoutMs?: number }): void;
  /** Stops every part, the youngest first, each within its time, none kept from it by another. Asked again, it joins. */
  stop(reason: string): Promise<StopReport>;
  /**
   * SIGINT, SIGTERM and SIGHUP (the terminal was closed) stop all; a second one exits at once (130, 143, 129). Returns a function that
   * undoes it.
   */
  onSignals(): () => void;
}

export function createLifecycle({ logger, signals = process, now = Date.now }: LifecycleDeps): Lifecycle {
  const parts: Part[] = [];
  const failed: string[] = [];
  const controller = new AbortController();
  let ended: (report: StopReport) => void = () => {};
  const stopped = new Promise<StopReport>((resolve) => (ended = resolve));
  let stopping: { readonly report: StopReport; readonly drained: Promise<void> } | null = null;

  async function drain(): Promise<void> {
    for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
      if (!(await stopPart(part, logger))) failed.push(part.name);
    }
  }

  async function stop(reason: string): Promise<StopReport> {
    if (stopping === null) {
      logger.info({ reason }, "stopping");
      const report = { reason, failed };
      stopping = { report, drained: drain() };
      controller.abort(new AppError("stopped", `Stopping: ${reason}`, { disposition: "requeue" }));
    }
    const { report, drained } = stopping;
    await drained;
    ended(report);
    return report;
  }

  return {
    signal: controller.signal,
    stopped,
    stop,
    add(name, stopIt, { timeoutMs = STOP_TIMEOUT_MS } = {}) {
      parts.push({ name, stop: stopIt, timeoutMs });
      if (stopping !== null) stopping = { ...stopping, drained: stopping.drained.then(drain) };
    },
    onSignals() {
      let firstAt: number | null = null;
      const listeners = (["SIGHUP", "SIGINT", "SIGTERM"] as const).map((name) => {
        const listener = () => {
          if (firstAt === null) {
            firstAt = now();
            void stop(name);
          } else if (now() - firstAt > ECHO_MS) {
            signals.exit(SIGNAL_CODES[name]);
          }
        };
        signals.on(name, listener);
        return { name, listener };
      });
      return () => listeners.forEach(({ name, listener }) => signals.off(name, listener));
    },
  };
}

/** Whether `part` stopped without an error and within its time. Never throws. */
async function stopPart({ name, stop, timeoutMs }: Part, logger: LifecycleDeps["logger"]): Promise<boolean> {
  try {
    if ((await inTime(Promise.resolve().then(stop), LATE, timeoutMs)) !== LATE) return true;
    logger.warn({ part: name, timeoutMs }, "did not stop in time, left behind");
  } catch (error) {
    logger.warn({ part: name, err: error }, "failed to stop");
  }
  return false;
}
