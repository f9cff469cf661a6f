import { slotMs } from "../../../src/quota/slot.ts";
import type { Clock } from "./clock.ts";

/** How long an answer needs, in milliseconds, each length as likely as another. */
export interface Latency {
  readonly min: number;
  readonly max: number;
}

export interface Call<Answer> {
  /** Of the queue's catalogue: lower goes first. */
  readonly priority: number;
  /** What the API holds at the moment it looks, at any time between the request and its answer. */
  readonly read: () => Answer;
  readonly answered: (answer: Answer) => void;
}

export const SLOT_MS = slotMs(120);

/** The API behind its queue in simulated time: one request a slot, the most urgent first, answers in any order. */
export function createApi(clock: Clock, { latency, draw }: { latency: Latency; draw: () => number }) {
  const waiting: { readonly priority: number; readonly leave: () => void }[] = [];
  let nextSlot = clock.now;
  let isWoken = false;

  function wake(): void {
    if (isWoken || waiting.length === 0) return;
    isWoken = true;
    clock.at(Math.max(clock.now, nextSlot), () => {
      isWoken = false;
      nextSlot = clock.now + SLOT_MS;
      const most = Math.min(...waiting.map(({ priority }) => priority));
      const [call] = waiting.splice(
        waiting.findIndex(({ priority }) => priority === most),
        1,
      );
      call?.leave();
      wake();
    });
  }

  return {
    ask<Answer>({ priority, read, answered }: Call<Answer>): void {
      const leave = () => {
        const duration = latency.min + draw() * (latency.max - latency.min);
        const done = clock.now + duration;
        clock.at(clock.now + duration * draw(), () => {
          const answer = read();
          clock.at(done, () => answered(answer));
        });
      };
      waiting.push({ priority, leave });
      wake();
    },
  };
}
export type Api = ReturnType<typeof createApi>;

/** The 90th percentile of the answers, by which a run chooses how many walkers it has. */
export function p90Latency({ min, max }: Latency): number {
  return min + (max - min) * 0.9;
}
