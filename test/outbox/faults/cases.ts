import type { AccountKind } from "../../../src/api/scopes.ts";
import type { Step } from "../../../src/outbox/states.ts";
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

/** Faults that spoil what the API says of somebody who is there are left out: what it says then is no longer in its readings. */
const tellsOfBefore = ({ answer, leaves }: ImportFault): boolean =>
  answer === undefined || (leaves !== "exists" && leaves !== "accepted");

const of = (kind: AccountKind, step: Step, befores: readonly Before[]): readonly FaultCase[] =>
  befores.flatMap((before) =>
    FAULTS.filter((fault) => before === "nobody" || tellsOfBefore(fault)).map((fault) => ({
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
