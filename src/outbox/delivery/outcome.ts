/** What came of a request that creates, as the outbox sees it. Pure. */
import type { Creation } from "../../api/client.ts";
import { ApiError, IMPORTS_HELD } from "../../api/errors.ts";
import { AppError } from "../../platform/errors.ts";
import type { Step } from "../import/states.ts";
import type { Move } from "../import/row.ts";

export interface Outcome {
  readonly move: Move;
  /** Whether the API is well: `failing` counts towards a pause, `closed` holds all imports until a person looks. */
  readonly api: "well" | "failing" | "closed" | "untouched";
  /** Whether the queue must know of the failure: to wait, to pause, or to come again. */
  readonly rethrow: boolean;
  /** Whether the API refuses this request for what it names or holds, or may do so: the offer, the resume. */
  readonly alone?: "offer" | "resume";
}

/** What is known of a request when its error is classified. */
export interface Attempt {
  /** Whether it may have left. */
  readonly requestLeft: boolean;
  /** Whether it was sent before and found to be absent. */
  readonly again: boolean;
  readonly step: Step;
  readonly withResume: boolean;
  /** Whether its body is one that a barrier in front of the API may refuse for its size. */
  readonly isLarge: boolean;
}

/** The outcome of an answer: there with its id, or there and to be looked up. */
export function outcomeOfAnswer({ outcome, id, status }: Creation): Outcome {
  const origin = outcome === "created" ? "created" : "existing";
  if (id !== null) return { move: { to: "sent", id: BigInt(id), origin }, api: "well", rethrow: false };
  if (outcome === "exists") {
    const reason = `The API says that it is there already (HTTP ${status}), without its id.`;
    const move = { to: "unknown", reasonCode: "exists_without_id", reason, existsThere: true } as const;
    return { move, api: "well", rethrow: false };
  }
  // It is there, and nobody can tell which one: where it cannot be looked up, each one more is work for a person.
  const reason = `The API accepted it (HTTP ${status}) without an id that can be read.`;
  const move = { to: "unknown", reasonCode: "accepted_without_id", reason, existsThere: true } as const;
  return { move, api: "failing", rethrow: false };
}

/**
 * The outcome of an error. What surely had no effect goes back to `ready`; what may have had one is `unknown`; what the API refused for its
 * content is `rejected`, unless it may be refused because the request of before had an effect after all.
 */
export function outcomeOfError(error: unknown, attempt: Attempt): Outcome {
  const { requestLeft, again } = attempt;
  if (error instanceof AppError && error.code === IMPORTS_HELD) return held();
  if (!(error instanceof ApiError)) return requestLeft ? unknown("internal", "The worker failed.") : notSent();
  const { kind, status, sent, code, message } = error;
  if (!requestLeft || !sent) return notSent();
  if (kind === "quota" || status === 429) return notSent();
  if (kind === "unauthorised") return error.disposition === "retry" ? notSent() : closed();
  if (kind === "refused") return { ...closed(), ...aloneOf(attempt) };
  if (kind === "refused-alone") return refusedAlone(error, attempt);
  // A 422 that was cut off may have said that it is there: only an answer that was read is a refusal.
  if (kind === "invalid" && again) return { ...unknown(code, message), api: "well" };
  if (kind === "invalid" || kind === "not-found")
    return { move: { to: "rejected", reasonCode: code, reason: message }, api: "well", rethrow: false };
  return unknown(code, message);
}

/** The queue keeps the job and brings it again: nobody else is to put it there meanwhile. */
function notSent(): Outcome {
  return { move: { to: "ready", queued: true }, api: "untouched", rethrow: true };
}

function held(): Outcome {
  const reason = "All imports are held.";
  return { move: { to: "held", reasonCode: "kill_switch", reason }, api: "untouched", rethrow: false };
}

/** Only this import waits for a person: for its resume, or for the offer it names. */
function refusedAlone({ status, code, message }: ApiError, { step, withResume }: Attempt): Outcome {
  if (step === "applicant" && withResume) {
    const reason =
      status === 413
        ? "The resume is too large for the API (HTTP 413)."
        : `The API refuses it with its resume (HTTP ${status}), while it answers other requests.`;
    const final = status === 413 ? { final: true as const } : {};
    const move = { to: "held", reasonCode: "resume_refused", reason, ...final } as const;
    return { move, api: status === 413 ? "well" : "untouched", rethrow: false, alone: "resume" };
  }
  if (step === "application" && status === 403) {
    const reason = `The API refuses applications for this offer (HTTP ${status}), while it answers other requests.`;
    const move = { to: "held", reasonCode: "offer_refused", reason } as const;
    return { move, api: "untouched", rethrow: false, alone: "offer" };
  }
  return { move: { to: "rejected", reasonCode: code, reason: message }, api: "well", rethrow: false };
}

/** What a refusal may be about that does not say. */
function aloneOf({ step, withResume, isLarge }: Attempt): Pick<Outcome, "alone"> {
  if (step === "application") return { alone: "offer" };
  return withResume && isLarge ? { alone: "resume" } : {};
}

function closed(): Outcome {
  return { move: { to: "ready" }, api: "closed", rethrow: true };
}

function unknown(reasonCode: string, reason: string): Outcome {
  return { move: { to: "unknown", reasonCode, reason }, api: "failing", rethrow: false };
}
