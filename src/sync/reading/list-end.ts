/** Decides from the answer to a walker's step whether the list ends there. */
import { hasNext, type ListAnswer } from "../../api/answer/pagination.ts";
import { fullPage, startsList, type Walker } from "./walker.ts";

/**
 * `unless-more-held`: only the header says that this is the last page, although the page is full or the first; or the first
 * page is empty. If the mirror holds more rows than the reported total, one more request is made, because all the others
 * would count as absent.
 */
export type ListEnd = "goes-on" | "ends" | "unless-more-held";

/** Whether the list ends with this answer to a step of a full run. Expects an answer whose header is trusted. */
export function endAfter(walker: Walker, { pagination, items }: ListAnswer): ListEnd {
  const received = items.length;
  const { total = null, lastPage = null } = pagination ?? {};
  const before = rowsBefore(walker);
  if (received === 0) {
    // The page should have rows. It is read again; if it stays empty, the walk ends like that of a repeating list.
    const isMissing = total !== null && total > before && (typeof lastPage !== "number" || lastPage >= walker.nextPage);
    if (isMissing) return "goes-on";
    return startsList(walker) && walker.step === 0 ? "unless-more-held" : "ends";
  }
  if (pollGoesOn(walker, { pagination, items })) return "goes-on";
  // A page shorter than requested is the last, unless it is the first: all pages of the API may be that short.
  if (received < walker.perPage) {
    if (!startsList(walker)) return "ends";
    return total === received ? "unless-more-held" : "goes-on";
  }
  const isFitting = total === before + received;
  if (walker.ownPages) return isFitting ? "unless-more-held" : "ends";
  return isFitting && walker.nextPage > 1 && walker.total === total ? "unless-more-held" : "goes-on";
}

/** Whether a poll has a next page. If the API reports nothing about the end, the first page that is shorter than a full one is the last. */
export function pollGoesOn(walker: Walker, { pagination, items }: ListAnswer): boolean {
  return hasNext(pagination, {
    page: walker.nextPage,
    perPage: walker.perPage,
    received: items.length,
    previousReceived: startsList(walker) ? null : fullPage(walker),
  });
}

/** The number of rows before the page that a walker reads now, if all pages are as large as the first. */
function rowsBefore(walker: Walker): number {
  return (walker.nextPage - 1) * fullPage(walker);
}

/** As many of them as there must be: pages of the API's own size may hold a row twice. */
export function leastRowsBefore(walker: Walker): number {
  return walker.ownPages ? Math.min(rowsBefore(walker), walker.fresh) : rowsBefore(walker);
}
