import { setTimeout as sleep } from "node:timers/promises";
import { loadConfig, readEnvironment } from "../config/config.ts";
import { databaseErrorOf } from "../database/errors.ts";
import { AppError, UsageError, errorFields } from "../platform/errors.ts";
import { createLifecycle } from "../platform/lifecycle.ts";
import { createLogger } from "../platform/logger.ts";
import { plainJson, plainLines } from "../platform/text.ts";
import type { Context } from "../wiring.ts";

/** What a command ends with. A signal ends it with 128 and its number. */
export const EXIT = { ok: 0, failed: 1, usage: 2, unproven: 3, SIGINT: 130, SIGTERM: 143 } as const;

export const EXIT_CODES = `
Exit codes: 0 done; 1 failed (the message says what); 2 a setting or an argument is wrong; 3 the sync ended unproven, or
waits for a review; 130 or 143 stopped by Ctrl-C or SIGTERM.`;

interface Needs {
  /** The command calls the API, so both keys must be set. */
  readonly keys?: boolean;
  /** What the log tells unless LOG_LEVEL says otherwise: a worker tells what it does, other commands only what is wrong. */
  readonly logLevel?: "info" | "warn";
  /** It runs until it is stopped: to be stopped is how it should end. */
  readonly serves?: boolean;
}

/** Settings, log and lifecycle around one command; the exit code of whatever came of it. */
export async function run(needs: Needs, command: (context: Context) => Promise<number>): Promise<void> {
  const environment = { ...readEnvironment() };
  environment["LOG_LEVEL"] ||= needs.logLevel ?? "warn";
  const config = loadConfig(environment, { keys: needs.keys === true });
  const logger = createLogger(config.log);
  const lifecycle = createLifecycle({ logger });
  lifecycle.onSignals();
  const outcome = command({ config, logger, lifecycle }).catch((error: unknown) =>
    lifecycle.signal.aborted ? EXIT.failed : report(error),
  );
  await Promise.race([lifecycle.stopped, outcome]);
  if (!lifecycle.signal.aborted) {
    process.exitCode = await outcome;
    await lifecycle.stop("done");
    return;
  }
  // On a signal to stop, what was being opened meanwhile is closed as well.
  await Promise.race([outcome, sleep(5_000)]);
  const { reason } = await lifecycle.stop("signal");
  if (needs.serves === true) process.exit(EXIT.ok);
  process.exit(reason === "SIGTERM" ? EXIT.SIGTERM : EXIT.SIGINT);
}

/** Says what went wrong on stderr. Returns the exit code. */
export function report(thrown: unknown): number {
  const error = databaseErrorOf(thrown) ?? thrown;
  if (error instanceof AppError) {
    process.stderr.write(`applicant-sync: ${plainLines(error.message)}\n`);
    return error instanceof UsageError ? EXIT.usage : EXIT.failed;
  }
  process.stderr.write(`applicant-sync: unexpected error\n${plainJson(errorFields(error))}\n`);
  return EXIT.failed;
}
