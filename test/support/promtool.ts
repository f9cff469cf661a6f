import { spawnSync } from "node:child_process";
import { describe } from "vitest";
import { noteOn, prometheusInstalled } from "./installed.ts";

/** Declares tests that need Prometheus and its `promtool`: skipped, by name, without them. */
export function describeWithPrometheus(name: string, declare: () => void): void {
  const isInstalled = prometheusInstalled();
  describe.skipIf(!isInstalled)(`${name}${noteOn("prometheus", isInstalled)}`, declare);
}

/** Runs `promtool`. Returns whether it was content, and everything that it said. */
export function promtool(args: readonly string[], input = ""): { readonly isClean: boolean; readonly said: string } {
  // Its default takes 30% of its time for collecting garbage.
  const env = { ...process.env, GOGC: "400" };
  const options = { env, input, encoding: "utf8", maxBuffer: 100_000_000 } as const;
  const { status, stdout, stderr } = spawnSync("promtool", args, options);
  return { isClean: status === 0, said: stdout + stderr };
}
