import { describe, expect, it } from "vitest";
import { renderReview } from "../../src/commands/review.ts";

const HELD = {
  run: 12,
  resource: "applications",
  startedAt: "2026-11-25T02:00:00.000Z",
  absent: 90,
  known: 2_990,
  examples: ["103", "102"],
};

describe("review", () => {
  it("says how much is absent, with examples, and how to decide", () => {
    const text = renderReview([HELD]);
    expect(text).toMatch(/12 +applications .* 90 +2990 +103, 102/);
    expect(text).toMatch(/--accept RUN .* --reject RUN/s);
  });

  it("says that nothing waits", () => {
    expect(renderReview([])).toBe("Nothing waits for a decision.");
  });

  it("says that an accepted run continues, and what it needs", () => {
    expect(renderReview([], { accept: 12 })).toMatch(/^Run 12 continues: .*applicant-sync start.*\nNothing else waits/);
  });

  it("says that a rejected run has ended, and which others wait", () => {
    expect(renderReview([HELD], { reject: 14 })).toMatch(
      /^Run 14 has ended: all its rows are kept\.\nrun .*\n.*12 .* 90 /,
    );
  });
});
