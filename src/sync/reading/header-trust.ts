/**
 * Whether a run believes what the API tells of its pages. A header that contradicts its own page proves nothing. If the
 * first page of a run shows it, the header is `ignored` and the list is read as one that tells nothing: its pages can
 * still prove it by the rows they share. If a later page shows it (`contradicted`), pages before may have been joined by
 * its word: the run goes on without it, mirrors what it finds, and stays unproven.
 */
import { contradicts, type ListAnswer } from "../../api/answer/pagination.ts";

export const HEADER_TRUST = ["believed", "ignored", "contradicted"] as const;
export type HeaderTrust = (typeof HEADER_TRUST)[number];

interface Believed {
  readonly header: HeaderTrust;
  /** The answer without what is not believed. */
  readonly answer: ListAnswer;
}

/**
 * `before`: rows that the list surely holds before this page; `received`: different rows of it; `isFirst`: nothing of the
 * list has been read in this run.
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
