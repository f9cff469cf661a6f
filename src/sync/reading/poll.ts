/**
 * How an incremental run reads a list, as a pure function: newest first, until a page holds only known rows. It proves
 * nothing. The next full run finds what a poll cannot see: silent edits and deletions.
 */
import type { Walker } from "./walker.ts";

/** What one answer means for a poll. */
export interface PollFacts {
  readonly total: number | null;
  readonly hasNext: boolean;
  /** Every row of the page was known and unchanged. */
  readonly unchanged: boolean;
  /** The page has a row that this poll had not seen. By default it has. */
  readonly isNew?: boolean;
  /**
   * How many rows the mirror holds in the window (one status, changed since a day), and how many of that status in all.
   * Null for a poll of the head.
   */
  readonly mirror: { readonly window: number; readonly status: number } | null;
}

const MAX_READS = 2_000;
/** A list repeats itself if this many consecutive pages bring nothing new. */
const MAX_REPEATS = 2;

/**
 * The poll after one more page. The head is ordered by creation, so no new row follows a page of known rows. A window is
 * not ordered by change: it is read until its total equals the number of rows that the mirror holds in it. If the API
 * ignored the day and returned the whole status, a page of known rows ends the poll, as in the head.
 */
export function advancePoll(poll: Walker, facts: PollFacts): Walker {
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
