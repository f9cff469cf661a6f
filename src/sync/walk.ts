/**
 * How a walker goes through its segment of a list, as pure functions. A list is cut into contiguous segments, newest
 * first; each is read by one walker strictly in order. A walker ends where it meets a row that a later walker (nearer
 * the end of the list) has covered, or at the end of the list. At last the walker of the head (index -1) reads from page
 * 1 until it meets what the first walker has covered, so that the run also holds what arrived while it ran.
 */
export const HEAD = -1;
const PER_PAGE = 50;
const MAX_WALKERS = 4;
/** A segment shorter than this many pages is not worth the page or so that its stitch reads twice. */
const MIN_SEGMENT_PAGES = 4;
/** As many pages in a row that bring nothing new are a list that repeats itself, not one that moves. */
const MAX_REPEATS = 3;

/**
 * `end` and `met` are how a walk should end. `taken-over`: when it began at last, the walker before had gone into its
 * segment already, and goes on in it. The others leave the run incomplete.
 */
export type EndedBy = "end" | "met" | "taken-over" | "repeats" | "too-long";

export interface Walker {
  readonly index: number;
  /** Pages read so far; the number of the next step. */
  readonly step: number;
  readonly nextPage: number;
  readonly perPage: number;
  /** Pages in a row that brought no id that the page before had not. */
  readonly repeats: number;
  readonly total: number | null;
  readonly endedBy: EndedBy | null;
}

/** What one answer tells about the walk. */
export interface PageFacts {
  readonly total: number | null;
  readonly hasNext: boolean;
  /** This is the walker's first page, and an earlier walker has covered a row of it. */
  readonly takenOver: boolean;
  /** A later walker that goes on has covered a row of this page. */
  readonly meetsLater: boolean;
  /** Every id of this page stood on the walker's page before. */
  readonly repeatsPrevious: boolean;
}

export function newWalker(index: number, nextPage: number, perPage = PER_PAGE): Walker {
  return { index, step: 0, nextPage, perPage, repeats: 0, total: null, endedBy: null };
}

/** The walker after one more page. */
export function advance(walker: Walker, facts: PageFacts): Walker {
  const repeats = facts.repeatsPrevious ? walker.repeats + 1 : 0;
  const total = facts.total ?? walker.total;
  const after = { ...walker, step: walker.step + 1, nextPage: walker.nextPage + 1, repeats, total };
  return { ...after, endedBy: endOf(after, facts) };
}

function endOf(walker: Walker, facts: PageFacts): EndedBy | null {
  if (facts.takenOver) return "taken-over";
  if (facts.meetsLater) return "met";
  if (!facts.hasNext) return "end";
  if (walker.repeats >= MAX_REPEATS) return "repeats";
  if (walker.step >= pageCap(walker)) return "too-long";
  return null;
}

/** No list is read further than twice its announced length (and some), or 200,000 pages where none is announced. */
function pageCap({ total, perPage }: Walker): number {
  return total === null ? 200_000 : 2 * Math.ceil(total / perPage) + 100;
}

/**
 * The first pages of the walkers beside the first one, once the first answer has told the length of the list.
 * `latencyMs` is the 90th percentile of the answers, `slotMs` the time the quota gives each request: one walker uses the
 * whole quota while an answer takes less than a slot.
 */
export function segmentStarts(facts: {
  readonly total: number | null;
  readonly pageSize: number;
  readonly latencyMs: number | null;
  readonly slotMs: number;
}): readonly number[] {
  if (facts.total === null || facts.pageSize < 1) return [];
  const pages = Math.ceil(facts.total / facts.pageSize);
  const useful = Math.ceil((facts.latencyMs ?? 0) / facts.slotMs);
  const walkers = Math.min(MAX_WALKERS, Math.max(1, useful), Math.floor(pages / MIN_SEGMENT_PAGES));
  return Array.from({ length: Math.max(0, walkers - 1) }, (_, i) => 1 + Math.floor((pages * (i + 1)) / walkers));
}
