import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Pace } from "../../src/process/wiring.ts";

const CLI = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));
const WORKER = fileURLToPath(new URL("./worker-process.mjs", import.meta.url));

export interface Ended {
  /** Null where a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A process of the program. */
export interface Cli {
  readonly pid: number;
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly isRunning: () => boolean;
  /** Does nothing to a process that has ended. */
  readonly kill: (signal: NodeJS.Signals) => void;
  readonly ended: Promise<Ended>;
}

type Env = Readonly<Record<string, string>>;

/** The program as a user runs it. */
export function startCli(args: readonly string[], env: Env, directory: string): Cli {
  return startProcess(process.execPath, [CLI, ...args], env, directory);
}

/** `applicant-sync start`, at another pace. */
export function startWorkerProcess(pace: Pace, env: Env, directory: string): Cli {
  return startProcess(process.execPath, [WORKER, JSON.stringify(pace)], env, directory);
}

/** The program as `npm start` or `npx` runs it, in `directory`. */
export async function startByNpm(by: "npm start" | "npx", args: readonly string[], directory: string) {
  const start = [process.execPath, CLI, ...args].map((word) => JSON.stringify(word)).join(" ");
  await writeFile(join(directory, "package.json"), JSON.stringify({ scripts: { start } }));
  return by === "npx"
    ? startProcess("npx", ["--no", "--call", start], {}, directory)
    : startProcess("npm", ["start"], {}, directory);
}

/**
 * Starts a program in `directory` with nothing in its environment but `env` and what a shell needs. Needs `npm run build`, which
 * `npm test` does first.
 */
function startProcess(program: string, args: readonly string[], env: Env, directory: string): Cli {
  const { PATH = "", HOME = "" } = process.env;
  const child = spawn(program, args, {
    cwd: directory,
    env: { PATH, HOME, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const isRunning = () => child.exitCode === null && child.signalCode === null;
  return {
    pid: child.pid ?? 0,
    stdout: () => stdout,
    stderr: () => stderr,
    isRunning,
    kill: (signal) => void (isRunning() && child.kill(signal)),
    ended: once(child, "close").then(() => ({ code: child.exitCode, signal: child.signalCode, stdout, stderr })),
  };
}
