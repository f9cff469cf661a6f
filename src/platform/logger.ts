import { pino, type DestinationStream, type Logger } from "pino";
import pretty from "pino-pretty";
import { errorFields } from "./errors.ts";
import { HIDDEN, isSecretField, redactText } from "./redact.ts";
import { plain } from "./text.ts";

export type { Logger } from "pino";

const STDERR = 2;
const MAX_DEPTH = 6;
const MAX_TEXT = 2_000;
const WINDOW_MS = 60_000;
/** How many different lines are remembered; then the oldest is forgotten. */
const MOST_KEYS = 500;

interface LogOptions {
  /** One of pino's levels, or `silent`. */
  readonly level: string;
  readonly format: "pretty" | "json";
}

/**
 * A logger whose lines go to stderr (stdout belongs to the data of commands) or to `destination`. Whatever it logs,
 * the context of child loggers included, is redacted: fields by their name at any depth, passwords, tokens and e-mail
 * addresses inside texts. Errors become `errorFields`. No text can act on a terminal. An error that comes back within a
 * minute is counted and not written again. It writes at once: a process cut short loses no line.
 */
export function createLogger(options: LogOptions, destination?: DestinationStream): Logger {
  const output = destination ?? pino.destination({ dest: STDERR, sync: true });
  const repeats = createRepeats();
  const logger = pino(
    {
      level: options.level,
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: (value: unknown) => value }, // Ours has already been applied.
      formatters: { level: (label) => ({ level: label }) },
      hooks: {
        logMethod(args, method, level) {
          const line = redactArguments(args);
          const key = repeatKey(level, line);
          const again = (times: number) => void Reflect.apply(method, this, withTimes(line, times));
          if (key === null || repeats.isNew(key, again)) Reflect.apply(method, this, line);
        },
      },
    },
    options.format === "json" ? output : prettyLines(output),
  );
  // Not `formatters.bindings`: pino applies that one to its own pid and hostname, never to the context of a child.
  const { child } = logger;
  logger.child = function redactingChild(bindings, childOptions) {
    return Reflect.apply(child, this, [redactFields(bindings, 0), childOptions]);
  };
  return logger;
}

/** Writes in this process and not in a worker thread, which would lose the last lines before an exit. */
function prettyLines(output: DestinationStream): DestinationStream {
  const toText = pretty.prettyFactory({
    colorize: pretty.isColorSupported && process.stderr.isTTY,
    ignore: "pid,hostname",
    translateTime: "SYS:HH:MM:ss",
  });
  return { write: (line) => output.write(toText(line)) };
}

function redactArguments([first, ...rest]: readonly unknown[]): readonly unknown[] {
  const others = rest.map((value) => redactValue(value, 0));
  if (!(first instanceof Error)) return [redactValue(first, 0), ...others];
  const err = redactFields(errorFields(first), 0);
  return others.length > 0 ? [{ err }, ...others] : [{ err }, err["message"]];
}

/** The line of an error, with the number of times it occurred since it was last written. */
function withTimes([fields, ...rest]: readonly unknown[], times: number): readonly unknown[] {
  return [{ ...(typeof fields === "object" ? fields : {}), repeated: times }, ...rest];
}

function redactValue(value: unknown, depth: number): unknown {
  if (typeof value === "string") return plain(redactText(value), MAX_TEXT);
  if (typeof value === "bigint") return String(value);
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  if (value instanceof Error) return redactFields(errorFields(value), depth);
  if (value instanceof URL) return plain(redactText(value.href), MAX_TEXT);
  if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`;
  if (depth >= MAX_DEPTH) return "…";
  return Array.isArray(value) ? value.map((item) => redactValue(item, depth + 1)) : redactFields(value, depth + 1);
}

function redactFields(fields: object, depth: number): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]: [string, unknown]) => [
      plain(name, 100),
      isSecretField(name) && isContent(value) ? HIDDEN : redactValue(value, depth),
    ]),
  );
}

/** Whether a value is a flag or absent, and so no personal data. */
function isContent(value: unknown): boolean {
  return value !== null && value !== undefined && typeof value !== "boolean";
}

interface Repeated {
  times: number;
  /** Writes the last of the lines that were left out, with their number. */
  again: (times: number) => void;
  readonly timer: NodeJS.Timeout;
}

/** Remembers which lines were written in the last `windowMs` milliseconds. */
function createRepeats(windowMs: number = WINDOW_MS) {
  const seen = new Map<string, Repeated>();

  function endWindow(key: string): void {
    const found = seen.get(key);
    if (found === undefined) return;
    clearTimeout(found.timer);
    seen.delete(key);
    if (found.times === 0) return;
    found.again(found.times);
    begin(key, found.again);
  }

  function begin(key: string, again: Repeated["again"]): void {
    // Unreferenced: it keeps no process alive.
    const timer = setTimeout(endWindow, windowMs, key).unref();
    seen.set(key, { times: 0, again, timer });
    const [oldest] = seen.keys();
    if (seen.size <= MOST_KEYS || oldest === undefined) return;
    clearTimeout(seen.get(oldest)?.timer);
    seen.delete(oldest);
  }

  return {
    /** Whether the line of this key is to be written now. If not, `again` is called at the end of the window. */
    isNew(key: string, again: Repeated["again"]): boolean {
      const found = seen.get(key);
      if (found === undefined) {
        begin(key, again);
        return true;
      }
      found.times += 1;
      found.again = again;
      return false;
    },
  };
}

/**
 * What makes two lines with an error the same: all that they say except numbers and the name of the job. Null for a line
 * without an error.
 */
function repeatKey(level: number, [first, ...rest]: readonly unknown[]): string | null {
  if (typeof first !== "object" || first === null || !("err" in first)) return null;
  const { err, ...fields }: { readonly err: unknown; readonly [name: string]: unknown } = first;
  if (typeof err !== "object" || err === null || !("message" in err)) return null;
  const code = "code" in err && typeof err.code === "string" ? err.code : "";
  const others = Object.entries(fields).filter(
    ([name, value]) => name !== "job" && (typeof value === "string" || typeof value === "boolean"),
  );
  const said = JSON.stringify([rest, err.message, others]).replaceAll(/[\da-f-]*\d[\da-f-]*/gi, "#");
  return `${level} ${code} ${said}`;
}
