import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { begin, extend, latestOffset, pageAt, type Read } from "../../src/sync/reading/coverage.ts";
import { prove } from "../../src/sync/conclusion/proof.ts";
import { advance } from "../../src/sync/reading/walk.ts";
import { newWalker, type EndedBy, type Walker } from "../../src/sync/reading/walker.ts";

const at = (offset: number, own: Partial<Read> = {}): Read => ({
  offset,
  offsetAtMost: offset,
  received: 50,
  total: 500,
  sharesRow: false,
  ...own,
});

const first = begin({ offset: 0, received: 50, total: 500 });

describe("a page joins what is covered", () => {
  it("when the list did not shrink and no row lies between", () => {
    expect(extend(first, at(50))).toMatchObject({ contiguous: true, coverage: { coveredThrough: 100, total: 500 } });
    expect(extend(first, at(50, { total: 507 })).contiguous).toBe(true);
    expect(extend(first, at(51)).contiguous).toBe(false);
  });

  it("when it goes back by as many rows as the list lost", () => {
    expect(extend(first, at(47, { total: 497 })).contiguous).toBe(true);
    expect(extend(first, at(48, { total: 497 })).contiguous).toBe(false);
  });

  it("when it shares a row, whatever the totals say", () => {
    expect(extend(first, at(90, { total: null, sharesRow: true })).contiguous).toBe(true);
  });

  it("and else only the next read goes back: by the fall and a row more", () => {
    const { coverage, contiguous } = extend(first, at(50, { total: 498 }));
    expect({ coveredThrough: coverage.coveredThrough, total: coverage.total, contiguous }).toEqual({
      coveredThrough: 50,
      total: 500,
      contiguous: false,
    });
    expect(latestOffset(coverage, { contiguous, total: 498 })).toBeLessThanOrEqual(47);
  });

  it("by a shared row alone where no total is reported, so that each read overlaps", () => {
    const silent = begin({ offset: 0, received: 50, total: null });
    expect(extend(silent, at(50, { total: null })).contiguous).toBe(false);
    expect(latestOffset(silent, { contiguous: true, total: null })).toBeLessThan(50);
  });
});

describe("the page to read next", () => {
  it("is a whole one where whole pages are enough", () => {
    expect(pageAt(100, 50, { overlapReadsLeft: 0 })).toMatchObject({ page: 3, perPage: 50 });
  });

  it("holds the wanted offset and at least some rows behind it, whatever the offset", () => {
    fc.assert(
      fc.property(
        fc.nat(1_000_000),
        fc.integer({ min: 1, max: 50 }),
        fc.nat(6),
        (offset, largest, overlapReadsLeft) => {
          const { page, perPage } = pageAt(offset, largest, { overlapReadsLeft });
          expect((page - 1) * perPage).toBeLessThanOrEqual(offset);
          expect(page * perPage).toBeGreaterThan(offset);
          expect(perPage).toBeLessThanOrEqual(largest);
        },
      ),
    );
  });
});

interface Step {
  readonly arrivals: number;
  readonly deletions: readonly number[];
}

interface Api {
  readonly tellsTotal: boolean;
  /** Whatever is asked for. */
  readonly ownPages: number | null;
}

/** A walker alone through a list that changes before each of its reads. */
function walkThrough(rows: number, steps: readonly Step[], api: Api) {
  let list = Array.from({ length: rows }, (_, i) => rows - i);
  let nextId = rows + 1;
  const atStart = [...list];
  const seen = new Set<number>();
  const joined: Set<number>[] = [];
  let walker: Walker = newWalker(0, 1);
  let before: readonly number[] = [];
  for (let read = 0; walker.endedBy === null; read += 1) {
    const { arrivals, deletions } = steps[read] ?? { arrivals: 0, deletions: [] };
    for (const index of deletions) list.splice(index % Math.max(1, list.length), 1);
    list = [...Array.from({ length: arrivals }, () => nextId++).toReversed(), ...list];
    const size = api.ownPages ?? walker.perPage;
    const offset = (walker.nextPage - 1) * size;
    const page = list.slice(offset, offset + size);
    const isNew = (id: number) => !before.includes(id);
    const step = advance(walker, {
      received: page.length,
      total: api.tellsTotal ? list.length : null,
      hasNext: offset + page.length < list.length,
      sharesRow: joined.slice(-12).some((ids) => page.some((id) => ids.has(id))),
      absorbed: false,
      joinsLater: false,
      repeatsPrevious: page.length > 0 && before.length > 0 && !page.some(isNew),
    });
    page.forEach((id) => seen.add(id));
    if (step.contiguous) joined.push(new Set(page));
    before = page;
    walker = step.walker;
  }
  const living = new Set(list);
  return { endedBy: walker.endedBy, seen, missed: atStart.filter((id) => living.has(id) && !seen.has(id)) };
}

const change = fc.record({
  arrivals: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat(8)),
  deletions: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, fc.array(fc.nat(), { maxLength: 8 })),
});
const apis = fc.record({ tellsTotal: fc.boolean(), ownPages: fc.constantFrom(null, null, 50, 20, 70) });

const QUIET: Step[] = [{ arrivals: 0, deletions: [] }];
const LOSS: Step = { arrivals: 0, deletions: [0] };

/** What random search has found once, kept: an API that gives pages of its own, seen by a page that is short. */
const FOUND: [number, Step[], Api][] = [
  [51, [...QUIET, LOSS], { tellsTotal: true, ownPages: 50 }],
  [102, [...QUIET, ...QUIET, LOSS], { tellsTotal: true, ownPages: 50 }],
  [331, [...QUIET, { arrivals: 1, deletions: [] }, ...QUIET, ...QUIET, LOSS], { tellsTotal: true, ownPages: 70 }],
];

/** The same, for a list that shrinks at its very end: short pages of our choice look like pages of another size. */
const FOUND_AT_END: [number, Step[], boolean][] = [
  [103, [...QUIET, ...QUIET, { arrivals: 5, deletions: [0, 0, 0, 0, 0, 0] }, LOSS], true],
];

describe("a walk through a list that moves", () => {
  it("that ends well has missed no row that was there all the time", () => {
    fc.assert(
      fc.property(fc.nat(600), fc.array(change, { maxLength: 60 }), apis, (rows, steps, api) => {
        const { endedBy, missed } = walkThrough(rows, steps, api);
        expect(endedBy === "end" ? missed : []).toEqual([]);
      }),
      { numRuns: 3_000, examples: FOUND },
    );
  });

  it("ends well once the list is quiet, where pages can be asked for as we like", () => {
    fc.assert(
      fc.property(fc.nat(600), fc.array(change, { maxLength: 30 }), fc.boolean(), (rows, steps, tellsTotal) => {
        const { endedBy } = walkThrough(rows, steps, { tellsTotal, ownPages: null });
        // Without a total, a list that shrinks at its very end looks like one with pages of its own.
        expect(tellsTotal ? ["end"] : ["end", "unprovable"]).toContain(endedBy);
      }),
      { numRuns: 3_000, examples: FOUND_AT_END },
    );
  });
});

describe("a run is proven", () => {
  it.each<[readonly EndedBy[], number, number | null, string]>([
    [["joined", "joined", "end"], 100, 100, "proven"],
    [["joined", "absorbed", "end"], 100, null, "proven"],
    [["end"], 99, 100, "unproven"],
    [["joined", "too-long"], 100, 100, "unproven"],
    [["joined", "unprovable"], 100, null, "unproven"],
    [["repeats"], 100, 100, "unproven"],
  ])("%j, %i seen of %s: %s", (endings, seen, length, outcome) => {
    expect(prove({ endings, knowsItsLists: true, seen, length }).outcome).toBe(outcome);
  });
});
