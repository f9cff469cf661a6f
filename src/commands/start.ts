import type { Command } from "commander";
import { supervise } from "../platform/supervision.ts";
import type { Context } from "../process/stores.ts";
import type { Pace } from "../process/wiring.ts";
import { startWorker } from "../process/worker.ts";
import { EXIT, runCommand } from "./run.ts";
import { addExamples } from "./verbs.ts";

export function declare(command: Command): void {
  addExamples(command);
  command.action(() => runCommand({ keys: true, logLevel: "info", serves: true }, (context) => start(context)));
}

/** Runs a worker until it is stopped. */
export async function start(context: Context, pace?: Pace): Promise<number> {
  const { isAlive } = await startWorker(context, pace);
  const { config, lifecycle, logger } = context;
  const status = `worker of account ${config.account}`;
  await supervise(config.supervision, { status, isAlive, lifecycle, logger });
  if (!lifecycle.signal.aborted) logger.info({ account: config.account }, "worker started; Ctrl-C stops it");
  await lifecycle.stopped;
  return EXIT.ok;
}
