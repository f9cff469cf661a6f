import type { EndedBy } from "../reading/walker.ts";

/** The findings of a full run on which its proof depends. */
export interface RunFacts {
  readonly endings: readonly (EndedBy | null)[];
  /** A page contradicted what the API reported about it, after other pages had been joined on the strength of such a report. */
  readonly contradicted?: boolean;
  /** False if some lists of the resource may not have been read at all. */
  readonly knowsItsLists: boolean;
  /** The number of different rows on its pages, readable or not. */
  readonly seen: number;
  /** The smallest total while the head was read last; null if the API does not report one. */
  readonly length: number | null;
}

export type Proof =
  | { readonly outcome: "proven" }
  | {
      readonly outcome: "unproven";
      readonly code:
        | "list_cut_short"
        | "list_refused"
        | "lists_unknown"
        | "nothing_reported"
        | "header_contradicted"
        | "rows_missing";
      readonly message: string;
    };

const READ_TO_THE_END: readonly EndedBy[] = ["end", "joined", "absorbed", "unprovable"];

/**
 * Decides whether a run saw every row that existed throughout the run. If every walker ended well, their pages form one
 * chain from the newest row to the end of the list, because only a page that joins the coverage can end a walk (reading/walker.ts).
 * In addition the rows are counted: if the run saw fewer rows than the list has, the order was not as assumed (ties that
 * change order, a filter, rows with an old date).
 */
export function prove({ endings, contradicted = false, knowsItsLists, seen, length }: RunFacts): Proof {
  if (endings.length > 0 && endings.every((end) => end === "refused")) {
    const message =
      "The API answered 404 to every one of these lists: they are refused or not offered to this key. Nothing is concluded from it.";
    return { outcome: "unproven", code: "list_refused", message };
  }
  if (!endings.every((end) => end !== null && READ_TO_THE_END.includes(end))) {
    const message = "The list could not be read to its end. What was read is kept; nothing is concluded from absence.";
    return { outcome: "unproven", code: "list_cut_short", message };
  }
  if (!knowsItsLists) {
    const message =
      "It is not proven that every list is known. The known lists were read; nothing is concluded from absence.";
    return { outcome: "unproven", code: "lists_unknown", message };
  }
  if (endings.includes("unprovable")) {
    const message =
      "The API reports no total and chooses the size of pages itself, so no gap would show. Nothing is concluded from absence.";
    return { outcome: "unproven", code: "nothing_reported", message };
  }
  if (contradicted) {
    const message =
      "What the API reported about its pages (X-Pagination) contradicted the pages themselves: the list was read on without it. Nothing is concluded from absence.";
    return { outcome: "unproven", code: "header_contradicted", message };
  }
  if (length !== null && seen < length) {
    const message = `${seen} different rows were seen, but the list holds ${length}: its order is not stable. Nothing is concluded from absence.`;
    return { outcome: "unproven", code: "rows_missing", message };
  }
  return { outcome: "proven" };
}
