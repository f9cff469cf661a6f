/**
 * How a walker reads its segment of a list, as pure functions. The list is divided into contiguous segments, newest first.
 * One walker reads each segment strictly in order. It ends at the end of the list, or at a row that a later walker (one
 * nearer the end of the list) has covered. When all segments have been read, the head walker reads from page 1 until it
 * joins the first segment, so that the run also sees the rows that arrived while it ran. Only a page that joins its
 * walker's coverage (coverage.ts) can end a walk or be joined by another walker. Hence, if all walkers of a run end well,
 * their pages form one chain without a gap from the newest row to the end of the list.
 */
import { MAX_PAGE_ROWS } from "../../api/kelio.ts";
import { begin, extend, latestOffset, pageAt, type Coverage, type Read } from "./coverage.ts";
import { fullPage, honoursPageSize, pagesOf, seemsWhole } from "./page-size.ts";
import { isShortList, nextOfShortList } from "./short-list.ts";
import type { EndedBy, PageFacts, Walker } from "./walker.ts";

/** This many consecutive pages without a new row end a walk. Fewer are enough if each repeats the one before: no moving list does that. */
const MAX_REPEATS = { same: 3, known: 6 } as const;
/** Requests that a walk may make beside twice those that its rows need. */
const SPARE_READS = 100;

export interface WalkStep {
  readonly walker: Walker;
  /** The page joined its walker's coverage. */
  readonly contiguous: boolean;
  /** The page began within the coverage. */
  readonly overlapping: boolean;
}

/** The walker after one more page. */
export function advance(before: Walker, facts: PageFacts): WalkStep {
  const walker = { ...before, fresh: before.fresh + (facts.fresh ?? facts.received) };
  if (isShortList(walker, facts)) return stepInShortList(walker, facts);
  const pages = pagesOf(walker, facts);
  const offset = offsetOf(walker, facts, fullPage({ ...walker, ...pages }));
  const offsetAtMost = honoursPageSize(walker, facts) ? offset : offsetOf(walker, facts, pages.pageRows);
  const { total, sharesRow } = facts;
  const received = Math.min(facts.received, fullPage({ ...walker, ...pages }));
  const read = { offset, offsetAtMost, received, total, sharesRow };
  const { coverage, contiguous } = cover(walker, read, facts);
  const next = seemsWhole(walker, facts)
    ? { nextPage: 2, perPage: walker.perPage }
    : pageAfter(walker, coverage, pages, { contiguous, total: facts.total });
  const repeats = repeatsAfter(walker, facts, contiguous);
  const after = { ...walker, ...coverage, ...pages, ...next, step: walker.step + 1, repeats };
  const overlapping = walker.step > 0 && offset < walker.coveredThrough;
  // A page of covered rows that extends beyond the coverage is a different page than the one requested, and does not end the
  // list; unless it is as short as the last page is by the total: then arrivals pushed these rows.
  const { uncovered = facts.fresh ?? facts.received, unreadable = 0 } = facts;
  const isCovered = received > 0 && uncovered === 0 && unreadable === 0;
  const isLastByTotal = received < fullPage({ ...walker, ...pages }) && offset + received === total;
  const isElsewhere = walker.repeats >= 0 && isCovered && !isLastByTotal && offset + received > walker.coveredThrough;
  const seen = isElsewhere ? { ...facts, hasNext: true } : facts;
  return { contiguous, overlapping, walker: { ...after, endedBy: endOf(after, seen, contiguous) } };
}

/** How many rows stand before the page, if all pages have `pageRows`. An empty page stands at the end of the list. */
function offsetOf({ nextPage }: Walker, { received, total }: PageFacts, pageRows: number): number {
  const offset = (nextPage - 1) * pageRows;
  return received === 0 ? Math.min(offset, total ?? offset) : offset;
}

/** One more page of a list that is too short for overlapping reads. */
function stepInShortList(walker: Walker, facts: PageFacts): WalkStep {
  const { position, contiguous, isRead } = nextOfShortList(walker, facts);
  const repeats = position.ownPages ? 0 : repeatsAfter(walker, facts, contiguous);
  const after = { ...walker, ...position, step: walker.step + 1, repeats };
  const endedBy = isRead ? "end" : endOf(after, { ...facts, hasNext: true }, contiguous);
  return { contiguous, overlapping: walker.step > 0 && contiguous, walker: { ...after, endedBy } };
}

/** Below 0 while a walk that went back after a fall of the total re-reads known rows. This allowance applies once, until a row is new. */
function repeatsAfter(
  { repeats, total, pageRows, coveredThrough }: Walker,
  facts: PageFacts,
  contiguous: boolean,
): number {
  const fall = Math.min(coveredThrough, (total ?? 0) - (facts.total ?? total ?? 0));
  if (!contiguous && repeats === 0 && fall > pageRows) return -Math.ceil((2 * fall) / pageRows);
  if (!bringsNothing(facts) && !(facts.repeatsPrevious && contiguous)) return Math.min(0, repeats);
  return repeats === -1 ? 1 : repeats + 1;
}

/** Whether the walk had seen all rows of the page. Rows without a readable id may be new. */
function bringsNothing({ fresh, unreadable = 0 }: PageFacts): boolean {
  return fresh === 0 && unreadable === 0;
}

function cover(walker: Walker, read: Read, { repeatsPrevious, sharesRow }: PageFacts) {
  if (walker.step === 0) return { coverage: begin(read), contiguous: true };
  // The previous page again, although no insertion moved its rows here: the API returned a different page than the one requested.
  const isPushed = read.total === null || walker.total === null || read.total > walker.total;
  if (repeatsPrevious && sharesRow && !isPushed && read.offset >= walker.coveredThrough)
    return { coverage: walker, contiguous: true };
  return extend(walker, read);
}

/** The API reports no total and chooses the page size itself: whole pages never overlap, so nothing can be proven. */
function isUnprovable({ ownPages }: Pick<Walker, "ownPages">, { total }: Pick<PageFacts, "total">): boolean {
  return ownPages && total === null;
}

function pageAfter(
  walker: Walker,
  coverage: Coverage,
  { pageRows, ownPages }: Pick<Walker, "pageRows" | "ownPages">,
  seen: { readonly contiguous: boolean; readonly total: number | null },
): Pick<Walker, "nextPage" | "perPage"> {
  if (isUnprovable({ ownPages }, seen)) return { nextPage: walker.nextPage + 1, perPage: walker.perPage };
  const holding = (offset: number) =>
    ownPages ? { page: Math.floor(offset / pageRows) + 1, perPage: pageRows } : pageAt(offset, pageRows, coverage);
  const overlapping = holding(latestOffset(coverage, seen));
  const leadsOn = !seen.contiguous || overlapping.page * overlapping.perPage > coverage.coveredThrough;
  const { page, perPage } = leadsOn ? overlapping : holding(coverage.coveredThrough);
  return { nextPage: page, perPage: Math.min(MAX_PAGE_ROWS, perPage) };
}

function endOf(walker: Walker, facts: PageFacts, contiguous: boolean): EndedBy | null {
  if (facts.absorbed) return "absorbed";
  if (contiguous && facts.joinsLater) return "joined";
  if (contiguous && !facts.hasNext) return "end";
  if (isUnprovable(walker, facts) && (facts.joinsLater || !facts.hasNext)) return "unprovable";
  if (walker.repeats >= (facts.repeatsPrevious && contiguous ? MAX_REPEATS.same : MAX_REPEATS.known)) return "repeats";
  if (Math.max(walker.step, (facts.reads ?? 0) + 1) >= readCap(walker)) return "too-long";
  return null;
}

/** The limit of reads of a walk: twice the pages of the list by its reported total, or by the rows read so far, and some to spare. */
function readCap({ total, pageRows, fresh }: Walker): number {
  return 2 * Math.ceil((total ?? fresh) / pageRows) + SPARE_READS;
}
