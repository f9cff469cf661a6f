import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { UsageError } from "./errors.ts";
import type { Lifecycle } from "./lifecycle.ts";
import type { Logger } from "./logger.ts";

/** Who watches over the process from outside, and how. */
export interface Supervision {
  /** The service manager, as systemd names itself to a service of type `notify`; null: none listens. */
  readonly manager: {
    readonly socket: string;
    /** How often it must receive a sign of life at least, in milliseconds; null: it does not wait for that. */
    readonly watchdogMs: number | null;
  } | null;
  /** A file whose age shows whether the process is well; null: none. */
  readonly heartbeatFile: string | null;
}

interface Supervised {
  /** One line on what the process does. */
  readonly status: string;
  /** Whether the process is well enough not to be restarted. */
  readonly isAlive: () => boolean;
  readonly lifecycle: Pick<Lifecycle, "add">;
  readonly logger: Pick<Logger, "warn">;
}

/** Also without a watchdog, so that a health check of a minute is answered by a file that is younger. */
const BEAT_MS = 20_000;
const NOTIFY_MS = 10_000;

/**
 * Reports that the process is ready, then again and again that it is well, as long as it is, and at last that it is stopping.
 * Throws `heartbeat_unwritable`.
 */
export async function supervise(supervision: Supervision, supervised: Supervised): Promise<void> {
  const { manager, heartbeatFile } = supervision;
  const { status, isAlive, lifecycle, logger } = supervised;
  if (manager === null && heartbeatFile === null) return;
  const notify = manager === null ? async () => {} : createNotifier(manager.socket, logger);
  const watchdogMs = manager?.watchdogMs ?? null;
  await beatFile();
  await notify("READY=1", `STATUS=${status}`);

  async function beatFile(): Promise<void> {
    if (heartbeatFile === null) return;
    try {
      await writeFile(heartbeatFile, `${new Date().toISOString()}\n`);
    } catch (cause) {
      const message = `HEARTBEAT_FILE ${heartbeatFile} cannot be written: choose a file that this user may write.`;
      throw new UsageError("heartbeat_unwritable", message, { cause });
    }
  }

  function beat(): void {
    if (!isAlive()) {
      logger.warn("the worker hangs: it no longer says that it is well");
      return;
    }
    if (watchdogMs !== null) void notify("WATCHDOG=1");
    beatFile().catch((error: unknown) => logger.warn({ err: error }, "heartbeat"));
  }

  const everyMs = Math.min(BEAT_MS, (watchdogMs ?? Infinity) / 3);
  const timer = setInterval(beat, everyMs);
  lifecycle.add("supervision", async () => {
    clearInterval(timer);
    await notify("STOPPING=1", "STATUS=stopping");
  });
}

/**
 * Sends states to the service manager by `systemd-notify`, which comes with it: Node has no datagrams over Unix sockets,
 * and a native addon for a message each 20 seconds is no good bargain. A failure is logged once.
 */
function createNotifier(socket: string, logger: Supervised["logger"]) {
  let failed = false;
  return (...states: readonly string[]) =>
    new Promise<void>((resolve) => {
      const options = { env: { NOTIFY_SOCKET: socket, PATH: "/usr/local/bin:/usr/bin:/bin" }, timeout: NOTIFY_MS };
      execFile("systemd-notify", states, options, (error) => {
        if (error !== null && !failed) logger.warn({ err: error }, "systemd-notify does not reach the service manager");
        failed = error !== null;
        resolve();
      });
    });
}
