import type { ListAnswer } from "../../../src/api/answer/pagination.ts";
import type { Walker } from "../../../src/sync/reading/walker.ts";

/** The answer to a walker's step with a true header, from an API that honours the requested page size. */
export function answerOf(
  { nextPage, perPage }: Pick<Walker, "nextPage" | "perPage">,
  items: readonly number[],
  total: number,
): ListAnswer {
  const lastPage = Math.ceil(total / perPage);
  const next = nextPage < lastPage ? nextPage + 1 : null;
  return { items, pagination: { total, currentPage: nextPage, nextPage: next, lastPage } };
}
