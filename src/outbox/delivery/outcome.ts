/** Classifies the outcome of a request that creates. Pure. */
import type { Creation } from "../../api/client.ts";
import { ApiError, IMPORTS_HELD } from "../../api/errors.ts";
import { AppError } from "../../platform/errors.ts";
import type { Step } from "../import/states.ts";
import { because, reasonCodeOf } from "../import/reasons.ts";
import { sentence } from "../import/sentences.ts";
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
    const why = because("exists_without_id", sentence("exists_without_id", { status }));
    return { move: { ...why, existsThere: true }, api: "well", rethrow: false };
  }
  // Created without a known id. Where it cannot be looked up, each one needs a person, so it counts as a failure.
  const why = because("accepted_without_id", sentence("accepted_without_id", { status }));
  return { move: { ...why, existsThere: true }, api: "failing", rethrow: false };
}

/**
 * The outcome of an error. An import whose request certainly had no effect goes back to `ready`; if it may have had an effect, the import
 * is `unknown`; if the API refused its content, it is `rejected`, except that a refused resend is `unknown`, because the first request
 * may have had an effect after all.
 */
export function outcomeOfError(error: unknown, attempt: Attempt): Outcome {
  const { requestLeft, again } = attempt;
  if (error instanceof AppError && error.code === IMPORTS_HELD)
    return { move: because("kill_switch"), api: "untouched", rethrow: false };
  if (!(error instanceof ApiError)) return requestLeft ? unknown(because("internal")) : notSent();
  const { kind, status, sent } = error;
  if (!requestLeft || !sent) return notSent();
  if (kind === "quota" || status === 429) return notSent();
  if (kind === "unauthorised") return error.disposition === "retry" ? notSent() : closed();
  if (kind === "refused") return { ...closed(), ...aloneOf(attempt) };
  if (kind === "refused-alone") return refusedAlone(error, attempt);
  // A 422 to a resend may mean that the first request created it. A 422 that was cut off is no `invalid`: it stays unknown.
  if (kind === "invalid" && again) return { ...unknown(ofApi(error, "unknown")), api: "well" };
  if (kind === "invalid" || kind === "not-found") return rejected(error);
  return unknown(ofApi(error, "unknown"));
}

/** The queue retries the job, so the import stays marked as queued and is not enqueued twice. */
function notSent(): Outcome {
  return { move: { to: "ready", queued: true }, api: "untouched", rethrow: true };
}

/** Holds only this import, because of its resume or the offer it names; without either, it is rejected. */
function refusedAlone(error: ApiError, { step, withResume }: Attempt): Outcome {
  const { status } = error;
  if (step === "applicant" && withResume) {
    const facts = { status: String(status) };
    const reason = status === 413 ? sentence("resume_too_large") : sentence("resume_refused", facts);
    const move = { ...because("resume_refused", reason), ...(status === 413 ? { final: true as const } : {}) };
    return { move, api: status === 413 ? "well" : "untouched", rethrow: false, alone: "resume" };
  }
  if (step === "application" && status === 403) {
    const reason = sentence("offer_refused", { status });
    return { move: because("offer_refused", reason), api: "untouched", rethrow: false, alone: "offer" };
  }
  return rejected(error);
}

function rejected(error: ApiError): Outcome {
  return { move: ofApi(error, "rejected"), api: "well", rethrow: false };
}

function ofApi<To extends "rejected" | "unknown">({ code, message }: ApiError, to: To) {
  return { to, reasonCode: reasonCodeOf(code), reason: message };
}

/** What an unexplained refusal may be about. */
function aloneOf({ step, withResume, isLarge }: Attempt): Pick<Outcome, "alone"> {
  if (step === "application") return { alone: "offer" };
  return withResume && isLarge ? { alone: "resume" } : {};
}

function closed(): Outcome {
  return { move: { to: "ready" }, api: "closed", rethrow: true };
}

function unknown(move: Move): Outcome {
  return { move, api: "failing", rethrow: false };
}
