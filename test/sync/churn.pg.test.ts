import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AccountKind } from "../../src/api/kelio.ts";
import { churn, churns, NO_WRONGS, wrongsOf, type Churn } from "../support/churn.ts";
import { withEnds } from "../support/ends.ts";
import { openWorld, type World } from "../support/world.ts";

const RUNS = 8;

interface Scenario {
  readonly rows: number;
  /** Of an answer, at most, in milliseconds: 120 lets several walkers share the list. */
  readonly latency: number;
  readonly churn: Churn;
}

/** Mostly as many rows as several walkers need, and at times so many that each reads farther than rows are joined. */
const sizes = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 1_000 }) },
  { weight: 1, arbitrary: fc.integer({ min: 1_000, max: 3_000 }) },
);

const scenarios = fc.record<Scenario>({
  rows: sizes,
  latency: fc.constantFrom(0, 120),
  churn: churns,
});

/** Two full syncs while the list moves, then as many as a deletion needs to be proven once it is quiet. */
async function play(world: World, kind: AccountKind, scenario: Scenario) {
  const lives = churn(world, "applications", scenario.churn);
  await world.sync("applications");
  await world.sync("applications");
  world.sandbox.script.clear();
  await world.sync("applications");
  if (kind === "jobboard") await world.sync("applications");
  return {
    states: [...new Set((await world.runs()).map(({ state }) => state))],
    wrongs: await wrongsOf(world, "applications", lives),
    mirror: (await world.mirror()).applications,
  };
}

describe.each<AccountKind>(["customer", "jobboard"])(
  "whatever happens to the list of a %s while it is read",
  (kind) => {
    it("no living row is marked as deleted, proven runs miss nothing, and once it is quiet the mirror is the source", async () => {
      await fc.assert(
        fc.asyncProperty(scenarios, (scenario) =>
          withEnds(async (onEnd) => {
            const { rows: applications, latency } = scenario;
            const sandbox = { applications, latency: { min: 0, max: latency } };
            const world = await openWorld({ kind, sandbox, onEnd });
            expect(await play(world, kind, scenario)).toEqual({
              states: ["proven"],
              wrongs: NO_WRONGS,
              mirror: world.source().applications,
            });
          }),
        ),
        { numRuns: RUNS, endOnFailure: true },
      );
    }, 300_000);
  },
);
