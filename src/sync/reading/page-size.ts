/** The page size of a list, which the API may choose itself. */
import { MAX_PAGE_ROWS } from "../../api/kelio.ts";
import type { PageFacts, Walker } from "./walker.ts";

/** How many rows a page of this walker has, unless the list ends in it. */
export function fullPage({ perPage, pageRows, ownPages }: Pick<Walker, "perPage" | "pageRows" | "ownPages">): number {
  return ownPages ? pageRows : perPage;
}

/** The API returned a page of the requested size: a full page, or a last page that ends with the list. */
export function honoursPageSize({ nextPage, perPage }: Walker, { received, hasNext, total }: PageFacts): boolean {
  return hasNext ? received === perPage : (nextPage - 1) * perPage + received === total;
}

/**
 * The page size that an answer reveals. The API ignores the requested size if it returns more rows than requested, or if
 * the first page is short but not the last. If a short page of a size that we chose fails twice in a row to overlap, the API
 * may also use another size.
 */
export function pagesOf(walker: Walker, facts: PageFacts): Pick<Walker, "pageRows" | "ownPages"> {
  const { received, sharesRow } = facts;
  const isChosen = walker.perPage < Math.min(MAX_PAGE_ROWS, walker.pageRows);
  if (received > walker.perPage && (isChosen || walker.step === 0)) {
    return { pageRows: Math.max(received, walker.pageRows), ownPages: true };
  }
  if (
    isChosen &&
    received > 0 &&
    received < walker.perPage &&
    !honoursPageSize(walker, facts) &&
    !sharesRow &&
    walker.overlapReadsLeft > 0
  )
    return { pageRows: walker.pageRows, ownPages: true };
  return {
    pageRows: isShortStart(walker, facts) && !seemsWhole(walker, facts) ? received : walker.pageRows,
    ownPages: walker.ownPages,
  };
}

/**
 * The first page holds as many rows as are reported for the whole list, although the run looks for more. It says nothing
 * about the size of other pages: the second page, read with the same size, shows whether the list has one.
 */
export function seemsWhole(walker: Walker, facts: PageFacts): boolean {
  return isShortStart(walker, facts) && facts.received === facts.total;
}

function isShortStart(walker: Walker, { received, hasNext }: PageFacts): boolean {
  return startsList(walker) && hasNext && received > 0 && received < walker.perPage;
}

/** The walker is at the first page of a list of which this run has not yet seen a row. */
export function startsList({
  kind,
  coveredThrough,
  nextPage,
}: Pick<Walker, "kind" | "coveredThrough" | "nextPage">): boolean {
  return kind !== "head" && coveredThrough === 0 && nextPage === 1;
}
