import { prove, type Proof } from "../../../src/sync/conclusion/proof.ts";
import {
  advance,
  JOIN_PAGES,
  newHeadWalker,
  newWalker,
  segmentStarts,
  STITCH_PAGES,
  type Walker,
} from "../../../src/sync/reading/walker.ts";
import { SLOT_MS } from "./api.ts";

const WALKERS = 5;

export interface Page {
  readonly ids: readonly number[];
  readonly total: number;
}

/** A full run by the product's own walkers, as `sync/page.ts` records one; ids are below `maxIds`. */
export function createFullRun({ latencyMs, maxIds }: { readonly latencyMs: number; readonly maxIds: number }) {
  const seen = new Uint8Array(maxIds);
  // The step at which each walker covered a row, by the number of the walker; -1: not covered.
  const covered = Array.from({ length: WALKERS }, () => new Int32Array(maxIds).fill(-1));
  const first = newWalker(0, 1);
  const walkers = new Map<number, Walker>([[0, first]]);
  const headTotals: number[] = [];
  let distinct = 0;

  const stepIn = (index: number, id: number) => covered[index]?.[id] ?? -1;
  const isOver = () => [...walkers.values()].every(({ endedBy }) => endedBy !== null);

  function walk(walker: Walker, { ids, total }: Page) {
    const own = (walker.nextPage - 1) * walker.perPage;
    const others = [...walkers.values()];
    return advance(walker, {
      received: ids.length,
      total,
      hasNext: ids.length > 0 && own + ids.length < total,
      sharesRow: ids.some((id) => stepIn(walker.index, id) >= Math.max(0, walker.step - JOIN_PAGES)),
      absorbed:
        walker.step === 0 &&
        walker.kind === "segment" &&
        others.some(({ index }) => index < walker.index && ids.some((id) => stepIn(index, id) >= 0)),
      joinsLater: others.some(
        ({ index, kind, endedBy }) =>
          kind === "segment" &&
          (walker.kind === "head" || index > walker.index) &&
          endedBy !== "absorbed" &&
          ids.some((id) => stepIn(index, id) >= 0 && stepIn(index, id) < STITCH_PAGES),
      ),
      repeatsPrevious: false,
    });
  }

  function note(walker: Walker, { ids, total }: Page, contiguous: boolean): void {
    if (walker.kind === "head") headTotals.push(total);
    for (const id of ids) {
      distinct += seen[id] === 1 ? 0 : 1;
      seen[id] = 1;
      const steps = covered[walker.index];
      if (contiguous && steps !== undefined) steps[id] = walker.step;
    }
  }

  function walkersToAdd(walker: Walker, next: Walker, { ids, total }: Page): readonly Walker[] {
    if (walker.index === 0 && walker.step === 0) {
      const facts = { total, pageSize: ids.length, latencyMs, slotMs: SLOT_MS };
      return next.endedBy === null ? segmentStarts(facts).map((start, i) => newWalker(i + 1, start, next)) : [];
    }
    const hasHead = [...walkers.values()].some(({ kind }) => kind === "head");
    return isOver() && !hasHead ? [newHeadWalker(walkers.size, next)] : [];
  }

  return {
    first,
    isOver,
    /** Records the answer to a walker's step. Returns the walkers that have a step to do now. */
    record(walker: Walker, page: Page): readonly Walker[] {
      const { walker: next, contiguous } = walk(walker, page);
      note(walker, page, contiguous);
      walkers.set(next.index, next);
      const added = walkersToAdd(walker, next, page);
      for (const one of added) walkers.set(one.index, one);
      return [...(next.endedBy === null ? [next] : []), ...added];
    },
    saw: (id: number) => seen[id] === 1,
    outcome(): Proof["outcome"] {
      const endings = [...walkers.values()].map(({ endedBy }) => endedBy);
      const length = headTotals.length === 0 ? null : Math.min(...headTotals);
      return prove({ endings, knowsItsLists: true, seen: distinct, length }).outcome;
    },
  };
}
