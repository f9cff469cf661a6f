import type { Pace } from "../../src/process/wiring.ts";

/**
 * For tests that wait for what a worker does by the clock alone: what takes half a minute by default takes seconds. Not less,
 * or what a slow machine still does would count as lost.
 */
export const QUICK: Pace = {
  maintenance: "*/3 * * * * *",
  takeover: { lockMs: 5_000, checkMs: 1_000 },
  graceMs: 8_000,
};
