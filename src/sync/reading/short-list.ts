/**
 * Reads a list of one or two rows whose total the API does not report. Two reads of such a list always overlap completely,
 * so a shared row proves nothing about the rows behind it. Instead, the second page is read, and then the first page again.
 * If the second page was empty and the first still holds the same rows, they were at the head of the list all the time, and
 * nothing followed them.
 */
import type { PageFacts, Walker } from "./walker.ts";

/** From this many rows on, reads can overlap in part: two of three rows, then the last one again. */
const OVERLAPPING_ROWS = 3;

type Position = Pick<Walker, "nextPage" | "coveredThrough" | "pageRows" | "ownPages" | "total">;

interface ShortStep {
  readonly position: Position;
  readonly contiguous: boolean;
  /** The list has been read to its end. */
  readonly isRead: boolean;
}

/** Whether a walker has read a first page of one or two rows, and nothing says that there are no more. */
export function isShortList(walker: Walker, { received, total, hasNext, joinsLater }: PageFacts): boolean {
  if (total !== null || walker.ownPages || joinsLater) return false;
  if (begins(walker)) return walker.nextPage === 1 && hasNext && received > 0 && received < OVERLAPPING_ROWS;
  return walker.total === null && walker.coveredThrough > 0 && walker.coveredThrough < OVERLAPPING_ROWS;
}

/** No row has been seen yet, perhaps after a first page that was empty and is read again. */
function begins({ step, coveredThrough }: Walker): boolean {
  return step === 0 || coveredThrough === 0;
}

/** The step after one more page. The first page is read again only after an empty one behind it. */
export function nextOfShortList(walker: Walker, { received, fresh, sharesRow }: PageFacts): ShortStep {
  const stay = { coveredThrough: walker.coveredThrough, pageRows: walker.pageRows, ownPages: false, total: null };
  if (begins(walker))
    return { position: { ...stay, coveredThrough: received, nextPage: 2 }, contiguous: true, isRead: false };
  if (walker.nextPage === 1) {
    const isSame = sharesRow && fresh === 0 && received === walker.coveredThrough;
    // The list has changed meanwhile: start again with its present rows.
    const pageRows = received < OVERLAPPING_ROWS ? stay.pageRows : received;
    const position = { ...stay, pageRows, coveredThrough: Math.max(1, received), nextPage: 2 };
    return { position, contiguous: sharesRow, isRead: isSame };
  }
  if (received === 0) return { position: { ...stay, nextPage: 1 }, contiguous: false, isRead: false };
  if (sharesRow) return { position: { ...stay, nextPage: 2 }, contiguous: false, isRead: false };
  // More rows follow: the API returns tiny pages of its own size.
  const pageRows = Math.max(received, walker.coveredThrough);
  return { position: { ...stay, pageRows, ownPages: true, nextPage: 3 }, contiguous: false, isRead: false };
}
