import { prove } from "../../../src/sync/proof.ts";
import {
  advance,
  HEAD,
  JOIN_PAGES,
  newWalker,
  segmentStarts,
  STITCH_PAGES,
  type Walker,
} from "../../../src/sync/walk.ts";
import type { ChurningList } from "./list.ts";

const SLOT_MS = 505;
const MAX_IDS = 60_000;
const WALKERS = 5;

export interface PassResult {
  readonly requests: number;
  readonly proven: boolean;
  /** Rows that lived through the pass and were not seen. */
  readonly missed: number;
  readonly milliseconds: number;
}

interface Request {
  readonly walker: Walker;
  readonly snapAt: number;
  readonly doneAt: number;
  page: { readonly ids: Int32Array; readonly total: number } | null;
}

/** One full run over a list in simulated time, by the product's own walkers, one request a slot at most. */
export function simulatePass(
  list: ChurningList,
  latency: { readonly min: number; readonly max: number },
  draw: () => number,
): PassResult {
  const before = list.living().slice();
  const seen = new Uint8Array(MAX_IDS);
  // The step at which each walker covered a row, by walker index + 1; -1: not covered.
  const covered = Array.from({ length: WALKERS }, () => new Int32Array(MAX_IDS).fill(-1));
  const walkers = new Map<number, Walker>([[0, newWalker(0, 1)]]);
  const waiting: Walker[] = [newWalker(0, 1)];
  const inFlight: Request[] = [];
  const headTotals: number[] = [];
  const cap = latency.min + (latency.max - latency.min) * 0.9;
  let now = 0;
  let nextSlot = 0;
  let requests = 0;
  let distinct = 0;

  const stepIn = (index: number, id: number) => covered[index + 1]?.[id] ?? -1;

  function record({ walker, page }: Request): void {
    if (page === null) return;
    const ids = [...page.ids];
    const own = (walker.nextPage - 1) * walker.perPage;
    const others = [...walkers.values()];
    const { walker: next, contiguous } = advance(walker, {
      received: ids.length,
      total: page.total,
      hasNext: ids.length > 0 && own + ids.length < page.total,
      sharesRow: ids.some((id) => stepIn(walker.index, id) >= Math.max(0, walker.step - JOIN_PAGES)),
      takenOver:
        walker.step === 0 &&
        others.some(({ index }) => index >= 0 && index < walker.index && ids.some((id) => stepIn(index, id) >= 0)),
      meetsLater: others.some(
        ({ index, endedBy }) =>
          index > walker.index &&
          endedBy !== "taken-over" &&
          ids.some((id) => stepIn(index, id) >= 0 && stepIn(index, id) < STITCH_PAGES),
      ),
      repeatsPrevious: false,
    });
    if (walker.index === HEAD) headTotals.push(page.total);
    for (const id of ids) {
      distinct += seen[id] === 1 ? 0 : 1;
      seen[id] = 1;
      const steps = covered[walker.index + 1];
      if (contiguous && steps !== undefined) steps[id] = walker.step;
    }
    walkers.set(next.index, next);
    if (next.endedBy === null) waiting.push(next);
    if (walker.index === 0 && walker.step === 0) {
      const starts = segmentStarts({ total: page.total, pageSize: ids.length, latencyMs: cap, slotMs: SLOT_MS });
      starts.forEach((start, i) => add(newWalker(i + 1, start, next)));
    }
    const isOver = [...walkers.values()].every(({ endedBy }) => endedBy !== null);
    if (isOver && !walkers.has(HEAD)) add(newWalker(HEAD, 1, next));
  }

  function add(walker: Walker): void {
    walkers.set(walker.index, walker);
    waiting.push(walker);
  }

  while (waiting.length + inFlight.length > 0) {
    const startAt = waiting.length > 0 ? Math.max(now, nextSlot) : Infinity;
    const snap = inFlight.reduce((least, one) => (one.page === null ? Math.min(least, one.snapAt) : least), Infinity);
    const done = inFlight.reduce((least, one) => (one.page === null ? least : Math.min(least, one.doneAt)), Infinity);
    now = Math.min(startAt, snap, done);
    if (now === snap) {
      const request = inFlight.find((one) => one.page === null && one.snapAt === snap);
      if (request === undefined) break;
      list.moveTo(now);
      const { nextPage, perPage } = request.walker;
      request.page = { ids: list.read((nextPage - 1) * perPage, perPage), total: list.length };
    } else if (now === done) {
      const place = inFlight.findIndex((one) => one.page !== null && one.doneAt === done);
      const [request] = inFlight.splice(place, 1);
      if (request !== undefined) record(request);
    } else {
      const walker = waiting.shift();
      if (walker === undefined) break;
      const takes = latency.min + draw() * (latency.max - latency.min);
      inFlight.push({ walker, snapAt: now + takes * draw(), doneAt: now + takes, page: null });
      nextSlot = now + SLOT_MS;
      requests += 1;
    }
  }
  const lived = new Set(list.living());
  const missed = before.reduce((sum, id) => sum + (lived.has(id) && seen[id] !== 1 ? 1 : 0), 0);
  const endings = [...walkers.values()].map(({ endedBy }) => endedBy);
  const length = headTotals.length === 0 ? null : Math.min(...headTotals);
  const { outcome } = prove({ endings, knowsItsLists: true, seen: distinct, length });
  return { requests, proven: outcome === "proven", missed, milliseconds: now };
}
