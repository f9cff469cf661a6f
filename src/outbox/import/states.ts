import { AppError } from "../../platform/errors.ts";

/**
 * The states of a step of an import. An import has two steps, the applicant and then, if it names a campaign, the
 * application. `draft`: not yet checked. `held`: waits for a person. `waiting`: the application, until the applicant is
 * there. `ready`: may be sent. `sending`: a request may be in flight. `sent`: it is in the account, and its id is known. `unknown`:
 * a request of unknown outcome was sent, or it is in the account without a known id; it is looked up before it is sent again.
 * `needs_review`: no lookup shows whether it is in the account. `rejected`: the API, our check or a person refused it.
 */
export const STEP_STATES = [
  "draft",
  "held",
  "waiting",
  "ready",
  "sending",
  "sent",
  "unknown",
  "needs_review",
  "rejected",
] as const;
export type StepState = (typeof STEP_STATES)[number];

/** The allowed transitions of a step from each state. The database holds the same table and enforces it. */
export const TRANSITIONS = {
  draft: ["ready", "held", "rejected"],
  // To `waiting`: the application whose applicant is reviewed once more.
  held: ["ready", "waiting", "rejected", "needs_review"],
  waiting: ["ready", "held", "sent"],
  // To `needs_review`: what was reported absent is reviewed once more.
  ready: ["waiting", "sending", "sent", "held", "rejected", "needs_review"],
  sending: ["sent", "unknown", "rejected", "ready", "held"],
  // A person corrects what a person reported; the database refuses to change what the API reported.
  sent: ["needs_review"],
  unknown: ["sent", "ready", "needs_review", "rejected"],
  needs_review: ["sent", "ready", "rejected"],
  rejected: ["draft", "waiting", "ready", "held", "needs_review"],
} as const satisfies Readonly<Record<StepState, readonly StepState[]>>;

/** The state of the whole import: that of its step, and `done` once all that was wanted is there. */
export const IMPORT_STATES = [
  "draft",
  "held",
  "ready",
  "sending",
  "unknown",
  "needs_review",
  "rejected",
  "done",
] as const;

export type Step = "applicant" | "application";

/** Throws `import_transition`, unless a step may go that way. */
export function assertTransition(from: StepState, to: StepState): void {
  const allowed: readonly StepState[] = TRANSITIONS[from];
  if (allowed.includes(to)) return;
  throw new AppError("import_transition", `A step of an import cannot go from ${from} to ${to}.`, {
    disposition: "fail",
  });
}

export function stepStateOf(text: string): StepState {
  const state = STEP_STATES.find((one) => one === text);
  if (state === undefined) throw new AppError("import_state", `No step of an import can be ${text}.`);
  return state;
}
