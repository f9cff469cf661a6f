import { setTimeout as sleep } from "node:timers/promises";
import { loadConfig, readEnvironment, useTimezone } from "../config/config.ts";
import { envFileWarnings } from "../config/env-file.ts";
import { recognised } from "../database/errors.ts";
import { AppError, UsageError, errorFields } from "../platform/errors.ts";
import type { Language } from "../platform/language.ts";
import { createLifecycle, SIGNAL_CODES } from "../platform/lifecycle.ts";
import { createLogger } from "../platform/logger.ts";
import { watchParent } from "../platform/parent.ts";
import { plainJson, plainLines } from "../platform/text.ts";
import type { Context } from "../process/stores.ts";

export const EXIT = { ok: 0, failed: 1, usage: 2, unproven: 3, ...SIGNAL_CODES } as const;

export const EXIT_CODES = `
Exit codes: 0 done; 1 failed (the message says what); 2 a setting or an argument is wrong; 3 the sync ended unproven, or
waits for a review; 129 its terminal was closed; 130 or 143 stopped by Ctrl-C or SIGTERM.`;

interface Needs {
  /** The command calls the API, so both keys must be set. */
  readonly keys?: boolean;
  /** The default of LOG_LEVEL: a worker logs what it does, other commands log only what is wrong. */
  readonly logLevel?: "info" | "warn";
  /** It runs until it is stopped, so that a signal is its normal end. */
  readonly serves?: boolean;
}

/** Runs one command with settings, log and lifecycle, and sets the exit code: what it returns, or 0. */
export async function runCommand(needs: Needs, command: (context: Context) => Promise<number | void>): Promise<void> {
  const environment = readEnvironment();
  const config = loadConfig(environment, { keys: needs.keys === true, logLevel: needs.logLevel ?? "warn" });
  useTimezone(config);
  const logger = createLogger(config.log);
  for (const warning of envFileWarnings(process.cwd())) logger.warn(warning);
  const lifecycle = createLifecycle({ logger });
  lifecycle.onSignals();
  // npm and npx pass a signal on to their shell, which ends and leaves this process behind.
  if (environment["npm_lifecycle_event"] !== undefined) watchParent(() => void lifecycle.stop("npm has ended"));
  const outcome = command({ config, logger, lifecycle }).catch((error: unknown) =>
    lifecycle.signal.aborted ? EXIT.failed : report(error, config.language),
  );
  await Promise.race([lifecycle.stopped, outcome]);
  if (!lifecycle.signal.aborted) {
    process.exitCode = (await outcome) ?? EXIT.ok;
    await lifecycle.stop("done");
    return;
  }
  // What was still being opened when the signal came is closed as well.
  await Promise.race([outcome, sleep(5_000)]);
  const { reason } = await lifecycle.stop("signal");
  if (needs.serves === true) process.exit(EXIT.ok);
  process.exit(reason === "SIGHUP" ? EXIT.SIGHUP : reason === "SIGINT" ? EXIT.SIGINT : EXIT.SIGTERM);
}

/** Reports on standard error what went wrong. Returns the exit code. */
export function report(thrown: unknown, language: Language = "en"): number {
  const error = recognised(thrown);
  if (error instanceof AppError) {
    process.stderr.write(`applicant-sync: ${plainLines(error.text[language])}\n`);
    return error instanceof UsageError ? EXIT.usage : EXIT.failed;
  }
  process.stderr.write(`applicant-sync: unexpected error\n${plainJson(errorFields(error))}\n`);
  return EXIT.failed;
}

/** Prints text for a person. Standard output belongs to the data of commands; the log goes to standard error. */
export function print(text: string): void {
  process.stdout.write(`${plainLines(text)}\n`);
}

/** Prints what a command found: as JSON for `--json`, else as a person reads it. */
export function show<T>(found: T, json: boolean | undefined, render: (found: T) => string): void {
  if (json) process.stdout.write(`${plainJson(found)}\n`);
  else print(render(found));
}
