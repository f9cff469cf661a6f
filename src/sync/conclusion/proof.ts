import type { EndedBy } from "../reading/walker.ts";

/** What a full run found, as far as its proof needs it. */
export interface RunFacts {
  readonly endings: readonly (EndedBy | null)[];
  /** A page contradicted what the API reported about it, after other pages had been joined on the strength of such a report. */
  readonly contradicted?: boolean;
  /** False: it may be that lists which belong to the resource were not read at all. */
  readonly knowsItsLists: boolean;
  /** Different rows that stood on its pages, readable or not. */
  readonly seen: number;
  /** The least length of the list while its head was read for the last time; null where the API does not tell. */
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
 * Whether a run saw every row that lived through it. Its walkers are one chain from the newest row to the end if each of
 * them ended well: only a page that joins the coverage can end a walk (walk.ts). Behind it stands a count: fewer rows
 * than the list is long mean that the order is not what we think (ties that flip, a filter, rows with an old date).
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
      "Which lists there are is not proven. Those that are known were read; nothing is concluded from absence.";
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
    const message = `${seen} different rows were seen, but the list holds ${length}: its order is not kept. Nothing is concluded from absence.`;
    return { outcome: "unproven", code: "rows_missing", message };
  }
  return { outcome: "proven" };
}
