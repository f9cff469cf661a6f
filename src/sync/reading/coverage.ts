/**
 * Decides whether consecutive pages of a moving list cover it without a gap.
 *
 * The list is ordered by creation, newest first. New rows arrive at the head and push the others towards the end, so a
 * reader that goes towards the end sees some rows twice, which is harmless. A row can pass a reader unseen only by moving
 * towards the head, which happens when rows that the reader has already passed are deleted. Between two reads, the rows
 * move towards the head by the deletions behind the reader minus the arrivals. That is at most all deletions minus all
 * arrivals, which is the fall of the total. Hence a page joins the coverage if either
 *
 * (a) it begins before the end of the coverage by at least the fall of the total: the next uncovered row cannot have moved
 *     past the beginning of the page; or
 * (b) it shares a row with the coverage: both are contiguous parts of one order, so nothing lies between them.
 *
 * A page that does neither is kept but proves nothing. The next read goes back by more than the fall, so that it overlaps
 * the coverage. A read can begin at any offset, because the page size is free: of the pages that begin early enough, the
 * one that ends furthest is read.
 *
 * Limit of the argument: it assumes that rows arrive only at the head. A row that is created with an old date, in the part
 * not yet read, may hide one deletion in the part already read. The count of ids at the end of a run detects this, unless a
 * second such pair hides it.
 */
export interface Coverage {
  /** The offset behind the last covered row, at the time when that row was read. */
  readonly coveredThrough: number;
  /** The length of the list at that time; null where the API does not report it. */
  readonly total: number | null;
  /** Rows that the list may lose between two reads, as far as the last reads show. */
  readonly expectedShift: number;
  /** Reads since the total fell last. */
  readonly readsSinceShrink: number;
  /** How many more reads are made to overlap. */
  readonly overlapReadsLeft: number;
}

export interface Read {
  /** The least and the greatest possible number of rows before the page. Both are the same if the API honours the requested page size. */
  readonly offset: number;
  readonly offsetAtMost: number;
  readonly received: number;
  readonly total: number | null;
  /** One of its rows is covered. */
  readonly sharesRow: boolean;
}

/** A list shrinks if its total falls twice within this many reads. */
const SHRINK_WINDOW_READS = 6;
/** After each fall of a list that shrinks, this many reads overlap. */
const OVERLAP_READS = 3;
/** The smallest page that is requested, as a share of the largest. */
const SMALLEST_PAGE = 0.6;
/** For how many more reads a list that does not shrink is assumed to stay so. */
const QUIET_READS = 1;

/** The largest overlap, in rows, however fast the list shrinks: the rest of the page must leave room for new rows. */
const MAX_EXPECTED_SHIFT = 25;

export function begin({ offset, received, total }: Pick<Read, "offset" | "received" | "total">): Coverage {
  return {
    coveredThrough: offset + received,
    total,
    expectedShift: 0,
    readsSinceShrink: SHRINK_WINDOW_READS + 1,
    overlapReadsLeft: 0,
  };
}

/** The coverage after one more read, and whether the page joined it. */
export function extend(coverage: Coverage, read: Read): { readonly coverage: Coverage; readonly contiguous: boolean } {
  const fall = fallSince(coverage, read.total);
  // If nothing is covered yet, the first page of the list starts the coverage.
  const begins = coverage.coveredThrough === 0 && read.offset === 0;
  const contiguous = begins || read.sharesRow || (fall !== null && read.offsetAtMost + fall <= coverage.coveredThrough);
  // If no total is reported, a page that shares no row is the only sign of a fall.
  const sign = fall ?? (contiguous ? 0 : Math.max(1, 2 * coverage.expectedShift));
  const isFalling = sign > 0 && coverage.readsSinceShrink < SHRINK_WINDOW_READS;
  const moved = {
    expectedShift: Math.min(MAX_EXPECTED_SHIFT, Math.max(sign, Math.floor(coverage.expectedShift / 2))),
    readsSinceShrink: sign > 0 ? 0 : Math.min(coverage.readsSinceShrink + 1, SHRINK_WINDOW_READS + 1),
    overlapReadsLeft: Math.max(isFalling ? OVERLAP_READS : coverage.overlapReadsLeft - 1, contiguous ? 0 : 1),
  };
  return contiguous
    ? { contiguous, coverage: { ...moved, coveredThrough: read.offset + read.received, total: read.total } }
    : { contiguous, coverage: { ...coverage, ...moved } };
}

/**
 * The offset at which the next read must begin at the latest. `seen` is the read before it: one that did not join has
 * shown by how much the list fell. Where no total is reported, only a shared row joins, so each read overlaps.
 */
export function latestOffset(
  coverage: Coverage,
  seen: { readonly contiguous: boolean; readonly total: number | null },
) {
  const fall = fallSince(coverage, seen.total);
  const margin = Math.max(1, coverage.expectedShift);
  if (!seen.contiguous) return Math.max(0, coverage.coveredThrough - (fall ?? 0) - margin);
  return coverage.overlapReadsLeft > 0 || fall === null
    ? Math.max(0, coverage.coveredThrough - margin)
    : coverage.coveredThrough;
}

/**
 * The page to read next: it holds the row at `offset` and ends as far behind it as possible. A list that is quiet will be
 * read on in pages of the same size, so each row that a page lacks of the `largest` counts for those to come as well.
 * `page` counts from 1.
 */
export function pageAt(
  offset: number,
  largest: number,
  { overlapReadsLeft }: Pick<Coverage, "overlapReadsLeft">,
): { readonly page: number; readonly perPage: number } {
  const ahead = overlapReadsLeft > 0 ? 0 : QUIET_READS;
  const choices = Array.from({ length: largest - Math.ceil(largest * SMALLEST_PAGE) + 1 }, (_, i) => {
    const perPage = largest - i;
    const page = Math.floor(offset / perPage) + 1;
    return { page, perPage, worth: page * perPage - ahead * i };
  });
  return choices.reduce((best, one) => (one.worth > best.worth ? one : best));
}

function fallSince(coverage: Coverage, total: number | null): number | null {
  return coverage.total === null || total === null ? null : Math.max(0, coverage.total - total);
}
