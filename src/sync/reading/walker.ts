/**
 * How a walker reads its segment of a list, as pure functions. The list is divided into contiguous segments, newest first.
 * One walker reads each segment strictly in order. It ends at the end of the list, or at a row that a later walker (one
 * nearer the end of the list) has covered. When all segments have been read, the head walker reads from page 1 until it
 * joins the first segment, so that the run also sees the rows that arrived while it ran. Only a page that joins its
 * walker's coverage (coverage.ts) can end a walk or be joined by another walker. Hence, if all walkers of a run end well,
 * their pages form one chain without a gap from the newest row to the end of the list.
 */
import { MAX_PAGE_ROWS } from "../../kelio.ts";
import { begin, extend, latestOffset, pageAt, type Coverage, type Read } from "./coverage.ts";
import { isShortList, nextOfShortList } from "./short-list.ts";

/**
 * `segment`: reads one contiguous part of the list; the segments are numbered in the order of the list. `head`: reads from
 * page 1 once all segments have been read, and stands before them whatever its number is.
 */
export const WALKER_KINDS = ["segment", "head"] as const;
export type WalkerKind = (typeof WALKER_KINDS)[number];
/** A walker is joined at the rows that it covered first. This many of its first pages are searched for them. */
export const STITCH_PAGES = 20;
/** A page joins its walker's coverage near the end of the coverage. This many earlier pages are searched for a shared row. */
export const JOIN_PAGES = 12;
const MAX_WALKERS = 4;
/** A shorter segment, in pages, saves less than the page or so that two neighbouring walkers both read. */
const MIN_SEGMENT_PAGES = 4;
/** This many consecutive pages without a new row end a walk. Fewer are enough if each repeats the one before, because no moving list does that. */
const MAX_REPEATS = { same: 3, known: 6 } as const;
/** Requests that a walk may make beside twice those that its rows need. */
const SPARE_READS = 100;

/**
 * Why a walk ended. `end` and `joined` are the normal endings, `known` is that of a poll (poll.ts). `absorbed`: an earlier
 * walker had already entered this segment when its walker started, and reads on in it. `unprovable`: the list was read to
 * its end, but the API reports nothing that could prove it. The other endings leave the list unread. `refused`: the API
 * answered 404 for the list of a parent.
 */
export const ENDINGS = ["end", "joined", "known", "absorbed", "unprovable", "repeats", "too-long", "refused"] as const;
export type EndedBy = (typeof ENDINGS)[number];

/**
 * Whether a run trusts the pagination header. A header that contradicts its own page proves nothing. If the first page of a
 * run contradicts it, the header is `ignored` for the whole run, and shared rows can still prove that the list was read
 * completely. If a later page contradicts it (`contradicted`), earlier pages may have been joined because of a wrong
 * header: the run continues without it, mirrors what it finds, and stays unproven.
 */
export const HEADER_TRUST = ["believed", "ignored", "contradicted"] as const;
export type HeaderTrust = (typeof HEADER_TRUST)[number];

/** The list that a walker reads. */
interface ListPart {
  readonly orderBy: string;
  /** The window of an incremental run: this status, reached on this day or later. */
  readonly status: string | null;
  readonly since: Date | null;
  /** The row whose own list it is; null if the resource has one list. */
  readonly parent: bigint | null;
}

export interface Walker extends Coverage, ListPart {
  /** Identifies the walker within its run. */
  readonly index: number;
  readonly kind: WalkerKind;
  /** Pages read so far; the number of the next step. */
  readonly step: number;
  readonly nextPage: number;
  readonly perPage: number;
  /** The rows of a full page, which may be fewer or more than asked for. */
  readonly pageRows: number;
  /** The API gives pages of its own size, whatever is asked for. */
  readonly ownPages: boolean;
  /** Pages in a row that brought nothing new. */
  readonly repeats: number;
  /** How many different rows the walk has read. */
  readonly fresh: number;
  /** Whether what the API tells of its pages is believed. */
  readonly header: HeaderTrust;
  readonly endedBy: EndedBy | null;
}

/** What one answer tells about the walk. */
export interface PageFacts {
  readonly received: number;
  readonly total: number | null;
  readonly hasNext: boolean;
  /** A row of this page stood on a page that joined this walker's coverage. */
  readonly sharesRow: boolean;
  /** This is the walker's first page, and an earlier walker has covered one of its rows. */
  readonly absorbed: boolean;
  /** A later walker that was not absorbed has covered a row of this page. */
  readonly joinsLater: boolean;
  /** Every id of this page stood on the walker's page before. */
  readonly repeatsPrevious: boolean;
  /** How many of its ids this walk had not seen. By default all of them. */
  readonly fresh?: number;
  /** How many of its rows have no readable id: whether they are new is unknown. */
  readonly unreadable?: number;
  /** Earlier requests of the whole run, if several walkers share its list. By default those of this walk. */
  readonly reads?: number;
}

/** How many rows a page of this walker has, unless the list ends in it. */
export function fullPage({ perPage, pageRows, ownPages }: Pick<Walker, "perPage" | "pageRows" | "ownPages">): number {
  return ownPages ? pageRows : perPage;
}

/**
 * A new walker of a segment. `after` is a walker of the same list: what it learned about the API applies here too. If a page
 * contradicted the header for one walker, no other walker of the run trusts the header again.
 */
export function newWalker(
  index: number,
  nextPage: number,
  after: Partial<ListPart & Pick<Walker, "pageRows" | "ownPages" | "header">> = {},
): Walker {
  const { pageRows = MAX_PAGE_ROWS, ownPages = false, header = "believed" } = after;
  const { orderBy = "created_at", status = null, since = null, parent = null } = after;
  return {
    index,
    kind: "segment",
    step: 0,
    nextPage,
    perPage: Math.min(MAX_PAGE_ROWS, pageRows),
    pageRows,
    ownPages,
    repeats: 0,
    fresh: 0,
    header: header === "believed" ? header : "ignored",
    coveredThrough: 0,
    total: null,
    expectedShift: 0,
    readsSinceShrink: 0,
    overlapReadsLeft: 0,
    endedBy: null,
    orderBy,
    status,
    since,
    parent,
  };
}

/** The walker that reads the head of the list after all segments. */
export function newHeadWalker(index: number, after: Walker): Walker {
  return { ...newWalker(index, 1, after), kind: "head" };
}

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
  const offset = (walker.nextPage - 1) * fullPage({ ...walker, ...pages });
  const offsetAtMost = honoursPageSize(walker, facts) ? offset : (walker.nextPage - 1) * pages.pageRows;
  const { total, sharesRow } = facts;
  const received = Math.min(facts.received, fullPage({ ...walker, ...pages }));
  const read = { offset, offsetAtMost, received, total, sharesRow };
  const { coverage, contiguous } = cover(walker, read, facts);
  const next = pageAfter(walker, coverage, pages, { contiguous, total: facts.total });
  const repeats = repeatsAfter(walker, facts, contiguous);
  const after = { ...walker, ...coverage, ...pages, ...next, step: walker.step + 1, repeats };
  const overlapping = walker.step > 0 && offset < walker.coveredThrough;
  // A page of known rows that extends beyond the coverage is a different page than the one requested: it does not end the list.
  const isElsewhere =
    walker.repeats >= 0 && bringsNothing(facts) && received > 0 && offset + received > walker.coveredThrough;
  const seen = isElsewhere ? { ...facts, hasNext: true } : facts;
  return { contiguous, overlapping, walker: { ...after, endedBy: endOf(after, seen, contiguous) } };
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

/** The API returned a page of the requested size: a full page, or a last page that ends with the list. */
function honoursPageSize({ nextPage, perPage }: Walker, { received, hasNext, total }: PageFacts): boolean {
  return hasNext ? received === perPage : (nextPage - 1) * perPage + received === total;
}

function cover(walker: Walker, read: Read, { repeatsPrevious, sharesRow }: PageFacts) {
  if (walker.step === 0) return { coverage: begin(read), contiguous: true };
  // The previous page again, although no insertion moved its rows here: the API returned a different page than the one requested.
  const isPushed = read.total === null || walker.total === null || read.total > walker.total;
  if (repeatsPrevious && sharesRow && !isPushed && read.offset >= walker.coveredThrough)
    return { coverage: walker, contiguous: true };
  return extend(walker, read);
}

/**
 * The page size that an answer reveals. The API ignores the requested size if it returns more rows than requested, or if
 * the first page is short but not the last. If a short page of a size that we chose fails twice in a row to overlap, the API
 * may also use another size.
 */
function pagesOf(walker: Walker, facts: PageFacts): Pick<Walker, "pageRows" | "ownPages"> {
  const { received, hasNext, sharesRow } = facts;
  const isChosen = walker.perPage < Math.min(MAX_PAGE_ROWS, walker.pageRows);
  if (received > walker.perPage && (isChosen || walker.step === 0)) {
    return { pageRows: Math.max(received, walker.pageRows), ownPages: true };
  }
  if (
    isChosen &&
    received < walker.perPage &&
    !honoursPageSize(walker, facts) &&
    !sharesRow &&
    walker.overlapReadsLeft > 0
  )
    return { pageRows: walker.pageRows, ownPages: true };
  const isShort = startsList(walker) && hasNext && received > 0 && received < walker.perPage;
  return { pageRows: isShort ? received : walker.pageRows, ownPages: walker.ownPages };
}

/** The walker is at the first page of a list of which this run has not yet seen a row. */
export function startsList({
  kind,
  coveredThrough,
  nextPage,
}: Pick<Walker, "kind" | "coveredThrough" | "nextPage">): boolean {
  return kind !== "head" && coveredThrough === 0 && nextPage === 1;
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
  const offset = latestOffset(coverage, seen);
  if (ownPages) return { nextPage: Math.floor(offset / pageRows) + 1, perPage: Math.min(MAX_PAGE_ROWS, pageRows) };
  const chosen = pageAt(offset, pageRows, coverage);
  const leadsOn = !seen.contiguous || chosen.page * chosen.perPage > coverage.coveredThrough;
  const { page, perPage } = leadsOn ? chosen : pageAt(coverage.coveredThrough, pageRows, coverage);
  return { nextPage: page, perPage };
}

function endOf(walker: Walker, facts: PageFacts, contiguous: boolean): EndedBy | null {
  if (facts.absorbed) return "absorbed";
  if (contiguous && facts.joinsLater) return "joined";
  if (contiguous && !facts.hasNext) return "end";
  if (isUnprovable(walker, facts) && (facts.joinsLater || !facts.hasNext)) return "unprovable";
  if (walker.repeats >= (facts.repeatsPrevious ? MAX_REPEATS.same : MAX_REPEATS.known)) return "repeats";
  if (Math.max(walker.step, (facts.reads ?? 0) + 1) >= readCap(walker)) return "too-long";
  return null;
}

/** The limit of reads of a walk: twice the pages of the list by its reported total, or by the rows read so far, and some to spare. */
function readCap({ total, pageRows, fresh }: Walker): number {
  return 2 * Math.ceil((total ?? fresh) / pageRows) + SPARE_READS;
}

/**
 * The page at which each further walker starts, once the first answer has reported the length of the list. `latencyMs` is
 * the 90th percentile of the response times, `slotMs` the time per request that the quota allows. One walker uses the whole
 * quota if a response needs less than a slot.
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
