/**
 * When a stretch of a moving list has been covered without a gap.
 *
 * The list is ordered by creation, newest first. Rows that arrive do so at its head and push the others away from it, so
 * that a reader who goes towards the end meets them again: harmless. A row can slip past a reader only towards the head,
 * when rows that the reader has passed are deleted. Between two reads the rows move up by the deletions behind the
 * reader less the arrivals; that is at most all deletions less all arrivals, which is the fall of the total. Hence a
 * page joins what is covered if either
 *
 * (a) it begins at least the fall of the total before the end of the coverage: the row that stood next has not moved
 *     past the beginning of the page; or
 * (b) it shares a row with the coverage: both are contiguous stretches of one order, so nothing lies between them.
 *
 * A page that does neither is kept, but proves nothing: the next read goes back by the fall and more, so that it
 * overlaps the coverage. Every offset is available, because the size of a page is free: the read is the page, among
 * those that begin early enough, that ends furthest.
 *
 * The argument needs rows that arrive at the head alone. A row that is created with an old date, in the part ahead,
 * may hide one deletion behind; the count of the ids at the end of a run finds this unless a second such pair hides it.
 */
export interface Coverage {
  /** The offset behind the last covered row, at the time when that row was read. */
  readonly coveredThrough: number;
  /** The length of the list at that time; null where the API does not tell. */
  readonly total: number | null;
  /** Rows that the list may lose between two reads, as far as the last reads tell. */
  readonly expectedShift: number;
  /** Reads since the total last fell. */
  readonly readsSinceShrink: number;
  /** So many more reads are made overlapping. */
  readonly overlapReadsLeft: number;
}

export interface Read {
  /** Rows of the list before the first of the page: surely as many, and at most. The same where the API honours the page size that was asked for. */
  readonly offset: number;
  readonly offsetAtMost: number;
  readonly received: number;
  readonly total: number | null;
  /** A row of it is covered. */
  readonly sharesRow: boolean;
}

/** Two falls within so many reads are a list that shrinks. */
const SHRINK_WINDOW_READS = 6;
/** A list that shrinks is read overlapping for so many reads after each fall. */
const OVERLAP_READS = 3;
/** The smallest page that is asked for, as a share of the largest. */
const SMALLEST_PAGE = 0.6;
/** How long a quiet stretch is assumed to last. */
const QUIET_READS = 1;

/** However fast the list shrinks: what is read over again must leave room for what is new. */
const MAX_EXPECTED_SHIFT = 25;

/** The coverage that a first page is. */
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
  // Of a list of which nothing is covered, the first page is the beginning.
  const begins = coverage.coveredThrough === 0 && read.offset === 0;
  const contiguous = begins || read.sharesRow || (fall !== null && read.offsetAtMost + fall <= coverage.coveredThrough);
  // Where no total is reported, a page that shares no row is the only sign of a fall.
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
