import type { FastifyReply, FastifyRequest } from "fastify";
import type { Script } from "../data/script.ts";
import type { SandboxAnswer } from "./answer.ts";
import type { Auth } from "./auth.ts";
import type { OpenRequest, RequestContext, Surroundings } from "./context.ts";
import { applyFault, distortionOf, pause, preventsEffect, sendAnswer } from "./faults.ts";
import type { SandboxKey } from "./keys.ts";
import type { Quota } from "./quota.ts";
import type { SandboxRoute } from "./routes.ts";

interface PipelineDeps extends Surroundings {
  readonly auth: Auth;
  readonly keys: readonly SandboxKey[];
  readonly quota: Quota;
  readonly script: Script;
  /** The next latency in milliseconds. */
  readonly latency: () => number;
  readonly closing: AbortSignal;
}

/** What answers a request: an endpoint, or `POST /jwt`; `unknown` is no endpoint of ours. */
export type Target = SandboxRoute | "login" | "unknown";
export type Serve = (target: Target, request: FastifyRequest, reply: FastifyReply, seen: OpenRequest) => Promise<void>;

/** Each request in order: barrier, key, quota, script and latency, scope, handler, fault. The quota is counted upon arrival. */
export function createPipeline(deps: PipelineDeps): Serve {
  const { auth, closing, data, keys, quota, variants, refusals, script } = deps;

  /** The key of a request, or the answer that refuses it. */
  async function admit(
    target: Target,
    request: FastifyRequest,
    seen: OpenRequest,
  ): Promise<SandboxKey | { readonly refusal: SandboxAnswer }> {
    const refuse = (by: OpenRequest["refusedBy"], refusal: SandboxAnswer) => {
      seen.refusedBy = by;
      return { refusal };
    };
    const { authorization, "user-agent": userAgent } = request.headers;
    const stopped = refusals.barrier(userAgent, bodyOf(request));
    if (stopped !== null) return refuse("barrier", stopped);
    const isLogin = target === "login";
    const key = isLogin ? auth.identify(bodyOf(request)) : await auth.authenticate(authorization);
    if ("refused" in key)
      return refuse("auth", isLogin ? refusals.unknownKeys(key.refused) : refusals.unauthorised(key.refused));
    seen.key = keys.indexOf(key);
    const isWithin = quota.count(variants.overQuota === "firewall" ? 0 : seen.key);
    return isWithin ? key : refuse("quota", refusals.quota());
  }

  async function answer(target: Target, context: RequestContext, seen: OpenRequest): Promise<SandboxAnswer> {
    if (target === "login") return auth.login(context.key);
    if (target === "unknown") return refusals.notFound();
    if (target.kind === context.key.kind && context.key.scopes.includes(target.scope)) return target.answer(context);
    seen.refusedBy = "scope";
    return refusals.scope(target.scope);
  }

  return async (target, request, reply, seen) => {
    const key = await admit(target, request, seen);
    if ("refusal" in key) {
      seen.status = key.refusal.status;
      return sendAnswer(reply, key.refusal, null, closing);
    }

    const body = bodyOf(request);
    const { before, after, fault } = script.partOf(seen, body);
    await pause(deps.latency(), closing);
    if (closing.aborted) return sendAnswer(reply, null, { kind: "reset" }, closing);
    const { path, query } = seen;
    const own = { key, keyIndex: keys.indexOf(key), params: stringsOf(request.params), path, query, body };
    // One after the other: a change may build on the one before.
    for (const change of before) await change(data, seen);
    const context = { ...deps, ...own, distortion: distortionOf(fault) };
    const made = preventsEffect(fault) ? null : await answer(target, context, seen);
    for (const change of after) await change(data, seen);

    const faulty = applyFault(made, fault, refusals);
    if (fault !== null) seen.refusedBy = "fault";
    seen.status = faulty?.status ?? null;
    return sendAnswer(reply, faulty, fault, closing);
  };
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
