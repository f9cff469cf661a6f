import { describe, it } from "vitest";
import type { AccountKind } from "../../src/api/kelio.ts";
import { useDatabase } from "../support/database.ts";
import { CASES, spread } from "./faults/cases.ts";
import { play, type Share } from "./faults/play.ts";
import { variantSets } from "./faults/variants.ts";

const database = useDatabase();
const SETS = variantSets();

const sharesOf = (kind: AccountKind): readonly Share[] =>
  [...spread(CASES[kind], SETS)]
    .filter(([, cases]) => cases.length > 0)
    .map(([variants, cases]) => ({ name: JSON.stringify(variants), variants, cases }));

// Each case meets every variant of Q9 and Q10, and any two variants of these meet in one set. Most of the time is waiting.
// Five tests at a time share a process, and each takes up to 45 s on two busy cores.
describe.concurrent.each<AccountKind>(["customer", "jobboard"])(
  "every fault at every step of a %s, in every variant",
  (kind) => {
    it.for(sharesOf(kind))(
      "leaves every import in a true state where the variants are $name",
      { timeout: 240_000 },
      async (share, { expect, onTestFinished }) => {
        expect(await play(database(), kind, share, onTestFinished)).toEqual([]);
      },
    );
  },
);
