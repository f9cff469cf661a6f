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
  const { status, stdout, stderr } = spawnSync("promtool", args, { input, encoding: "utf8", maxBuffer: 100_000_000 });
  return { isClean: status === 0, said: stdout + stderr };
}
