import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { freePort } from "../../../src/database/embedded/port.ts";
import { describeWithPrometheus } from "../../support/promtool.ts";
import { waitFor } from "../../support/wait-for.ts";
import { openWorld } from "../../support/world.ts";
import { serveMetrics } from "./support.ts";

const TOKEN = "metrics-token-of-the-tests";

const Targets = z.object({
  data: z.object({ activeTargets: z.array(z.object({ health: z.string(), lastError: z.string() })) }),
});
const Alerts = z.object({
  data: z.object({ alerts: z.array(z.object({ state: z.string(), labels: z.record(z.string(), z.string()) })) }),
});

/** A Prometheus with the deployed rules, of which every wait is shortened, that scrapes a worker. Ended with the test. */
async function startPrometheus(target: string) {
  const directory = await mkdtemp(join(tmpdir(), "applicant-sync-prometheus-"));
  const rules = await readFile(new URL("../../../deploy/prometheus/alerts.yml", import.meta.url), "utf8");
  await writeFile(join(directory, "alerts.yml"), rules.replaceAll(/^( +(?:keep_firing_)?for:) \S+$/gm, "$1 1s"));
  await writeFile(join(directory, "token"), TOKEN);
  const config = {
    global: { scrape_interval: "1s", evaluation_interval: "1s" },
    rule_files: ["alerts.yml"],
    scrape_configs: [
      {
        job_name: "applicant-sync",
        authorization: { credentials_file: "token" },
        static_configs: [{ targets: [new URL(target).host] }],
      },
    ],
  };
  await writeFile(join(directory, "prometheus.json"), JSON.stringify(config));
  const address = `127.0.0.1:${await freePort()}`;
  const args = [
    `--config.file=${join(directory, "prometheus.json")}`,
    `--storage.tsdb.path=${join(directory, "data")}`,
    `--web.listen-address=${address}`,
  ];
  const prometheus = spawn("prometheus", args, { stdio: "ignore" });
  const ended = once(prometheus, "exit");
  onTestFinished(async () => {
    prometheus.kill("SIGTERM");
    await ended;
    await rm(directory, { recursive: true });
  });
  return async (path: string): Promise<unknown> =>
    fetch(`http://${address}/api/v1/${path}`).then(
      (answer) => (answer.ok ? answer.json() : null),
      () => null,
    );
}

describeWithPrometheus("Prometheus with the deployed alerts", () => {
  test(
    "scrapes a worker; an alert fires for its account, and resolves when the reason is gone",
    { timeout: 120_000 },
    async () => {
      const world = await openWorld();
      const ask = await startPrometheus(await serveMetrics(world, { METRICS_TOKEN: TOKEN }));
      const firing = async () => {
        const { success, data } = Alerts.safeParse(await ask("alerts"));
        if (!success) return null;
        const own = data.data.alerts.filter(({ state }) => state === "firing");
        return own.map(({ labels }) => `${labels["alertname"]} ${labels["account"] ?? ""}`.trim()).toSorted();
      };
      const waitForAlerts = (expected: readonly string[]) =>
        waitFor(expected.join(", "), async () => (await firing())?.join() === expected.join());

      await waitFor("a target that is up", async () => {
        const { success, data } = Targets.safeParse(await ask("targets"));
        return success && data.data.activeTargets.some(({ health }) => health === "up");
      });
      await waitForAlerts(["ApplicantSyncWatchdog"]);
      expect(await world.run(["imports", "hold", "--all"])).toMatchObject({ code: 0 });
      await waitForAlerts([`ApplicantSyncImportsHeld ${world.account}`, "ApplicantSyncWatchdog"]);
      expect(await world.run(["imports", "release", "--all"])).toMatchObject({ code: 0 });
      await waitForAlerts(["ApplicantSyncWatchdog"]);
      expect(await firing()).toEqual(["ApplicantSyncWatchdog"]);
    },
  );
});
