import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { FAMILIES, PREFIX } from "../../../src/ops/metrics/families.ts";
import { describeWithPrometheus, promtool } from "../../support/promtool.ts";
import { ALERTS, fileOf, mutantsOf, mutantTestsOf, rules, testsOf, TEST_FILES } from "./rules.ts";

const DEPLOYED = fileURLToPath(new URL("../../../deploy/prometheus/", import.meta.url));

test("the alerts name only metrics of the table", () => {
  const named = new Set(ALERTS.match(/applicant_sync_\w+/g));
  const known = new Set(FAMILIES.map(({ name }) => PREFIX + name));
  expect([...named].filter((name) => !known.has(name))).toEqual([]);
});

test("every alert has unit tests in which it fires, and in which it is silent", () => {
  for (const { alert } of rules) {
    const tests = TEST_FILES.map((file) => testsOf(file, alert) ?? "").join("");
    expect(tests, alert).toMatch(new RegExp(`alertname: ${alert}\\n +exp_alerts:\\n`));
    // The watchdog is never silent.
    if (alert !== "ApplicantSyncWatchdog")
      expect(tests, alert).toMatch(new RegExp(`alertname: ${alert}\\n +exp_alerts: \\[\\]`));
  }
  expect(rules).toHaveLength(ALERTS.match(/- alert:/g)?.length ?? 0);
});

describeWithPrometheus("the alerts", () => {
  test("pass their unit tests", () => {
    const { isClean, said } = promtool(["test", "rules", ...TEST_FILES.map((file) => DEPLOYED + file)]);
    expect(isClean, said).toBe(true);
  });

  test("have no number, duration, label, matcher or severity that could be changed without a unit test that fails", async () => {
    const directory = await mkdtemp(join(tmpdir(), "applicant-sync-alerts-"));
    onTestFinished(() => rm(directory, { recursive: true }));
    const mutants = rules.map((rule) => ({ ...rule, mutants: mutantsOf(rule) }));
    expect(mutants.flatMap((rule) => rule.mutants).length).toBeGreaterThan(180);
    const files = mutants.map(async ({ alert, mutants: some }) => {
      const own = join(directory, alert);
      await mkdir(own);
      await writeFile(join(own, "alerts.yml"), fileOf(alert, some));
      const paths = TEST_FILES.map(async (file) => {
        const tests = testsOf(file, alert);
        if (tests === null) return [];
        await writeFile(join(own, file), mutantTestsOf(tests, alert, some.length));
        return [join(own, file)];
      });
      return (await Promise.all(paths)).flat();
    });
    const { said } = promtool(["test", "rules", ...(await Promise.all(files)).flat()]);
    const noticed = new Set([...said.matchAll(/alertname: (\w+), time:/g)].map(([, name = ""]) => name));
    const unnoticed = mutants.flatMap(({ alert, mutants: some }) =>
      some.filter((_, n) => !noticed.has(`${alert}_${n}`)),
    );
    expect(unnoticed.map(({ change }) => change)).toEqual([]);
  });
});
