import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { AppError, UsageError } from "../../../src/platform/errors.ts";
import type { Lifecycle } from "../../../src/platform/lifecycle.ts";
import { openDirectory } from "./services.ts";

const CLI = resolve("dist/cli.js");
const LAST_WORDS = 2_000;
const STOP_MS = 30_000;

/** `applicant-sync` in a process of its own, as a user runs it. */
export interface Product {
  readonly pid: number;
  /** Resolves with what `read` finds in the output. Rejects where the process ends before. */
  readonly said: <T>(read: (output: string) => T | null) => Promise<T>;
  /** Rejects with `product_ended` as soon as the process ends, until it is stopped. Never resolves. */
  readonly failure: Promise<never>;
}

/** Starts the product with nothing in its environment but `env` and what a shell needs, and stops it at the end. */
export async function openProduct(
  parts: Lifecycle,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Product> {
  const { PATH = "", HOME = "" } = process.env;
  // A directory of its own: a developer's .env must not be read.
  const cwd = await openDirectory(parts);
  const child = spawn(process.execPath, [CLI, ...args], { cwd, env: { PATH, HOME, ...env } });
  const ended = once(child, "close");
  let stopping = false;
  let output = "";
  let notify = () => {};
  const listen = (text: string) => {
    output = (output + text).slice(-LAST_WORDS);
    notify();
  };
  child.stdout.setEncoding("utf8").on("data", listen);
  child.stderr.setEncoding("utf8").on("data", listen);
  const failure = new Promise<never>((_, reject) => {
    child.once("close", () => {
      if (!stopping) reject(new AppError("product_ended", `applicant-sync ${args.join(" ")} ended:\n${output}`));
    });
  });
  failure.catch(() => {});
  parts.add(`applicant-sync ${args[0]}`, () => ((stopping = true), stop(child, ended)), { timeoutMs: STOP_MS });

  return {
    pid: child.pid ?? 0,
    failure,
    said: (read) => {
      const found = new Promise<NonNullable<ReturnType<typeof read>>>((done) => {
        notify = () => {
          const value = read(output);
          if (value !== null && value !== undefined) done(value);
        };
        notify();
      });
      return Promise.race([found, failure]);
    },
  };
}

async function stop(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  child.kill("SIGTERM");
  await ended;
}

/** The most memory a process has held at once, in bytes: `VmHWM`, which Linux alone tells. */
export async function peakMemory(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  if (kilobytes === undefined) throw new UsageError("no_proc", "Only Linux tells the peak memory of a process.");
  return Number(kilobytes) * 1024;
}
