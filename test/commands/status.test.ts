import { describe, expect, it } from "vitest";
import { renderRuns } from "../../src/commands/runs-text.ts";
import type { RunReport } from "../../src/sync/runs/report.ts";

/** A run that did not see ten rows, none of which has been decided on. */
const RUN: RunReport = {
  run: 5,
  resource: "applications",
  kind: "full",
  trigger: "schedule",
  state: "proven",
  startedAt: "2026-11-25T02:00:00.000Z",
  finishedAt: "2026-11-25T02:01:00.000Z",
  total: 590,
  pages: 13,
  rows: 590,
  inserted: 0,
  updated: 0,
  unchanged: 590,
  restored: 0,
  quarantined: 0,
  details: null,
  proof: { seen: 590, leastTotal: 590, overlapping: 0, known: 600, candidates: 10, deleted: 0, refuted: 0 },
  error: null,
};
const HELD = { code: "too_many_absent", message: "Look at them." };

describe("the runs that status shows", () => {
  it("say how many absent rows wait for the next full sync", () => {
    expect(renderRuns([RUN])).toMatch(/absent 10, .* 0 found again; 10 wait for the next full sync\.$/);
  });

  it("leave it to the run's own message where a person decides", () => {
    const text = renderRuns([{ ...RUN, state: "needs_review", error: HELD }]);
    expect(text).toMatch(/absent 10, .* 0 found again\.\nRun 5: Look at them\.$/);
  });
});
