import { spawn } from "node:child_process";
import type { ServerAccount } from "./account.ts";

export interface ToolOptions {
  readonly account: ServerAccount | null;
  readonly cwd: string;
  /** Leaves the tool's output alone: a pipe that the server inherits on Windows would never close. */
  readonly discardOutput?: boolean;
  /** Ends the tool when aborted. */
  readonly signal?: AbortSignal | undefined;
}

export interface ToolResult {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly output: string;
}

/**
 * Runs one of Postgres' programs under the server's account. Rejects with the system's error (`ENOENT`, `EACCES`, `EPERM`)
 * if it cannot be started; a failure of the program is a result.
 */
export function runTool(file: string, args: readonly string[], options: ToolOptions): Promise<ToolResult> {
  return new Promise((resolve, reject) => {
    const output: string[] = [];
    const child = spawn(file, args, {
      cwd: options.cwd,
      // A process group of its own: Ctrl-C in our terminal must not reach the server, which we stop ourselves.
      detached: true,
      windowsHide: true,
      stdio: ["ignore", options.discardOutput ? "ignore" : "pipe", options.discardOutput ? "ignore" : "pipe"],
      ...(options.account && { uid: options.account.uid, gid: options.account.gid }),
      // The server gets neither our secrets nor the user's PG* variables. Windows needs its own variables.
      ...(process.platform !== "win32" && { env: { PATH: "/usr/local/bin:/usr/bin:/bin", LC_ALL: "C" } }),
    });
    child.stdout?.setEncoding("utf8").on("data", (text: string) => output.push(text));
    child.stderr?.setEncoding("utf8").on("data", (text: string) => output.push(text));
    const end = () => child.kill();
    options.signal?.addEventListener("abort", end, { once: true });
    child.once("error", reject);
    child.once("close", (code) => {
      options.signal?.removeEventListener("abort", end);
      resolve({ code, output: output.join("").trim() });
    });
  });
}
