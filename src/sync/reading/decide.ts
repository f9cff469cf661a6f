/**
 * What one answer means for a run, as a pure function: the walker's next position, and the walkers to add. The facts of
 * earlier pages and of the mirror come from Postgres (page.ts); a simulation brings its own.
 */
import { contradicts, hasNext, type ListAnswer } from "../../api/answer/pagination.ts";
import type { Run } from "../runs/load-run.ts";
import { advancePoll, type PollFacts } from "./poll.ts";
import { fullPage, startsList } from "./page-size.ts";
import { advance, type WalkStep } from "./walk.ts";
import { newHeadWalker, newWalker, segmentStarts, type PageFacts, type Walker } from "./walker.ts";

/** The answer to a walker's step. `rows`: the number of different rows on it whose id can be read. */
export interface ReadPage {
  readonly answer: ListAnswer;
  readonly rows: number;
}

/** What a decision depends on besides the answer. */
export interface SeenFacts extends Pick<
  PageFacts,
  "sharesRow" | "absorbed" | "joinsLater" | "repeatsPrevious" | "uncovered"
> {
  /** How many walkers of the run have not ended, this one included. */
  readonly open: number;
  /** How many rows of the page this walk had not seen. */
  readonly fresh: number;
  /** How many living rows of the list the mirror holds. Only needed if `wantsHeld`. */
  readonly held?: number;
  /** The 90th percentile of the response times in milliseconds, null if unknown. Only needed for the first page of a run. */
  readonly latencyMs?: number | null;
  /** The time that the quota gives each request, in milliseconds. */
  readonly slotMs: number;
  /** For a poll: every row of the page was known and unchanged. */
  readonly unchanged?: boolean;
  /** For a poll of a window: how many rows the mirror holds of it. */
  readonly window?: PollFacts["mirror"];
}

export interface PageDecision extends WalkStep {
  /** The length of the list as reported by a header that is trusted; null if there is none. */
  readonly total: number | null;
  readonly added: readonly Walker[];
}

type RunSoFar = Pick<Run, "kind" | "walkers">;

/**
 * Decides what follows from a page. The first page of a full run divides the list into segments. When the last segment has
 * ended, the head walker is added. The list of a parent is short: one walker reads it, and the next run finds what arrives
 * meanwhile.
 */
export function decidePage(run: RunSoFar, before: Walker, page: ReadPage, seen: SeenFacts): PageDecision {
  const { walker, answer } = believed(run, before, page);
  const total = answer.pagination?.total ?? null;
  const unreadable = page.rows === 0 ? answer.items.length : 0;
  if (run.kind !== "full") return { ...poll(walker, answer, { ...seen, unreadable }), total, added: [] };
  const end = endAfter(walker, answer);
  const step = advance(walker, {
    ...seen,
    received: answer.items.length,
    total,
    unreadable,
    hasNext: end === "goes-on" || (end === "unless-more-held" && (seen.held ?? 0) > (total ?? 0)),
    ...(walker.parent === null ? { reads: run.walkers.reduce((sum, one) => sum + one.step, 0) } : {}),
  });
  return { ...step, total, added: walkersToAdd(run, walker, step.walker, answer, seen) };
}

/** Whether the decision depends on how many rows the mirror holds of the list. */
export function wantsHeld(run: RunSoFar, before: Walker, page: ReadPage): boolean {
  if (run.kind !== "full") return false;
  const { walker, answer } = believed(run, before, page);
  return endAfter(walker, answer) === "unless-more-held";
}

/** Whether this is the first step of a run, after which the list is divided into segments. */
export function isFirstStep({ index, step, parent }: Walker): boolean {
  return index === 0 && step === 0 && parent === null;
}

/** The walker and the answer, without the pagination header if that is not trusted or contradicts its page. */
function believed(run: RunSoFar, walker: Walker, { answer, rows }: ReadPage) {
  const { pagination, items } = answer;
  if (pagination === null) return { walker, answer };
  const page = walker.nextPage;
  // A poll does not know the page size of the API: all pages may be as short as this one.
  const before = run.kind === "full" ? leastRowsBefore(walker) : (page - 1) * rows;
  // More rows than asked for: the API chooses the size itself, and how many rows stand before this page is not known.
  const through = run.kind === "full" && rows === fullPage(walker) ? rowsBefore(walker) + rows : null;
  const isBelieved =
    walker.header === "believed" && !contradicts(pagination, { page, before, through, received: rows });
  if (isBelieved) return { walker, answer };
  const isFirst = startsList(walker) && walker.index === 0 && walker.step === 0;
  const header = walker.header === "believed" ? (isFirst ? "ignored" : "contradicted") : walker.header;
  return { walker: { ...walker, header } as const, answer: { items, pagination: null } };
}

function poll(walker: Walker, answer: ListAnswer, seen: SeenFacts & { readonly unreadable: number }): WalkStep {
  const next = advancePoll(walker, {
    total: answer.pagination?.total ?? null,
    hasNext: goesOn(walker, answer),
    unchanged: seen.unchanged ?? false,
    isNew: seen.fresh !== 0 || seen.unreadable !== 0,
    mirror: seen.window ?? null,
  });
  return { walker: next, contiguous: true, overlapping: false };
}

/**
 * `unless-more-held`: only the header says that this is the last page, although the page is full or the first; or the first
 * page, or the one behind a full page, is empty. If the mirror holds more rows than the reported total, one more request is made, because
 * all the others would count as absent.
 */
type ListEnd = "goes-on" | "ends" | "unless-more-held";

/** Whether the list ends with this answer to a step of a full run. Expects an answer whose header is trusted. */
function endAfter(walker: Walker, { pagination, items }: ListAnswer): ListEnd {
  const received = items.length;
  const { total = null, lastPage = null } = pagination ?? {};
  const before = rowsBefore(walker);
  if (received === 0) {
    // The page should have rows. It is read again; if it stays empty, the walk ends like that of a repeating list.
    const isMissing = total !== null && total > before && (typeof lastPage !== "number" || lastPage >= walker.nextPage);
    if (isMissing) return "goes-on";
    const isFirstSign = startsList(walker) ? walker.step === 0 : total === before && walker.repeats === 0;
    return isFirstSign ? "unless-more-held" : "ends";
  }
  if (goesOn(walker, { pagination, items })) return "goes-on";
  // A page shorter than requested is the last, unless it is the first: all pages of the API may be that short.
  if (received < walker.perPage) {
    if (!startsList(walker)) return "ends";
    return total === received ? "unless-more-held" : "goes-on";
  }
  const isFitting = total === before + received;
  if (walker.ownPages) return isFitting ? "unless-more-held" : "ends";
  return isFitting && walker.nextPage > 1 && walker.total === total ? "unless-more-held" : "goes-on";
}

/** Whether there is a next page. If the API reports nothing about the end, the first page that is shorter than a full one is the last. */
function goesOn(walker: Walker, { pagination, items }: ListAnswer): boolean {
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
function leastRowsBefore(walker: Walker): number {
  return walker.ownPages ? Math.min(rowsBefore(walker), walker.fresh) : rowsBefore(walker);
}

function walkersToAdd(
  run: RunSoFar,
  walker: Walker,
  next: Walker,
  answer: ListAnswer,
  { open, latencyMs = null, slotMs }: SeenFacts,
): readonly Walker[] {
  if (walker.parent !== null) return [];
  if (isFirstStep(walker) && next.endedBy === null) {
    const facts = { total: next.total, pageSize: answer.items.length, latencyMs, slotMs };
    return segmentStarts(facts).map((page, i) => newWalker(i + 1, page, next));
  }
  const lastToEnd = next.endedBy !== null && open === 1;
  const hasHead = run.walkers.some(({ kind }) => kind === "head");
  const readAtOnce = run.walkers.length === 1 && walker.step === 0;
  return lastToEnd && !hasHead && !readAtOnce ? [newHeadWalker(run.walkers.length, next)] : [];
}
