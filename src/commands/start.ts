import type { Context, Pace } from "../wiring.ts";
import { startWorker } from "../worker.ts";
import { EXIT } from "./run.ts";

/** Runs a worker until it is stopped. */
export async function start(context: Context, pace?: Pace): Promise<number> {
  await startWorker(context, pace);
  const { config, lifecycle, logger } = context;
  if (!lifecycle.signal.aborted) logger.info({ account: config.account }, "worker started; Ctrl-C stops it");
  await lifecycle.stopped;
  return EXIT.ok;
}
