import type { EventEmitter } from "node:events";
import fs from "node:fs";
import { main } from "../../src/commands/program.ts";
import type { Ended } from "./cli.ts";

type Text = string | Uint8Array;

const STDERR = 2;

/** Commands run one after another: each has what a process has only once. */
let last: Promise<unknown> = Promise.resolve();

/**
 * Runs the program in this process and otherwise as `startCli` does: in `directory`, with nothing in its environment but
 * `env`. A process of its own costs two seconds of CPU, so this is for tests whose subject is neither a process nor a signal.
 */
export function runProgram(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  directory: string,
): Promise<Ended> {
  const ended = last.then(() => runAlone(args, env, directory));
  last = ended.catch(() => undefined);
  return ended;
}

async function runAlone(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  directory: string,
): Promise<Ended> {
  const { argv, exitCode, stdout, stderr } = process;
  const outer = { ...process.env };
  const { PATH = "", HOME = "" } = outer;
  const cwd = process.cwd();
  const { writeSync } = fs;
  const writes = [stdout.write, stderr.write] as const;
  const forget = [
    ...["SIGHUP", "SIGINT", "SIGTERM"].map((name) => listenersOf(process, name)),
    listenersOf(stdout, "error"),
  ];
  const said = { stdout: "", stderr: "" };
  const keep = (name: keyof typeof said, text: Text): true => {
    said[name] += typeof text === "string" ? text : Buffer.from(text).toString();
    return true;
  };
  process.chdir(directory);
  replaceEnvironment({ PATH, HOME, ...env });
  Object.assign(process, { argv: [...argv.slice(0, 2), ...args], exitCode: undefined });
  stdout.write = (text: string | Uint8Array) => keep("stdout", text);
  stderr.write = (text: Text) => keep("stderr", text);
  // The log is written to the descriptor itself.
  Object.assign(fs, {
    writeSync: (...all: Parameters<typeof writeSync>) => {
      const [file, text] = all;
      if (file !== STDERR || ArrayBuffer.isView(text)) return writeSync(...all);
      return keep("stderr", text) && Buffer.byteLength(text);
    },
  });
  try {
    await main();
    return { code: Number(process.exitCode ?? 0), signal: null, ...said };
  } finally {
    Object.assign(fs, { writeSync });
    [stdout.write, stderr.write] = writes;
    replaceEnvironment(outer);
    Object.assign(process, { argv, exitCode });
    process.chdir(cwd);
    for (const listeners of forget) listeners();
  }
}

/** Changes the variables of the process itself, and with TZ its time zone. */
function replaceEnvironment(env: Readonly<Record<string, string | undefined>>): void {
  for (const name of Object.keys(process.env)) if (env[name] === undefined) Reflect.deleteProperty(process.env, name);
  Object.assign(process.env, env);
}

/** Returns what removes the listeners that have been added since. */
function listenersOf(emitter: EventEmitter, name: string): () => void {
  const before = new Set(emitter.listeners(name));
  return () => {
    const added = emitter.listeners(name).filter((one) => !before.has(one));
    for (const one of added) Reflect.apply(emitter.off, emitter, [name, one]);
  };
}
