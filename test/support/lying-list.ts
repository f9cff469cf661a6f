import type { ListAnswer } from "../../src/api/answer/pagination.ts";
import type { Proof } from "../../src/sync/conclusion/proof.ts";
import { createFullRun } from "./full-run.ts";

/** What an API makes of one request for a page. */
export type Answering = (page: number, perPage: number, read: number) => ListAnswer;

interface ListReading {
  readonly outcome: Proof["outcome"];
  readonly saw: (id: number) => boolean;
  readonly reads: number;
}

const MAX_IDS = 1_000;

/** A full run by one walker and the head's, until it ends. `held`: living rows of the mirror. */
export function readList(answer: Answering, held: number): ListReading {
  const run = createFullRun({ latencyMs: null, slotMs: 1, maxIds: MAX_IDS, held });
  const open = [run.first];
  let reads = 0;
  for (let walker = open.shift(); walker !== undefined; walker = open.shift()) {
    const page = answer(walker.nextPage, walker.perPage, reads);
    reads += 1;
    open.push(...run.record(walker, page));
  }
  return { outcome: run.outcome(), saw: run.saw, reads };
}
