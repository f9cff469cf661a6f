import { VARIANTS, type Variants } from "../../../src/sandbox/variants.ts";

/** Q9 and Q10: any two of their variants meet in one set. */
const PAIRED = ["creationAnswer", "duplicateApplicant", "duplicateApplication", "creationStatus"] as const;
/** What else decides how an import goes and how it is looked up: each variant is in some sets. */
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

/** Sets of variants, always the same: whatever goes wrong by two variants of Q9 and Q10 together goes wrong in one of them. */
export function variantSets(): readonly Partial<Variants>[] {
  const open = new Set(PAIRED.flatMap((a, i) => PAIRED.slice(i + 1).flatMap((b) => allPairs(a, b))));
  const sets: Choice[] = [];
  while (open.size > 0) {
    const best = everyChoice().reduce((one, other) => (gain(open, other) > gain(open, one) ? other : one));
    sets.push(best);
    for (const pair of pairsIn(best)) open.delete(pair);
  }
  return sets.map((choice, n) => ({
    ...Object.fromEntries(PAIRED.map((name) => [name, VARIANTS[name][choice[name]]])),
    ...Object.fromEntries(OTHERS.map((name, k) => [name, turning(VARIANTS[name], n, k)])),
  }));
}

/** The n-th variant in turn; `k` shifts the turns, or questions with as many variants would go hand in hand. */
function turning<T>(variants: readonly T[], n: number, k: number): T | undefined {
  return variants[(n + Math.floor((n * k) / OTHERS.length)) % variants.length];
}

function everyChoice(): readonly Choice[] {
  return VARIANTS.creationAnswer.flatMap((_, creationAnswer) =>
    VARIANTS.duplicateApplicant.flatMap((__, duplicateApplicant) =>
      VARIANTS.duplicateApplication.flatMap((___, duplicateApplication) =>
        VARIANTS.creationStatus.map((____, creationStatus) => ({
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
  return VARIANTS[a].flatMap((_, i) => VARIANTS[b].map((__, j) => `${a}=${i}&${b}=${j}`));
}
