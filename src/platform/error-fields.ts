import { AppError } from "./errors.ts";
import { redactText } from "./redact.ts";

const MAX_TEXT = 500;
const MAX_CAUSES = 5;
const MAX_FRAMES = 8;

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
  const fields = { code: codeOf(error), message: messageOf(error), causes: causesOf(error) };
  return error instanceof Error && !(error instanceof AppError) ? { ...fields, stack: framesOf(error) } : fields;
}

function causesOf(error: unknown): readonly string[] {
  const seen = new Set<unknown>([error]);
  const waiting = behind(error);
  const causes: string[] = [];
  for (let cause = waiting.shift(); cause !== undefined && causes.length < MAX_CAUSES; cause = waiting.shift()) {
    if (seen.has(cause)) continue;
    seen.add(cause);
    causes.push([codeOf(cause), messageOf(cause)].filter((text) => text !== null).join(": "));
    waiting.push(...behind(cause));
  }
  return causes;
}

function behind(error: unknown): unknown[] {
  if (!(error instanceof Error)) return [];
  const several: readonly unknown[] = error instanceof AggregateError ? error.errors : [];
  return [...several, error.cause].filter((cause) => cause !== undefined && cause !== null);
}

function codeOf(error: unknown): string | null {
  if (!(error instanceof Error) || !("code" in error)) return null;
  return typeof error.code === "string" || typeof error.code === "number" ? String(error.code) : null;
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
