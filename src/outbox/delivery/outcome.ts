/** Classifies the outcome of a request that creates. Pure. */
import type { Creation } from "../../api/client.ts";
import { ApiError, IMPORTS_HELD } from "../../api/errors.ts";
import { AppError } from "../../platform/errors.ts";
import type { Step } from "../import/states.ts";
import type { Move } from "../import/row.ts";

export interface Outcome {
  readonly move: Move;
  /** The health of the API: `failing` counts towards the circuit breaker, `closed` holds all imports until a person releases them. */
  readonly api: "well" | "failing" | "closed" | "untouched";
  /** Whether the error is thrown on to the queue, which waits, pauses or retries the job. */
  readonly rethrow: boolean;
  /** What the API refuses, or may refuse, the request for, where it is not the account. */
  readonly alone?: "offer" | "resume";
}

/** What is known of a request when its error is classified. */
export interface Attempt {
  /** Whether it may have been sent. */
  readonly requestLeft: boolean;
  /** Whether it is sent again after lookups proved it absent. */
  readonly again: boolean;
  readonly step: Step;
  readonly withResume: boolean;
  /** Whether its body is so large that a proxy in front of the API may refuse it. */
  readonly isLarge: boolean;
}

/** The outcome of a success: `sent` if the answer has an id, else `unknown`, to be looked up. */
export function outcomeOfAnswer({ outcome, id, status }: Creation): Outcome {
  const origin = outcome === "created" ? "created" : "existing";
  if (id !== null) return { move: { to: "sent", id: BigInt(id), origin }, api: "well", rethrow: false };
  if (outcome === "exists") {
    const reason = `The API says that it is there already (HTTP ${status}), without its id.`;
    const move = { to: "unknown", reasonCode: "exists_without_id", reason, existsThere: true } as const;
    return { move, api: "well", rethrow: false };
  }
  // Created without a known id. Where it cannot be looked up, each one needs a person, so it counts as a failure.
  const reason = `The API accepted it (HTTP ${status}) without an id that can be read.`;
  const move = { to: "unknown", reasonCode: "accepted_without_id", reason, existsThere: true } as const;
  return { move, api: "failing", rethrow: false };
}

/**
 * The outcome of an error. An import whose request certainly had no effect goes back to `ready`; if it may have had an effect, the import
 * is `unknown`; if the API refused its content, it is `rejected`, except that a refused resend is `unknown`, because the first request
 * may have had an effect after all.
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
  // A 422 to a resend may mean that the first request created it. A 422 that was cut off is no `invalid`: it stays unknown.
  if (kind === "invalid" && again) return { ...unknown(code, message), api: "well" };
  if (kind === "invalid" || kind === "not-found")
    return { move: { to: "rejected", reasonCode: code, reason: message }, api: "well", rethrow: false };
  return unknown(code, message);
}

/** The queue retries the job, so the import stays marked as queued and is not enqueued twice. */
function notSent(): Outcome {
  return { move: { to: "ready", queued: true }, api: "untouched", rethrow: true };
}

function held(): Outcome {
  const reason = "All imports are held.";
  return { move: { to: "held", reasonCode: "kill_switch", reason }, api: "untouched", rethrow: false };
}

/** Holds only this import, because of its resume or the offer it names; without either, it is rejected. */
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

/** What an unexplained refusal may be about. */
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
