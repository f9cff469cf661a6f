import { parseArgs } from "node:util";
import { AppError, UsageError, errorFields } from "../../../src/platform/errors.ts";

/** What a bench found: the text for people, and a line for every bar of the issue that was missed. */
export interface Report {
  readonly text: string;
  readonly missed: readonly string[];
}

/** A bench, with the options of its command line. */
export type Measure = (args: readonly string[]) => Promise<Report>;

/** Runs a bench and prints it. Exit code 0: every bar held; 1: one was missed, or the bench failed; 2: a wrong option. */
export async function runBench(measure: () => Promise<Report>): Promise<void> {
  try {
    const { text, missed } = await measure();
    console.log(text);
    console.log(missed.length === 0 ? "\nEvery bar held." : `\nMissed:\n  ${missed.join("\n  ")}`);
    process.exitCode = missed.length === 0 ? 0 : 1;
  } catch (error) {
    console.error(error instanceof AppError ? error.message : errorFields(error));
    process.exitCode = error instanceof UsageError ? 2 : 1;
  }
}

/** The options of the command line over their defaults, all as text. Throws `bad_option` for one that does not exist. */
export function readOptions<K extends string>(
  args: readonly string[],
  defaults: Readonly<Record<K, string>>,
): Readonly<Record<K, string>> {
  const options = Object.fromEntries(Object.keys(defaults).map((name) => [name, { type: "string" } as const]));
  try {
    return { ...defaults, ...parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values };
  } catch (cause) {
    const known = Object.entries(defaults).map(([name, value]) => `--${name} ${String(value)}`);
    throw new UsageError("bad_option", `Options and their defaults: ${known.join(", ")}`, { cause });
  }
}

/** A whole number of at least 1. Throws `bad_option`. */
export function countOf(text: string, option: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new UsageError("bad_option", `--${option} must be a whole number of at least 1, not "${text}".`);
}

/** Tells on stderr how far a bench is: some run for hours. */
export function tell(line: string): void {
  console.error(`${new Date().toISOString().slice(11, 19)} ${line}`);
}
