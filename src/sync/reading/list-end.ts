/** Where a list ends, as far as the answer to a walker's step tells. */
import { hasNext, type ListAnswer } from "../../api/answer/pagination.ts";
import { fullPage, startsList, type Walker } from "./walker.ts";

/**
 * `unless-more-held`: only the header tells that nothing follows this page, which is full or the first, or the first page is
 * empty. That is worth one more request where the mirror holds more rows than the list is said to have, which would all
 * count as absent.
 */
export type ListEnd = "goes-on" | "ends" | "unless-more-held";

/** What a believed answer to a step of a full run tells of the end of the list. */
export function endAfter(walker: Walker, { pagination, items }: ListAnswer): ListEnd {
  const received = items.length;
  const { total = null, lastPage = null } = pagination ?? {};
  const before = rowsBefore(walker);
  if (received === 0) {
    // A page that should have rows: it is read again, and ends the walk as a repeating list does if it stays so.
    const isMissing = total !== null && total > before && (typeof lastPage !== "number" || lastPage >= walker.nextPage);
    if (isMissing) return "goes-on";
    return startsList(walker) && walker.step === 0 ? "unless-more-held" : "ends";
  }
  if (pollGoesOn(walker, { pagination, items })) return "goes-on";
  // A page shorter than was asked for ends by its own account, unless it is the first: pages may all be so short.
  if (received < walker.perPage) {
    if (!startsList(walker)) return "ends";
    return total === received ? "unless-more-held" : "goes-on";
  }
  const isFitting = total === before + received;
  if (walker.ownPages) return isFitting ? "unless-more-held" : "ends";
  return isFitting && walker.nextPage > 1 && walker.total === total ? "unless-more-held" : "goes-on";
}

/** The same for a poll. Where the API tells nothing of the end, a page is the last that has fewer rows than a page has, once that is known. */
export function pollGoesOn(walker: Walker, { pagination, items }: ListAnswer): boolean {
  return hasNext(pagination, {
    page: walker.nextPage,
    perPage: walker.perPage,
    received: items.length,
    previousReceived: startsList(walker) ? null : fullPage(walker),
  });
}

/** Rows of the list before the page that a walker reads now, if pages are as large as the first one has shown. */
function rowsBefore(walker: Walker): number {
  return (walker.nextPage - 1) * fullPage(walker);
}

/** As many of them as there must be: pages of the API's own size may hold a row twice. */
export function rowsSurelyBefore(walker: Walker): number {
  return walker.ownPages ? Math.min(rowsBefore(walker), walker.fresh) : rowsBefore(walker);
}
