import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AccountKind } from "../../src/api/scopes.ts";
import { openWorld, type World } from "../support/world.ts";

/** Below the brake, which is tried elsewhere. */
const MOST_REMOVALS = 15;
const RUNS = 5;

interface Change {
  readonly what: "insert" | "remove" | "edit";
  /** Of the row, from the oldest; modulo the length of the list. */
  readonly place: number;
}

interface Scenario {
  readonly rows: number;
  /** Of an answer, at most, in milliseconds: 120 lets several walkers share the list. */
  readonly latency: number;
  /** What happens before each request for a list; none after the last. */
  readonly changes: readonly (readonly Change[])[];
}

const changes = fc.array(
  fc.record<Change>({ what: fc.constantFrom("insert", "remove", "edit"), place: fc.nat(10_000) }),
  { maxLength: 3 },
);
const scenarios = fc.record<Scenario>({
  rows: fc.integer({ min: 0, max: 450 }),
  latency: fc.constantFrom(0, 120),
  changes: fc.array(changes, { minLength: 5, maxLength: 30 }),
});

function apply({ sandbox }: World, { what, place }: Change, removals: { count: number }): void {
  const { applications } = sandbox.data;
  const ids = applications.ids();
  const id = ids[place % Math.max(1, ids.length)];
  if (what === "insert" || id === undefined) applications.insert();
  else if (what === "edit") applications.edit(id, { source: `edited ${place}` });
  else if (removals.count < MOST_REMOVALS) {
    removals.count += 1;
    applications.remove(id);
  }
}

async function idsOf({ database, account }: World, deleted: boolean): Promise<ReadonlySet<number>> {
  const where = { account, deleted_at: deleted ? { not: null } : null };
  return new Set((await database.application.findMany({ where, select: { id: true } })).map(({ id }) => Number(id)));
}

/** Two full syncs while the list moves, then as many as a deletion takes to be proven once it is quiet. Returns the mirror. */
async function play(world: World, kind: AccountKind, scenario: Scenario) {
  const removals = { count: 0 };
  const coming = scenario.changes.values();
  world.sandbox.script.before(
    { path: kind === "customer" ? "/applications" : "/jobboards/applications", times: Infinity },
    () => {
      for (const change of coming.next().value ?? []) apply(world, change, removals);
    },
  );
  for (let sync = 1; sync <= 2; sync += 1) {
    const before = [...world.sandbox.data.applications.ids()];
    const [run] = await world.sync("applications");
    const living = new Set(world.sandbox.data.applications.ids());
    const mirrored = await idsOf(world, false);
    expect([...(await idsOf(world, true))].filter((id) => living.has(id))).toEqual([]);
    expect(run?.state).toBe("proven");
    expect(before.filter((id) => living.has(id) && !mirrored.has(id))).toEqual([]);
  }
  world.sandbox.script.clear();
  await world.sync("applications");
  if (kind === "jobboard") await world.sync("applications");
  return (await world.mirror()).applications;
}

describe.each<AccountKind>(["customer", "jobboard"])(
  "whatever happens to the list of a %s while it is read",
  (kind) => {
    it("no living row is marked as deleted, proven runs miss nothing, and once it is quiet the mirror is the source", async () => {
      await fc.assert(
        fc.asyncProperty(scenarios, async (scenario) => {
          const ends: (() => Promise<void>)[] = [];
          const { rows: applications, latency } = scenario;
          const world = await openWorld({
            kind,
            env: { KELIO_REQUESTS_PER_MINUTE: "1200" },
            sandbox: { applications, latency: { min: 0, max: latency } },
            onEnd: (end) => void ends.push(end),
          });
          try {
            expect(await play(world, kind, scenario)).toEqual(world.source().applications);
          } finally {
            for (const end of ends) await end();
          }
        }),
        { numRuns: RUNS, endOnFailure: true },
      );
    }, 300_000);
  },
);
