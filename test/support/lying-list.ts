import type { ListAnswer } from "../../src/api/answer/pagination.ts";
import { believe } from "../../src/sync/reading/header-trust.ts";
import { endAfter, leastRowsBefore } from "../../src/sync/reading/list-end.ts";
import { prove, type Proof } from "../../src/sync/conclusion/proof.ts";
import { advance, newHeadWalker, newWalker, startsList, type Walker } from "../../src/sync/reading/walker.ts";

/** What an API makes of one request for a page. */
export type Answering = (page: number, perPage: number, read: number) => ListAnswer;

interface FullRun {
  readonly outcome: Proof["outcome"];
  readonly seen: ReadonlySet<number>;
  readonly reads: number;
}

interface Page {
  readonly walker: number;
  readonly ids: readonly number[];
  readonly total: number | null;
  readonly contiguous: boolean;
}

/** A full run by one walker and the head's, as `sync/page.ts` records it, until it ends. `held`: living rows of the mirror. */
export function readList(answer: Answering, held: number): FullRun {
  const pages: Page[] = [];
  const first = walkToEnd(newWalker(0, 1), { answer, held, pages });
  const isReadAtOnce = pages.length === 1;
  const walkers = isReadAtOnce ? [first] : [first, walkToEnd(newHeadWalker(1, first), { answer, held, pages })];
  const last = walkers.at(-1)?.index;
  const totals = pages.filter(({ walker }) => walker === last).flatMap(({ total }) => total ?? []);
  const seen = new Set(pages.flatMap(({ ids }) => ids));
  const { outcome } = prove({
    endings: walkers.map(({ endedBy }) => endedBy),
    contradicted: walkers.some(({ header }) => header === "contradicted"),
    knowsItsLists: true,
    seen: seen.size,
    length: totals.length === 0 ? null : Math.min(...totals),
  });
  return { outcome, seen, reads: pages.length };
}

interface Run {
  readonly answer: Answering;
  readonly held: number;
  readonly pages: Page[];
}

function walkToEnd(start: Walker, { answer, held, pages }: Run): Walker {
  let walker = start;
  while (walker.endedBy === null) {
    const original = answer(walker.nextPage, walker.perPage, pages.length);
    const ids = [...new Set(original.items.map(Number))];
    const believed = believe(walker.header, original, {
      page: walker.nextPage,
      before: leastRowsBefore(walker),
      received: ids.length,
      isFirst: startsList(walker) && walker.index === 0 && walker.step === 0,
    });
    walker = { ...walker, header: believed.header };
    const own = pages.filter((page) => page.walker === walker.index);
    const later = pages
      .filter((page) => walker.kind === "head" && page.walker !== walker.index && page.contiguous)
      .slice(0, 20);
    const total = believed.answer.pagination?.total ?? null;
    const end = endAfter(walker, believed.answer);
    const holds = (some: readonly Page[]) => some.some((page) => page.ids.some((id) => ids.includes(id)));
    const { walker: next, contiguous } = advance(walker, {
      received: original.items.length,
      total,
      hasNext: end === "goes-on" || (end === "unless-more-held" && held > (total ?? 0)),
      sharesRow: holds(own.slice(-12).filter((page) => page.contiguous)),
      absorbed: false,
      joinsLater: holds(later),
      repeatsPrevious: ids.length > 0 && own.length > 0 && ids.every((id) => own.at(-1)?.ids.includes(id)),
      fresh: ids.filter((id) => !own.some((page) => page.ids.includes(id))).length,
      unreadable: 0,
      reads: pages.length,
    });
    pages.push({ walker: walker.index, ids, total, contiguous });
    walker = next;
  }
  return walker;
}
