/** A walker, which reads one part of a list, and what one answer says about its walk (walk.ts). */
import { MAX_PAGE_ROWS } from "../../api/kelio.ts";
import type { Coverage } from "./coverage.ts";

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
  /** Whether the header of the pages is believed. */
  readonly header: HeaderTrust;
  readonly endedBy: EndedBy | null;
}

/** What one answer says about the walk. */
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
  /** How many of its ids stood on no page that joined this walk's coverage. By default as many as `fresh`. */
  readonly uncovered?: number;
  /** How many of its rows have no readable id: whether they are new is unknown. */
  readonly unreadable?: number;
  /** Earlier requests of the whole run, if several walkers share its list. By default those of this walk. */
  readonly reads?: number;
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
