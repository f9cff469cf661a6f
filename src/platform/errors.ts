/**
 * What the queue does with a job that threw:
 * `fail` gives up at once, `retry` spends an attempt and backs off, `pause` stops the whole queue for `delayMs` and
 * spends no attempt, `requeue` puts the job back at once and spends no attempt, `skip` leaves it to another worker and spends
 * no attempt.
 */
export type Disposition = "fail" | "retry" | "pause" | "requeue" | "skip";

export interface AppErrorOptions {
  readonly cause?: unknown;
  readonly disposition?: Disposition;
  /** With `retry`: the least wait before the next attempt. With `pause`: how long. Milliseconds. */
  readonly delayMs?: number;
}

/**
 * The base of every error we throw on purpose. `code` is stable and safe to match on; `message` says what failed, with
 * which id, and what to do, and never holds personal data or a secret.
 */
export class AppError extends Error {
  readonly code: string;
  readonly disposition: Disposition;
  readonly delayMs: number;

  constructor(code: string, message: string, options: AppErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.disposition = options.disposition ?? "retry";
    this.delayMs = options.delayMs ?? 0;
  }
}

/** A setting, an option or an argument that the user must fix. Ends the command with exit code 2. */
export class UsageError extends AppError {
  constructor(code: string, message: string, options: AppErrorOptions = {}) {
    super(code, message, { disposition: "fail", ...options });
  }
}
