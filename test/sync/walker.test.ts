import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { advance as step } from "../../src/sync/reading/walk.ts";
import { newWalker, segmentStarts, type PageFacts, type Walker } from "../../src/sync/reading/walker.ts";

const advance = (walker: Walker, facts: PageFacts) => step(walker, facts).walker;

const facts = (own: Partial<PageFacts> = {}): PageFacts => ({
  received: 50,
  total: 3_000,
  hasNext: true,
  sharesRow: false,
  absorbed: false,
  joinsLater: false,
  repeatsPrevious: false,
  ...own,
});

describe("a walker", () => {
  it("reads the next page after each answer and remembers how long the list is", () => {
    expect(advance(newWalker(0, 1), facts())).toMatchObject({ step: 1, nextPage: 2, total: 3_000, endedBy: null });
  });

  it("keeps the last total that was reported when an answer has none", () => {
    expect(advance(advance(newWalker(0, 1), facts()), facts({ total: null })).total).toBe(3_000);
  });

  it("ends at the end of the list", () => {
    expect(advance(newWalker(0, 60), facts({ hasNext: false })).endedBy).toBe("end");
  });

  it("ends where it meets what a later walker has covered, also at the end of the list", () => {
    expect(advance(newWalker(0, 15), facts({ joinsLater: true, hasNext: false })).endedBy).toBe("joined");
  });

  it("leaves its segment to an earlier walker that is in it already", () => {
    expect(advance(newWalker(2, 11), facts({ absorbed: true, joinsLater: true })).endedBy).toBe("absorbed");
  });

  it("goes on after a page that many insertions pushed towards it, and gives up on a list that only repeats", () => {
    const once = advance(newWalker(0, 1), facts({ repeatsPrevious: true }));
    expect(once.endedBy).toBeNull();
    expect(advance(once, facts()).repeats).toBe(0);
    const thrice = advance(advance(once, facts({ repeatsPrevious: true })), facts({ repeatsPrevious: true }));
    expect(thrice.endedBy).toBe("repeats");
  });

  it("gives up on a list that goes on past twice its announced length", () => {
    const far = { ...newWalker(0, 1), step: 219, total: 3_000 };
    expect(advance(far, facts()).endedBy).toBe("too-long");
    expect(advance({ ...far, step: 218 }, facts()).endedBy).toBeNull();
  });
});

describe("the segments of a list", () => {
  const slotMs = 505;

  it("are one where an answer needs less than a slot, or was never timed", () => {
    expect(segmentStarts({ total: 3_000, pageSize: 50, latencyMs: 300, slotMs })).toEqual([]);
    expect(segmentStarts({ total: 3_000, pageSize: 50, latencyMs: null, slotMs })).toEqual([]);
  });

  it("are as many as answers fit beside each other in the quota, at most four", () => {
    expect(segmentStarts({ total: 3_000, pageSize: 50, latencyMs: 600, slotMs })).toEqual([31]);
    expect(segmentStarts({ total: 3_000, pageSize: 50, latencyMs: 2_000, slotMs })).toEqual([16, 31, 46]);
    expect(segmentStarts({ total: 3_000, pageSize: 50, latencyMs: 9_000, slotMs })).toHaveLength(3);
  });

  it("follow the page size that the API really gives", () => {
    expect(segmentStarts({ total: 3_000, pageSize: 10, latencyMs: 600, slotMs })).toEqual([151]);
  });

  it("are one where no total is reported", () => {
    expect(segmentStarts({ total: null, pageSize: 50, latencyMs: 9_000, slotMs })).toEqual([]);
  });

  it("begin at rising pages inside the list, none shorter than is worth its stitch", () => {
    const lists = fc.record({
      total: fc.nat(1_000_000),
      pageSize: fc.integer({ min: 1, max: 50 }),
      latencyMs: fc.option(fc.nat(60_000)),
      slotMs: fc.integer({ min: 1, max: 60_000 }),
    });
    fc.assert(
      fc.property(lists, (list) => {
        const pages = Math.ceil(list.total / list.pageSize);
        const bounds = [1, ...segmentStarts(list), pages + 1];
        const lengths = bounds.slice(1).map((bound, i) => bound - (bounds[i] ?? 0));
        expect(bounds.length - 1).toBeLessThanOrEqual(4);
        expect(Math.min(...lengths)).toBeGreaterThanOrEqual(Math.min(4, pages));
      }),
    );
  });
});
