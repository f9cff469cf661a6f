/** What the headers of an answer say of its list. Null: they do not say. */
export interface Pagination {
  readonly total: number | null;
  readonly currentPage: number | null;
  readonly nextPage: number | null;
  /** The number of the last page; true: this is the last page. */
  readonly lastPage: number | true | null;
}

export interface ListAnswer {
  readonly items: readonly unknown[];
  /** Null where the answer had no pagination header that can be read. */
  readonly pagination: Pagination | null;
}

/** Where a walk stands: the page it asked for, how many rows came, and how many its page before held. */
export interface WalkPosition {
  readonly page: number;
  readonly perPage: number;
  readonly received: number;
  readonly previousReceived: number | null;
}

/** An answer as the end of a list: where a server has nothing behind the last page, some say 404. */
export const NOTHING_BEHIND: ListAnswer = { items: [], pagination: null };

/**
 * Whether the list goes on after this page (question Q7). An empty page is always the end. The header decides where it
 * says anything of pages. Without it the list ends at a page shorter than the walk's page before; a first page shorter
 * than `perPage` proves nothing, since the API may not honour `perPage`.
 * It cannot see a list that repeats itself: the caller stops on ids it has seen, and caps its pages.
 */
export function hasNext(pagination: Pagination | null, at: WalkPosition): boolean {
  if (at.received === 0) return false;
  const current = pagination?.currentPage ?? at.page;
  const last = pagination?.lastPage ?? null;
  if (last === true || (last !== null && current >= last)) return false;
  const next = pagination?.nextPage ?? null;
  if (next !== null) return next > current;
  // No next page, yet pages up to `last` that we have not seen: one request more is cheaper than rows lost.
  if (last !== null) return true;
  // Pages may be smaller than asked for, never larger than the one we hold unless it is the last: this is a lower bound.
  const total = pagination?.total ?? null;
  if (total !== null && at.page * at.received >= total) return false;
  return at.previousReceived === null || at.received >= at.previousReceived;
}

/**
 * Whether a header contradicts the page that it came with: it tells of fewer rows or pages than there are up to here, of
 * another page than was asked for, or of a next page that lies behind. Such a header proves nothing.
 * `before`: rows that the list surely holds before this page.
 */
export function contradicts(
  { total, currentPage, nextPage, lastPage }: Pagination,
  { page, received, before }: { readonly page: number; readonly received: number; readonly before: number },
): boolean {
  if (received === 0) return false;
  return (
    (total !== null && total < before + received) ||
    (currentPage !== null && currentPage !== page) ||
    (typeof lastPage === "number" && lastPage < page) ||
    (nextPage !== null && nextPage !== 0 && (nextPage < page || (lastPage === true && nextPage > page)))
  );
}
