import type { AccountKind } from "../../../src/api/kelio.ts";
import type { Step } from "../../../src/outbox/import/states.ts";
import type { Variants } from "../../../src/sandbox/variants.ts";
import { FAULTS, type ImportFault } from "./faults.ts";

/** What the vendor has of the person before, unknown to us: nothing, the account, and the candidacy asked for (or another). */
export type Before = "nobody" | "applicant" | "application";

/** One import of one person, and what happens to the request of one of its steps. */
export interface FaultCase {
  readonly kind: AccountKind;
  readonly step: Step;
  readonly before: Before;
  readonly fault: ImportFault;
}

/** The faults that people meet who are there already: one of each kind of end, and those that come between two requests. */
const OF_KNOWN_PEOPLE: ReadonlySet<string> = new Set([
  "nothing wrong",
  "connection refused",
  "reset before the effect",
  "reset before the effect, twice",
  "time-out after the effect",
  "500 after the effect",
  "answer cut off with its connection",
  "worker killed before the effect, job lost",
  "worker killed after the effect, job handed out again",
  "job handed to two workers",
]);

const of = (kind: AccountKind, step: Step, befores: readonly Before[]): readonly FaultCase[] =>
  befores.flatMap((before) =>
    FAULTS.filter(({ name }) => before === "nobody" || OF_KNOWN_PEOPLE.has(name)).map((fault) => ({
      kind,
      step,
      before,
      fault,
    })),
  );

/** Every fault at every step, for people who are new and for people who are there already. */
export const CASES: Readonly<Record<AccountKind, readonly FaultCase[]>> = {
  customer: of("customer", "applicant", ["nobody", "applicant"]),
  jobboard: [
    ...of("jobboard", "applicant", ["nobody", "applicant", "application"]),
    ...of("jobboard", "application", ["nobody", "application"]),
  ],
};

export const nameOf = ({ kind, step, before, fault }: FaultCase): string =>
  `${kind}: ${fault.name}, at the ${step}, of ${before === "nobody" ? "somebody new" : `somebody with an ${before} there`}`;

/** The questions that each case meets in every variant. */
const MET = ["creationStatus", "creationAnswer", "duplicateApplicant", "duplicateApplication"] as const;

/**
 * Spreads cases over sets of variants so that each case meets every variant of Q9 and Q10, in as few sets as a greedy choice
 * needs. Cases begin at different sets, so that all sets are used.
 */
export function spread(
  cases: readonly FaultCase[],
  sets: readonly Partial<Variants>[],
): ReadonlyMap<Partial<Variants>, readonly FaultCase[]> {
  const shares = new Map<Partial<Variants>, FaultCase[]>(sets.map((set) => [set, []]));
  cases.forEach((one, n) => {
    const turned = sets.map((_, k) => sets[(n * STRIDE + k) % sets.length] ?? {});
    for (const set of covering(turned)) shares.get(set)?.push(one);
  });
  return shares;
}

const STRIDE = 7;

/** Sets that have every variant of Q9 and Q10 between them, each time the first that adds most. */
function covering(sets: readonly Partial<Variants>[]): readonly Partial<Variants>[] {
  const open = new Set(sets.flatMap(answersOf));
  const chosen: Partial<Variants>[] = [];
  while (open.size > 0) {
    const gain = (set: Partial<Variants>): number => answersOf(set).filter((answer) => open.has(answer)).length;
    const best = sets.reduce((one, other) => (gain(other) > gain(one) ? other : one));
    for (const answer of answersOf(best)) open.delete(answer);
    chosen.push(best);
  }
  return chosen;
}

const answersOf = (set: Partial<Variants>): readonly string[] => MET.map((name) => `${name}=${set[name]}`);
