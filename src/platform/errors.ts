import type { Text } from "./language.ts";
import { redactText } from "./redact.ts";

const MAX_TEXT = 500;
const MAX_CAUSES = 5;
const MAX_FRAMES = 8;

/**
 * What the queue does with a job that threw:
 * `fail` gives up at once, `retry` spends an attempt and backs off, `pause` stops the whole queue for `delayMs` and
 * spends no attempt, `requeue` puts the job back at once and spends no attempt.
 */
export type Disposition = "fail" | "retry" | "pause" | "requeue";

export interface AppErrorOptions {
  readonly cause?: unknown;
  readonly disposition?: Disposition;
  /** With `retry`: the least wait before the next attempt. With `pause`: how long. Milliseconds. */
  readonly delayMs?: number;
}

/**
 * The base of every error we throw on purpose. `code` is stable and safe to match on; `message` says what failed, with
 * which id, and what to do, and never holds personal data or a secret. It is in English; `text` has it in each language, where the people
 * who decide about imports read it.
 */
export class AppError extends Error {
  readonly code: string;
  readonly disposition: Disposition;
  readonly delayMs: number;
  readonly text: Text;

  constructor(code: string, message: string | Text, options: AppErrorOptions = {}) {
    const text = typeof message === "string" ? { en: message, fr: message } : message;
    super(text.en, { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.text = text;
    this.disposition = options.disposition ?? "retry";
    this.delayMs = options.delayMs ?? 0;
  }
}

/**
 * A setting, an option or an argument that the user must fix. Ends the command with exit code 2, after which a service is not
 * started again. So it is never what may pass by itself: a database that is full, a standby, a port that is in use.
 */
export class UsageError extends AppError {
  constructor(code: string, message: string | Text, options: AppErrorOptions = {}) {
    super(code, message, { disposition: "fail", ...options });
  }
}

/** Whether `error` is an error of the system or of Postgres with one of these codes. */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  const code = codeOf(error);
  return code !== null && codes.includes(code);
}

/** `ENOENT`, `ECONNREFUSED` … of the system, or the five characters of an SQLSTATE; null for anything else. */
export function codeOf(error: unknown): string | null {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : null;
}

/** An error as a log line or a stored failure may show it. */
export interface ErrorFields {
  /** Our stable code, or that of the system or the library (`ECONNREFUSED`, `P2002`); null where there is none. */
  readonly code: string | null;
  readonly message: string;
  /** What lies behind it, nearest first, at most five. */
  readonly causes: readonly string[];
  /** Where an error that we did not throw on purpose comes from. */
  readonly stack?: readonly string[];
}

/**
 * What an error says, and nothing of what it carries: HTTP libraries hang the request, its headers and its body on their
 * errors. Texts are redacted and cut at 500 characters.
 */
export function errorFields(error: unknown): ErrorFields {
  const fields = { code: anyCodeOf(error), message: messageOf(error), causes: causesOf(error) };
  return error instanceof Error && !isForeseen(error) ? { ...fields, stack: framesOf(error) } : fields;
}

/** An error that we threw on purpose, also where Prisma has wrapped it: our codes alone are in lower case. */
function isForeseen(error: Error): boolean {
  return error instanceof AppError || /^[a-z]+(_[a-z]+)+$/.test(codeOf(error) ?? "");
}

function causesOf(error: unknown): readonly string[] {
  const seen = new Set<unknown>([error]);
  const waiting = behind(error);
  const causes: string[] = [];
  for (let cause = waiting.shift(); cause !== undefined && causes.length < MAX_CAUSES; cause = waiting.shift()) {
    if (seen.has(cause)) continue;
    seen.add(cause);
    causes.push([anyCodeOf(cause), messageOf(cause)].filter((text) => text !== null).join(": "));
    waiting.push(...behind(cause));
  }
  return causes;
}

function behind(error: unknown): unknown[] {
  if (!(error instanceof Error)) return [];
  const several: readonly unknown[] = error instanceof AggregateError ? error.errors : [];
  return [...several, error.cause].filter((cause) => cause !== undefined && cause !== null);
}

/** Libraries number some of their errors. */
function anyCodeOf(error: unknown): string | null {
  if (!(error instanceof Error) || !("code" in error)) return null;
  return typeof error.code === "number" ? String(error.code) : codeOf(error);
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error === "string" ? short(error) : `a thrown ${typeof error}`;
  // Prisma prints the arguments of the call, people's data included, before the line that says what is wrong.
  const text = error.name.startsWith("PrismaClient") ? (error.message.trim().split("\n").at(-1) ?? "") : error.message;
  // When every address of a host fails, Node's error has an empty message.
  return short(text.trim() === "" ? error.name : text);
}

/** Only the frames: the first lines of a stack repeat the message as it came. */
function framesOf(error: Error): readonly string[] {
  const lines = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  return lines.slice(0, MAX_FRAMES).map((line) => line.trim());
}

function short(text: string): string {
  const redacted = redactText(text);
  return redacted.length > MAX_TEXT ? `${redacted.slice(0, MAX_TEXT)}…` : redacted;
}
