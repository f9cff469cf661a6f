import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Pagination } from "../../src/api/answer/pagination.ts";
import { readList, type Answering } from "../support/lying-list.ts";

/** How an API sizes its pages: as asked for, at most so many, or always so many. */
type Sizes = { readonly most: number } | { readonly always: number };
/** What it does to one request instead of answering it; `first` gives page 1, `previous` the page before. */
type Slip = "none" | "empty" | "first" | "previous";
/** How it fills a member of its header: left out, true, or false in some way. */
type Word = "absent" | "true" | "zero" | "one" | "less" | "more" | "huge" | "page" | "random" | "flag";

interface Api {
  readonly rows: number;
  readonly sizes: Sizes;
  /** Slips by request; none beyond. */
  readonly slips: readonly Slip[];
  /** From this request on every answer is the first page. */
  readonly stuckFrom: number;
  readonly words: readonly [Word, Word, Word, Word];
  /** Of the random words, by request. */
  readonly numbers: readonly number[];
  /** Before which requests how many rows arrive at the head, or are deleted from it. */
  readonly changes: readonly { readonly arrivals: number; readonly deletions: readonly number[] }[];
}

const SPARE = 110;
const TRUTH: Api["words"] = ["true", "true", "true", "true"];

function run(api: Api, latencyMs: number | null = null) {
  let list = Array.from({ length: api.rows }, (_, i) => api.rows - i);
  let nextId = api.rows + 1;
  let most = list.length;
  const atStart = [...list];
  // In a list that moves, neither rows of another page nor a total that changes at will can be distinguished from the truth.
  const misleads =
    api.stuckFrom < Infinity ||
    api.slips.some((slip) => slip === "first" || slip === "previous") ||
    api.words.some((word) => word === "random" || word === "page");
  const answer: Answering = (page, perPage, read) => {
    const { arrivals = 0, deletions = [] } = misleads ? {} : (api.changes[read] ?? {});
    for (const index of deletions) list.splice(index % Math.max(1, list.length), 1);
    list = [...Array.from({ length: arrivals }, () => nextId++).toReversed(), ...list];
    most = Math.max(most, list.length);
    const size = "always" in api.sizes ? api.sizes.always : Math.min(perPage, api.sizes.most);
    const slip = read >= api.stuckFrom ? "first" : slipOf(api, size, read);
    const served = slip === "first" ? 1 : slip === "previous" ? Math.max(1, page - 1) : page;
    const items = slip === "empty" ? [] : list.slice((served - 1) * size, served * size);
    return { items, pagination: headerOf(api, { page, size, total: list.length, read }) };
  };
  const held = atStart.length;
  const result = readList(answer, held, latencyMs);
  const living = new Set(list);
  const size = "always" in api.sizes ? api.sizes.always : Math.min(50, api.sizes.most);
  return {
    ...result,
    ideal: Math.ceil(most / size) + 1,
    missed: atStart.filter((id) => living.has(id) && !result.saw(id)),
  };
}

/**
 * Empty pages that nobody could tell from the end are no slips: any of an API that gives a row or two at a time, and a first
 * page that is empty twice.
 */
function slipOf({ slips }: Api, size: number, read: number): Slip {
  const slip = slips[read] ?? "none";
  return slip === "empty" && (size < 3 || (read > 0 && slips[read - 1] === "empty")) ? "none" : slip;
}

function headerOf(
  { words, numbers }: Api,
  { page, size, total, read }: { page: number; size: number; total: number; read: number },
): Pagination | null {
  const pages = Math.ceil(total / size);
  const truth = [total, page, page < pages ? page + 1 : null, pages];
  const [all, current, next, last] = words.map((word, i) => {
    const value = truth[i] ?? null;
    const values: Record<Word, number | true | null> = {
      absent: null,
      true: value,
      zero: 0,
      one: 1,
      less: value === null ? null : Math.max(0, value - 1 - (numbers[0] ?? 0)),
      more: (value ?? 0) + 1 + (numbers[0] ?? 0),
      huge: 2 ** 31 - 1,
      page,
      random: numbers[read % Math.max(1, numbers.length)] ?? 0,
      flag: page >= pages ? true : null,
    };
    return values[word];
  });
  const number = (value: number | true | null | undefined) => (typeof value === "number" ? value : null);
  const header = {
    total: number(all),
    currentPage: number(current),
    nextPage: number(next),
    lastPage: last ?? null,
  };
  return Object.values(header).every((value) => value === null) ? null : header;
}

const word = fc.constantFrom<Word>(
  ...(["absent", "absent", "true", "true", "zero", "one", "less", "more", "huge", "page", "random", "flag"] as const),
);
const apis: fc.Arbitrary<Api> = fc.record({
  rows: fc.oneof(fc.constantFrom(0, 1, 2, 3, 49, 50, 51, 60, 99, 100, 101), fc.nat(330)),
  sizes: fc.oneof(
    { weight: 3, arbitrary: fc.constant({ most: 50 }) },
    { weight: 1, arbitrary: fc.constantFrom(1, 2, 3, 20, 45).map((most) => ({ most })) },
    { weight: 1, arbitrary: fc.constantFrom(1, 2, 3, 20, 50, 100).map((always) => ({ always })) },
  ),
  slips: fc.oneof(
    { weight: 2, arbitrary: fc.constant([]) },
    fc.array(fc.constantFrom<Slip>("none", "none", "none", "empty", "first", "previous"), { maxLength: 14 }),
  ),
  stuckFrom: fc.oneof({ weight: 3, arbitrary: fc.constant(Infinity) }, fc.nat(8)),
  words: fc.oneof(
    fc.constantFrom<Api["words"]>(TRUTH, ["absent", "absent", "absent", "absent"], ["true", "true", "true", "flag"]),
    fc.tuple(word, word, word, word),
  ),
  numbers: fc.array(fc.nat(400), { minLength: 1, maxLength: 10 }),
  changes: fc.oneof(
    { weight: 2, arbitrary: fc.constant([]) },
    fc.array(
      fc.record({
        arrivals: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat(4)),
        deletions: fc.oneof(
          { weight: 3, arbitrary: fc.constant([]) },
          fc.array(fc.nat(), { minLength: 1, maxLength: 4 }),
        ),
      }),
      { maxLength: 12 },
    ),
  ),
});

/** Lies that once passed for a proof. */
const LIES: readonly Pick<Api, "rows" | "sizes" | "words" | "changes">[] = [
  {
    rows: 101,
    sizes: { always: 20 },
    words: ["absent", "absent", "zero", "absent"],
    changes: changesOf([0, 1], [2, 1], [1, 0]),
  },
  {
    rows: 197,
    sizes: { always: 100 },
    words: ["absent", "absent", "zero", "more"],
    changes: changesOf([3, 0], [1, 0]),
  },
];

/** Lists that once were left unproven. */
const UNPROVEN: readonly Pick<Api, "rows" | "slips" | "changes">[] = [
  { rows: 51, slips: [], changes: changesOf([0, 0], [2, 2]) },
  { rows: 32, slips: [], changes: changesOf([0, 1], [1, 0], [2, 0], [1, 0]) },
  { rows: 51, slips: ["none", "none", "empty"], changes: changesOf([0, 0], [1, 2]) },
];

/** Arrivals and deletions before each request. The first deletion is at the head, the second at the end. */
function changesOf(...pairs: readonly (readonly [number, number])[]): Api["changes"] {
  return pairs.map(([arrivals, deletions]) => ({ arrivals, deletions: [0, 49].slice(0, deletions) }));
}

type Moving = Pick<Api, "rows" | "changes" | "slips"> & { readonly latencyMs: number | null };

/** Something changes before most requests, and now and then a page comes back empty. */
const movingLists = fc.record<Moving>({
  rows: fc.oneof(fc.nat(330), fc.nat(1_000)),
  latencyMs: fc.constantFrom(null, 2_000),
  // Later than any of a first page, which reads the same as the end of an empty list.
  slips: fc
    .array(fc.constantFrom<Slip>(...Array.from({ length: 9 }, () => "none" as const), "empty"), { maxLength: 20 })
    .map((slips) => ["none", ...slips]),
  changes: fc.array(fc.record({ arrivals: fc.nat(2), deletions: fc.array(fc.nat(), { maxLength: 2 }) }), {
    maxLength: 20,
  }),
});

describe("a run through a list whatever its API says and does", () => {
  it("ends within twice the ideal number of requests and some", () => {
    fc.assert(
      fc.property(apis, (api) => {
        const { reads, ideal } = run(api);
        expect(reads).toBeLessThanOrEqual(2 * ideal + SPARE);
      }),
      { numRuns: 4_000 },
    );
  });

  it("is proven only if it saw every row that lived through it", () => {
    fc.assert(
      fc.property(apis, (api) => {
        const { outcome, missed } = run(api);
        expect(outcome === "proven" ? missed.length : 0).toBe(0);
      }),
      {
        numRuns: 4_000,
        examples: LIES.map((lie): [Api] => [{ ...lie, slips: [], stuckFrom: Infinity, numbers: [0] }]),
      },
    );
  });

  it("is proven, however the list moves, if the API tells the truth", () => {
    fc.assert(
      fc.property(movingLists, ({ latencyMs, ...moving }) => {
        const api: Api = { ...moving, sizes: { most: 50 }, stuckFrom: Infinity, words: TRUTH, numbers: [0] };
        expect(run(api, latencyMs)).toMatchObject({ outcome: "proven", missed: [] });
      }),
      { numRuns: 4_000, examples: UNPROVEN.map((moving): [Moving] => [{ latencyMs: null, ...moving }]) },
    );
  });
});
