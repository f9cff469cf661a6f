/**
 * How an incremental run reads a list, as a pure function: newest first, until what comes is known. It proves nothing;
 * what it cannot see (silent edits, deletions) the next full run finds.
 */
import type { Walker } from "./walker.ts";

/** What one answer tells a poll. */
export interface PollFacts {
  readonly total: number | null;
  readonly hasNext: boolean;
  /** Every row of the page was known and as it is. */
  readonly unchanged: boolean;
  /** A row of it had not come in this poll before; left out: it had not. */
  readonly isNew?: boolean;
  /**
   * Of a window (one status, changed since a day): how many rows the mirror holds in it, and of that status in all. Null
   * for a poll of the head.
   */
  readonly mirror: { readonly window: number; readonly status: number } | null;
}

const MAX_READS = 2_000;
/** As many pages in a row that bring nothing new are a list that repeats itself. */
const MAX_REPEATS = 2;

/**
 * The poll after one more page. The head is in order of creation, so that behind a page of known rows there is none that
 * is new. A window is not in the order of its changes: it is read on until it holds as many rows as the mirror has there;
 * where the API ignored the day and gave the whole status, a page of known rows ends it, as in the head.
 */
export function advancePoll<W extends Walker>(poll: W, facts: PollFacts): W {
  const step = poll.step + 1;
  const repeats = facts.isNew === false ? poll.repeats + 1 : 0;
  const after = { ...poll, step, repeats, nextPage: poll.nextPage + 1, total: facts.total ?? poll.total };
  if (!facts.hasNext) return { ...after, endedBy: "end" };
  if (isKnown(facts)) return { ...after, endedBy: "known" };
  if (repeats >= MAX_REPEATS) return { ...after, endedBy: "repeats" };
  return step >= MAX_READS ? { ...after, endedBy: "too-long" } : after;
}

function isKnown({ total, unchanged, mirror }: PollFacts): boolean {
  if (mirror === null || total === null) return unchanged;
  return unchanged && (total === mirror.window || total >= mirror.status);
}
