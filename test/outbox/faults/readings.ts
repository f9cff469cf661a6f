import { READINGS, type Readings } from "../../../src/sandbox/readings.ts";

/** Q9 and Q10: any two of their readings meet in one set. */
const PAIRED = ["creationAnswer", "duplicateApplicant", "duplicateApplication", "creationStatus"] as const;
/** What else decides how an import goes and how it is looked up: each reading is in some sets. */
const OTHERS = [
  "errorBody",
  "pagination",
  "envelope",
  "dates",
  "applicationMail",
  "emailInPath",
  "ids",
  "relationIds",
  "emptyFields",
  "listEmbeds",
] as const;

type Paired = (typeof PAIRED)[number];
type Choice = Readonly<Record<Paired, number>>;

/** Sets of readings, always the same: whatever goes wrong by two readings of Q9 and Q10 together goes wrong in one of them. */
export function readingSets(): readonly Partial<Readings>[] {
  const open = new Set(PAIRED.flatMap((a, i) => PAIRED.slice(i + 1).flatMap((b) => allPairs(a, b))));
  const sets: Choice[] = [];
  while (open.size > 0) {
    const best = everyChoice().reduce((one, other) => (gain(open, other) > gain(open, one) ? other : one));
    sets.push(best);
    for (const pair of pairsIn(best)) open.delete(pair);
  }
  return sets.map((choice, n) => ({
    ...Object.fromEntries(PAIRED.map((name) => [name, READINGS[name][choice[name]]])),
    ...Object.fromEntries(OTHERS.map((name, k) => [name, turning(READINGS[name], n, k)])),
  }));
}

/** The n-th reading in turn; `k` shifts the turns, or questions with as many readings would go hand in hand. */
function turning<T>(readings: readonly T[], n: number, k: number): T | undefined {
  return readings[(n + Math.floor((n * k) / OTHERS.length)) % readings.length];
}

function everyChoice(): readonly Choice[] {
  return READINGS.creationAnswer.flatMap((_, creationAnswer) =>
    READINGS.duplicateApplicant.flatMap((__, duplicateApplicant) =>
      READINGS.duplicateApplication.flatMap((___, duplicateApplication) =>
        READINGS.creationStatus.map((____, creationStatus) => ({
          creationAnswer,
          duplicateApplicant,
          duplicateApplication,
          creationStatus,
        })),
      ),
    ),
  );
}

function gain(open: ReadonlySet<string>, choice: Choice): number {
  return pairsIn(choice).filter((pair) => open.has(pair)).length;
}

function pairsIn(choice: Choice): readonly string[] {
  return PAIRED.flatMap((a, i) => PAIRED.slice(i + 1).map((b) => `${a}=${choice[a]}&${b}=${choice[b]}`));
}

function allPairs(a: Paired, b: Paired): readonly string[] {
  return READINGS[a].flatMap((_, i) => READINGS[b].map((__, j) => `${a}=${i}&${b}=${j}`));
}
