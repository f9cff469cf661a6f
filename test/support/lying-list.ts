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

const MAX_IDS = 1_500;

/** A full run until it ends. `held`: living rows of the mirror. By one walker and the head's, unless answers take some milliseconds. */
export function readList(answer: Answering, held: number, latencyMs: number | null = null): ListReading {
  const run = createFullRun({ latencyMs, slotMs: 1, maxIds: MAX_IDS, held });
  const open = [run.first];
  let reads = 0;
  for (let walker = open.shift(); walker !== undefined; walker = open.shift()) {
    const page = answer(walker.nextPage, walker.perPage, reads);
    reads += 1;
    open.push(...run.record(walker, page));
  }
  return { outcome: run.outcome(), saw: run.saw, reads };
}
