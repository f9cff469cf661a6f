/** What the headers of an answer say about its list. Null: not reported. */
export interface Pagination {
  readonly total: number | null;
  readonly currentPage: number | null;
  readonly nextPage: number | null;
  /** The number of the last page; true: this is the last page. */
  readonly lastPage: number | true | null;
}

export interface ListAnswer {
  readonly items: readonly unknown[];
  /** Null if the answer had no readable pagination header. */
  readonly pagination: Pagination | null;
}

/** The position of a walk: the requested page, how many rows were received, and how many its previous page had. */
export interface WalkPosition {
  readonly page: number;
  readonly perPage: number;
  readonly received: number;
  readonly previousReceived: number | null;
}

/** An empty page, for a server that answers 404 after the last page. */
export const NOTHING_BEHIND: ListAnswer = { items: [], pagination: null };

/**
 * Whether the list continues after this page (question Q7). An empty page is always the end. If the header reports pages,
 * it decides. Otherwise the list ends at a page shorter than the previous page of the walk; a first page shorter than
 * `perPage` proves nothing, because the API may not honour `perPage`.
 * It cannot detect a list that repeats itself: the caller compares ids, and limits the number of pages.
 */
export function hasNext(pagination: Pagination | null, at: WalkPosition): boolean {
  if (at.received === 0) return false;
  const current = pagination?.currentPage ?? at.page;
  const last = pagination?.lastPage ?? null;
  if (last === true || (last !== null && current >= last)) return false;
  const next = pagination?.nextPage ?? null;
  if (next !== null && next > current) return true;
  const total = pagination?.total ?? null;
  // "The next page is 0" ends a list only if something else in the header agrees.
  if (next !== null && (last !== null || total !== null)) return false;
  // No next page, but pages up to `last` that were not read: one more request is cheaper than lost rows.
  if (last !== null) return true;
  // Pages may be smaller than requested, but only the last is smaller than the others: this is a lower bound.
  if (total !== null && at.page * at.received >= total) return false;
  return at.previousReceived === null || at.received >= at.previousReceived;
}

/** A page that a header is compared with. */
interface PagePosition {
  readonly page: number;
  readonly received: number;
  /** The least number of rows before this page. */
  readonly before: number;
  /** The most rows that the list can have up to the end of this page; null if the page is shorter than others. */
  readonly through: number | null;
}

/**
 * Whether a header contradicts its page or itself: it reports fewer rows or pages than were read up to here, a different page
 * than the requested one, a next page that is not after this one, both an end and further pages, that a full page is the last
 * of a list that has more rows, or further pages of a list that has none. Such a header proves nothing.
 */
export function contradicts(pagination: Pagination, { page, received, before, through }: PagePosition): boolean {
  const { total, currentPage, nextPage, lastPage } = pagination;
  if (received === 0) return false;
  const isLast =
    lastPage === true || (lastPage !== null && lastPage <= page) || (nextPage !== null && nextPage <= page);
  const hasMore = (typeof lastPage === "number" && lastPage > page) || (nextPage !== null && nextPage > page);
  return (
    (total !== null && total < before + received) ||
    (currentPage !== null && currentPage !== page) ||
    (typeof lastPage === "number" && lastPage < page) ||
    (nextPage !== null && nextPage !== 0 && nextPage < page) ||
    (isLast && hasMore) ||
    (isLast && total !== null && through !== null && total > through) ||
    (hasMore && total !== null && total <= before + received)
  );
}
