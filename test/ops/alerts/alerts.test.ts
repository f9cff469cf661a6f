import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { FAMILIES, PREFIX } from "../../../src/ops/metrics/families.ts";
import { describeWithPrometheus, promtool } from "../../support/promtool.ts";
import { ALERTS, fileOf, mutantsOf, mutantTestsOf, rules, testsOf, TEST_FILES } from "./rules.ts";

const OPERATIONS = readFileSync(new URL("../../../docs/operations.md", import.meta.url), "utf8");
const DEPLOYED = fileURLToPath(new URL("../../../deploy/prometheus/", import.meta.url));

test("the alerts name only metrics of the table", () => {
  const named = new Set(ALERTS.match(/applicant_sync_\w+/g));
  const known = new Set(FAMILIES.map(({ name }) => PREFIX + name));
  expect([...named].filter((name) => !known.has(name))).toEqual([]);
});

test("every alert leads to its lines in the docs", () => {
  const headings = new Set([...OPERATIONS.matchAll(/^#+ (\w+)$/gm)].map(([, heading]) => heading));
  const lost = rules.filter(
    ({ text }) => !headings.has(/runbook_url: docs\/operations\.md#(\w+)$/m.exec(text)?.[1] ?? ""),
  );
  expect(lost).toEqual([]);
});

test("every alert has unit tests in which it fires, and in which it is silent", () => {
  const tested = rules.map(({ alert }) => {
    const tests = TEST_FILES.map((file) => testsOf(file, alert) ?? "").join("");
    const fires = tests.includes(`alertname: ${alert}\n        exp_alerts:\n`);
    return { alert, fires, isSilent: tests.includes(`alertname: ${alert}\n        exp_alerts: []`) };
  });
  expect(tested.filter(({ fires }) => !fires)).toEqual([]);
  expect(tested.filter(({ isSilent }) => !isSilent).map(({ alert }) => alert)).toEqual(["ApplicantSyncWatchdog"]);
  expect(rules).toHaveLength(ALERTS.match(/- alert:/g)?.length ?? 0);
});

describeWithPrometheus("the alerts", () => {
  test("pass their unit tests", () => {
    const run = promtool(["test", "rules", ...TEST_FILES.map((file) => DEPLOYED + file)]);
    expect(run).toEqual({ isClean: true, said: expect.stringContaining("SUCCESS") });
  });

  test.for(rules)(
    "$alert has no number, duration, label, matcher or severity whose change no unit test notices",
    async (rule) => {
      const { alert } = rule;
      const directory = await mkdtemp(join(tmpdir(), "applicant-sync-alerts-"));
      onTestFinished(() => rm(directory, { recursive: true }));
      const mutants = mutantsOf(rule);
      await writeFile(join(directory, "alerts.yml"), fileOf(alert, mutants));
      const tests = TEST_FILES.flatMap((file) => {
        const text = testsOf(file, alert);
        return text === null ? [] : [{ path: join(directory, file), text: mutantTestsOf(text, alert, mutants.length) }];
      });
      for (const { path, text } of tests) await writeFile(path, text);
      const { said } = promtool(["test", "rules", ...tests.map(({ path }) => path)]);
      const noticed = new Set([...said.matchAll(/alertname: (\w+), time:/g)].map(([, name]) => name));
      expect(mutants.filter((_, n) => !noticed.has(`${alert}_${n}`)).map(({ change }) => change)).toEqual([]);
      expect(mutants.length).toBeGreaterThan(0);
    },
  );
});
