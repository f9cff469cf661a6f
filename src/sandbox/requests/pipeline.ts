import type { FastifyReply, FastifyRequest } from "fastify";

import type { SandboxAnswer } from "./answer.ts";
import type { Auth } from "./auth.ts";
import { answerOfBarrier } from "./barrier.ts";
import type { RequestContext, Surroundings } from "./context.ts";
import type { SandboxData } from "../data/data.ts";
import { sendAnswer, pause } from "./deliver.ts";
import { preventsEffect, applyFault, distortionOf } from "./faults.ts";
import { answerLogin, keyOfLogin } from "./jwt.ts";
import type { SandboxKey } from "./keys.ts";
import type { Quota } from "./quota.ts";
import type { OpenRequest, SeenRequest } from "./seen.ts";
import type { Route } from "./routes.ts";
import type { Change, Script } from "../data/script.ts";

export interface PipelineDeps extends Surroundings {
  readonly auth: Auth;
  readonly keys: readonly SandboxKey[];
  readonly quota: Quota;
  readonly script: Script;
  /** The next latency in milliseconds. */
  readonly latency: () => number;
  readonly closing: AbortSignal;
}

/** What a request is answered by: an endpoint, or `POST /jwt`, or nothing that we know. */
export type Target = Route | "login" | "unknown";

type Serve = (target: Target, request: FastifyRequest, reply: FastifyReply, seen: OpenRequest) => Promise<void>;

/** Each request in order: barrier, key, quota, script and latency, scope, handler, fault. The quota is counted upon arrival. */
export function createPipeline(deps: PipelineDeps): Serve {
  const { auth, closing, keys, quota, variants, refusals, script } = deps;

  const identify = async (target: Target, request: FastifyRequest): Promise<number | { readonly refused: string }> => {
    if (target !== "login") return auth.authenticate(request.headers.authorization);
    const index = keyOfLogin(auth, bodyOf(request));
    return index === -1 ? { refused: "Unknown private_key or secret_key" } : index;
  };

  /** The answer, and what the script leaves of it. */
  const answer = async (target: Target, context: RequestContext, seen: OpenRequest): Promise<SandboxAnswer> => {
    if (target === "login") return answerLogin(auth, context.key, variants);
    if (target === "unknown") return refusals.notFound();
    if (target.kind === context.key.kind && context.key.scopes.includes(target.scope)) return target.answer(context);
    seen.refusedBy = "scope";
    return refusals.scope(target.scope);
  };

  const admit = async (target: Target, request: FastifyRequest, seen: OpenRequest): Promise<number | SandboxAnswer> => {
    const userAgent = request.headers["user-agent"];
    const stopped = answerOfBarrier(variants.barrier, { userAgent, body: bodyOf(request) });
    if (stopped !== null) {
      seen.refusedBy = "barrier";
      return stopped;
    }
    const identified = await identify(target, request);
    if (typeof identified !== "number") {
      seen.refusedBy = "auth";
      return target === "login" ? refusals.unknownKeys(identified.refused) : refusals.unauthorised(identified.refused);
    }
    seen.key = identified;
    if (quota.count(variants.overQuota === "firewall" ? 0 : identified)) return identified;
    seen.refusedBy = "quota";
    return refusals.quota();
  };

  return async (target, request, reply, seen) => {
    const admitted = await admit(target, request, seen);
    const key = typeof admitted === "number" ? keys[admitted] : undefined;
    if (typeof admitted !== "number" || key === undefined) {
      const refusal = typeof admitted === "number" ? refusals.notFound() : admitted;
      seen.status = refusal.status;
      return sendAnswer(reply, refusal, null, closing);
    }

    const { before, after, fault } = script.partOf(seen, bodyOf(request));
    await pause(deps.latency(), closing);
    if (closing.aborted) return sendAnswer(reply, null, { kind: "reset" }, closing);
    const context = createContext(deps, request, seen, { key, keyIndex: admitted, distortion: distortionOf(fault) });
    await runAll(before, deps.data, seen);
    const made = preventsEffect(fault) ? null : await answer(target, context, seen);
    await runAll(after, deps.data, seen);

    const faulty = applyFault(made, fault, refusals);
    if (fault !== null) seen.refusedBy = "fault";
    seen.status = faulty?.status ?? null;
    return sendAnswer(reply, faulty, fault, closing);
  };
}

/** One after the other: a change may build on the one before. */
async function runAll(changes: readonly Change[], data: SandboxData, seen: SeenRequest): Promise<void> {
  const [first, ...rest] = changes;
  if (first === undefined) return;
  await first(data, seen);
  await runAll(rest, data, seen);
}

function createContext(
  { data, variants, refusals, render, effects, now }: PipelineDeps,
  request: FastifyRequest,
  seen: OpenRequest,
  own: Pick<RequestContext, "key" | "keyIndex" | "distortion">,
): RequestContext {
  const params = stringsOf(request.params);
  const { path, query } = seen;
  return { data, variants, refusals, render, effects, now, ...own, params, path, query, body: bodyOf(request) };
}

const bodyOf = (request: FastifyRequest): string => (typeof request.body === "string" ? request.body : "");

/** The first value of each name; fastify types what it parsed as unknown. */
export function stringsOf(values: unknown): Record<string, string> {
  if (typeof values !== "object" || values === null) return {};
  const entries = Object.entries(values).map(([name, value]: [string, unknown]): [string, string] => {
    const first: unknown = Array.isArray(value) ? value[0] : value;
    return [name, typeof first === "string" ? first : ""];
  });
  return Object.fromEntries(entries);
}
