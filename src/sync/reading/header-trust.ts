/**
 * Whether a run trusts the pagination header. A header that contradicts its own page proves nothing. If the first page of a
 * run contradicts it, the header is `ignored` for the whole run, and shared rows can still prove that the list was read
 * completely. If a later page contradicts it (`contradicted`), earlier pages may have been joined because of a wrong
 * header: the run continues without it, mirrors what it finds, and stays unproven.
 */
import { contradicts, type ListAnswer } from "../../api/answer/pagination.ts";

export const HEADER_TRUST = ["believed", "ignored", "contradicted"] as const;
export type HeaderTrust = (typeof HEADER_TRUST)[number];

interface Believed {
  readonly header: HeaderTrust;
  /** The answer, without the header if that is not trusted. */
  readonly answer: ListAnswer;
}

/**
 * Checks the header of a page against the page. `before`: the least number of rows before this page; `received`: the number
 * of different rows on it; `isFirst`: this run has not read anything of the list yet.
 */
export function believe(
  header: HeaderTrust,
  answer: ListAnswer,
  at: { readonly page: number; readonly before: number; readonly received: number; readonly isFirst: boolean },
): Believed {
  const { items, pagination } = answer;
  if (pagination === null) return { header, answer };
  const isBelieved = header === "believed" && !contradicts(pagination, at);
  if (isBelieved) return { header, answer };
  const trust = header === "believed" ? (at.isFirst ? "ignored" : "contradicted") : header;
  return { header: trust, answer: { items, pagination: null } };
}
