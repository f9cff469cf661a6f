import type { ListAnswer } from "../../src/api/answer/pagination.ts";
import { prove, type Proof } from "../../src/sync/conclusion/proof.ts";
import { decidePage } from "../../src/sync/reading/decide.ts";
import { JOIN_PAGES, newWalker, STITCH_PAGES, type Walker } from "../../src/sync/reading/walker.ts";

const WALKERS = 5;

/** The rows of one walker, by id. */
interface Track {
  /** The step at which the walker read a row last, and at which it covered it last; -1: not yet. */
  readonly read: Int32Array;
  readonly covered: Int32Array;
  /** The smallest total of its pages. */
  leastTotal: number | null;
}

export interface FullRunOptions {
  /** The 90th percentile of the response times, and the time that the quota gives each request, in milliseconds. */
  readonly latencyMs: number | null;
  readonly slotMs: number;
  /** Ids are below this. */
  readonly maxIds: number;
  /** How many living rows the mirror holds. By default none. */
  readonly held?: number;
}

/** A full run of the product in memory: its decisions (`decidePage`), over facts that are kept in arrays. */
export function createFullRun({ latencyMs, slotMs, maxIds, held = 0 }: FullRunOptions) {
  const seen = new Uint8Array(maxIds);
  const tracks = Array.from({ length: WALKERS }, (): Track => {
    return { read: new Int32Array(maxIds).fill(-1), covered: new Int32Array(maxIds).fill(-1), leastTotal: null };
  });
  const first = newWalker(0, 1);
  const walkers = new Map<number, Walker>([[0, first]]);
  let distinct = 0;

  const all = () => [...walkers.values()];
  const open = () => all().filter(({ endedBy }) => endedBy === null).length;
  const covered = (index: number, id: number) => tracks[index]?.covered[id] ?? -1;

  function factsOf({ index, kind, step }: Walker, ids: readonly number[]) {
    const lastRead = (id: number) => tracks[index]?.read[id] ?? -1;
    const isLater = (other: Walker) =>
      other.kind === "segment" && other.endedBy !== "absorbed" && (kind === "head" || other.index > index);
    const isStart = (one: number) => one >= 0 && one < STITCH_PAGES;
    return {
      open: open(),
      sharesRow: ids.some((id) => covered(index, id) >= Math.max(0, step - JOIN_PAGES)),
      absorbed:
        step === 0 &&
        kind === "segment" &&
        all().some((other) => other.index < index && ids.some((id) => covered(other.index, id) >= 0)),
      joinsLater: all().some((other) => isLater(other) && ids.some((id) => isStart(covered(other.index, id)))),
      repeatsPrevious: step > 0 && ids.length > 0 && ids.every((id) => lastRead(id) === step - 1),
      fresh: ids.filter((id) => lastRead(id) < 0).length,
      uncovered: ids.filter((id) => covered(index, id) < 0).length,
    };
  }

  function note({ index, step }: Walker, ids: readonly number[], contiguous: boolean, total: number | null): void {
    const track = tracks[index];
    if (track === undefined) return;
    if (total !== null) track.leastTotal = Math.min(track.leastTotal ?? total, total);
    for (const id of ids) {
      distinct += seen[id] === 1 ? 0 : 1;
      seen[id] = 1;
      track.read[id] = step;
      if (contiguous) track.covered[id] = step;
    }
  }

  return {
    first,
    isOver: () => open() === 0,
    /** Records the answer to a walker's step; its items are ids. Returns the walkers that have a step to do now. */
    record(walker: Walker, answer: ListAnswer): readonly Walker[] {
      const ids = [...new Set(answer.items.map(Number))];
      const facts = { ...factsOf(walker, ids), held, latencyMs, slotMs };
      const run = { kind: "full", walkers: all() } as const;
      const { walker: next, contiguous, total, added } = decidePage(run, walker, { answer, rows: ids.length }, facts);
      note(walker, ids, contiguous, total);
      for (const one of [next, ...added]) walkers.set(one.index, one);
      return [...(next.endedBy === null ? [next] : []), ...added];
    },
    saw: (id: number) => seen[id] === 1,
    outcome(): Proof["outcome"] {
      const headOrOnly = all().find(({ kind }) => kind === "head")?.index ?? 0;
      return prove({
        endings: all().map(({ endedBy }) => endedBy),
        contradicted: all().some(({ header }) => header === "contradicted"),
        knowsItsLists: true,
        seen: distinct,
        length: tracks[headOrOnly]?.leastTotal ?? null,
      }).outcome;
    },
  };
}
