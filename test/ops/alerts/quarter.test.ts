import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { describeWithPrometheus, promtool } from "../../support/promtool.ts";
import { END, QUARTER } from "../quarter.ts";
import { quarterSeries, secondsOf } from "./quarter-series.ts";

const HOUR_S = 3_600;
/** An alert that fires now and did not an hour ago. */
const BEGINNING = 'ALERTS{alertstate="firing"} unless ALERTS{alertstate="firing"} offset 1h';

/** How often each alert is to begin in the quarter, with its resource. Whatever is not here must not fire. */
const EXPECTED: Readonly<Record<string, number>> = {
  // The night and the first of the three nights without an API; an API that refuses access has an alert of its own.
  "MirrorLate campaigns": 2,
  "MirrorLate applications": 2,
  "MirrorLate managers": 2,
  // The second of the three nights, which has no schedule for managers.
  "MirrorOverdue campaigns": 1,
  "MirrorOverdue applications": 1,
  "MirrorUnproven campaigns": 1,
  "MirrorUnproven applications": 1,
  "MirrorUnproven managers": 1,
  "ReviewWaiting applications": 1,
  WorkerAbsent: 1,
  AccessRefused: 1,
  Watchdog: 1,
};

/** A time of a night, from when campaigns are due. */
function at(night: number, hours: number): string {
  const due = QUARTER[night - 2]?.runs[0]?.dueAt;
  if (due === undefined) throw new Error(`No run in the night before ${night}.`);
  return `${(secondsOf(due) + (24 + hours) * HOUR_S) / 60}m`;
}

/** When an alert is to have begun, at the latest, and before what it must not. */
const BOUNDS = [
  { alert: "MirrorLate", resource: "campaigns", before: at(10, 6), by: at(10, 8) },
  { alert: "MirrorOverdue", resource: "campaigns", before: at(26, 6), by: at(26, 8) },
  { alert: "MirrorUnproven", resource: "campaigns", before: at(42, 6), by: at(42, 8) },
  { alert: "ReviewWaiting", resource: "applications", before: at(52, 0), by: at(52, 2) },
  { alert: "WorkerAbsent", resource: null, before: at(70, -4), by: at(70, -3) },
  { alert: "AccessRefused", resource: null, before: at(80, 0), by: at(80, 2) },
] as const;

describeWithPrometheus("the alerts over a quarter of nights with planted faults", () => {
  test("tell each fault once and within its bound, and nothing else", async () => {
    const directory = await mkdtemp(join(tmpdir(), "applicant-sync-quarter-"));
    onTestFinished(() => rm(directory, { recursive: true }));
    const promql_expr_test = [
      {
        expr: "sum by (alertname, resource) (count_over_time(beginning[91d]))",
        eval_time: `${secondsOf(END)}s`,
        exp_samples: Object.entries(EXPECTED).map(([name, value]) => {
          const [alert = "", resource] = name.split(" ");
          const labels = [`alertname="ApplicantSync${alert}"`, ...(resource ? [`resource="${resource}"`] : [])];
          return { labels: `{${labels.join(", ")}}`, value };
        }),
      },
      ...BOUNDS.flatMap(({ alert, resource, before, by }) => {
        const own = `alertname="ApplicantSync${alert}", ${resource === null ? "" : `resource="${resource}", `}`;
        const expr = `count(ALERTS{${own}alertstate="firing"})`;
        return [
          { expr, eval_time: before, exp_samples: [] },
          { expr, eval_time: by, exp_samples: [{ labels: "{}", value: 1 }] },
        ];
      }),
    ];
    const beginnings = join(directory, "beginnings.json");
    const rules = [{ record: "beginning", expr: BEGINNING }];
    await writeFile(beginnings, JSON.stringify({ groups: [{ name: "beginnings", rules }] }));
    const tests = {
      rule_files: [fileURLToPath(new URL("../../../deploy/prometheus/alerts.yml", import.meta.url)), beginnings],
      group_eval_order: ["applicant-sync", "beginnings"],
      evaluation_interval: "1h",
      tests: [{ interval: "1h", input_series: quarterSeries(), promql_expr_test }],
    };
    const file = join(directory, "quarter.json");
    await writeFile(file, JSON.stringify(tests));
    const run = promtool(["test", "rules", file]);
    expect(run).toEqual({ isClean: true, said: expect.stringContaining("SUCCESS") });
  });
});
