import { describe, it } from "vitest";
import type { AccountKind } from "../../src/api/scopes.ts";
import { useDatabase } from "../support/database.ts";
import { CASES, spread } from "./faults/cases.ts";
import { play, type Share } from "./faults/play.ts";
import { readingSets } from "./faults/readings.ts";

const database = useDatabase();
const SETS = readingSets();

const sharesOf = (kind: AccountKind): readonly Share[] =>
  [...spread(CASES[kind], SETS)]
    .filter(([, cases]) => cases.length > 0)
    .map(([readings, cases]) => ({ name: JSON.stringify(readings), readings, cases }));

// Each case meets every reading of Q9 and Q10, and any two readings of these meet in one set. Most of the time is waiting.
describe.concurrent.each<AccountKind>(["customer", "jobboard"])(
  "every fault at every step of a %s, in every reading",
  (kind) => {
    it.for(sharesOf(kind))(
      "leaves every import in a true state where the readings are $name",
      async (share, { expect, onTestFinished }) => {
        expect(await play(database(), kind, share, onTestFinished)).toEqual([]);
      },
    );
  },
);
