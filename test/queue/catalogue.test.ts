import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { backoffMs, catalogue, payloads, PRIORITY } from "../../src/queue/catalogue.ts";

describe("the catalogue of jobs", () => {
  it("gives every kind a priority, since a job without one would go before a write", () => {
    expect(Object.values(PRIORITY)).toEqual([1, 2, 3, 4, 5]);
    expect(catalogue.page.priority({ run: 1, walker: 0, step: 0, urgency: "full" })).toBe(PRIORITY.full);
    expect(catalogue.page.priority({ run: 1, walker: 0, step: 0, urgency: "person" })).toBe(PRIORITY.person);
  });

  it("puts writes before reads, and what somebody waits for before what nobody does", () => {
    const page = { run: 1, walker: 0, step: 0 };
    const write = { import: 1, turn: 0 };
    expect([
      catalogue.deliver.priority({ ...write, bulk: false }),
      catalogue.deliver.priority({ ...write, bulk: true }),
      catalogue.page.priority({ ...page, urgency: "person" }),
      catalogue.page.priority({ ...page, urgency: "incremental" }),
      catalogue.page.priority({ ...page, urgency: "full" }),
    ]).toEqual([1, 2, 3, 4, 5]);
    const one = { run: 1, id: "7" };
    for (const urgency of ["person", "incremental"] as const) {
      expect(catalogue.confirm.priority({ ...one, controlRow: false, urgency })).toBe(PRIORITY[urgency]);
      expect(catalogue.detail.priority({ ...one, urgency })).toBe(PRIORITY[urgency]);
    }
    const ofOlderVersion = payloads.detail.parse(one);
    expect(catalogue.detail.priority(ofOlderVersion)).toBe(PRIORITY.incremental);
  });

  it("lets only ids and names into a payload", () => {
    expect(payloads.confirm.safeParse({ run: 1, id: "lea@example.com", controlRow: false }).success).toBe(false);
    expect(payloads.page.parse({ run: 1, walker: 4, step: 2, urgency: "person", email: "lea@example.com" })).toEqual({
      run: 1,
      walker: 4,
      step: 2,
      urgency: "person",
    });
  });

  it("knows one step of one walker by one job id, without a colon", () => {
    expect(catalogue.page.jobId({ run: 12, walker: 4, step: 3, urgency: "person" })).toBe("page-12-4-3");
  });
});

describe("the wait before the next attempt", () => {
  it("doubles from one second to two minutes, half of it drawn by lot", () => {
    expect([1, 2, 3, 8, 20].map((attempt) => backoffMs(attempt, 0, () => 0))).toEqual([
      500, 1_000, 2_000, 60_000, 60_000,
    ]);
    expect([1, 2, 3, 8, 20].map((attempt) => backoffMs(attempt, 0, () => 1))).toEqual([
      1_000, 2_000, 4_000, 120_000, 120_000,
    ]);
  });

  it("is never less than the server asked for", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.nat(600_000),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (attempt, floor, lot) => {
          expect(backoffMs(attempt, floor, () => lot)).toBeGreaterThanOrEqual(floor);
        },
      ),
    );
  });
});
