import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { FAMILIES, PREFIX } from "../../../src/ops/metrics/families.ts";
import { CONDITIONS } from "../../../src/ops/state/conditions.ts";
import { describeWithPrometheus, promtool } from "../../support/promtool.ts";
import { ALERTS, fileOf, mutantsOf, mutantTestOf, rules, testsOf, TEST_FILES } from "./rules.ts";

const CONDITIONS_PAGE = readFileSync(new URL("../../../docs/conditions.md", import.meta.url), "utf8");
const DEPLOYED = fileURLToPath(new URL("../../../deploy/prometheus/", import.meta.url));

test("the alerts name only metrics and conditions of the tables, and have each a name of their own", () => {
  const named = new Set(ALERTS.match(/applicant_sync_\w+/g));
  const known = new Set(FAMILIES.map(({ name }) => PREFIX + name));
  expect([...named].filter((name) => !known.has(name))).toEqual([]);
  const codes = [...ALERTS.matchAll(/\bcode="(\w+)"/g)].map(([, code = ""]) => code);
  expect(codes.filter((code) => !Object.hasOwn(CONDITIONS, code))).toEqual([]);
  expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
});

test("every alert leads to its lines in the docs", () => {
  const headings = new Set([...CONDITIONS_PAGE.matchAll(/^#+ (\w+)$/gm)].map(([, heading]) => heading));
  const lost = rules.filter(
    ({ text }) => !headings.has(/runbook_url: docs\/conditions\.md#(\w+)$/m.exec(text)?.[1] ?? ""),
  );
  expect(lost).toEqual([]);
});

test("every alert has unit tests in which it fires, and in which it is silent", () => {
  const tested = rules.map(({ alert }) => {
    const tests = testsOf(alert).join("");
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
      const [alerts, tests] = [join(directory, "alerts.yml"), join(directory, "alerts.test.yml")];
      let unnoticed = mutants;
      // What one test notices, the next need not try: hours of it are computed for each mutant.
      for (const unitTest of testsOf(alert)) {
        if (unnoticed.length === 0) break;
        await writeFile(alerts, fileOf(alert, unnoticed));
        await writeFile(tests, mutantTestOf(unitTest, alert, unnoticed.length));
        const { said } = promtool(["test", "rules", tests]);
        const noticed = new Set([...said.matchAll(/alertname: (\w+), time:/g)].map(([, name]) => name));
        unnoticed = unnoticed.filter((_, n) => !noticed.has(`${alert}_${n}`));
      }
      expect(unnoticed.map(({ change }) => change)).toEqual([]);
      expect(mutants.length).toBeGreaterThan(0);
    },
  );
});
