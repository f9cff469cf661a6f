import { setTimeout as wait } from "node:timers/promises";

import type { FastifyReply } from "fastify";

import type { SandboxAnswer } from "./answer.ts";
import { type Fault, half } from "./faults.ts";

/** Sends an answer as the fault has it; without an answer the connection is reset or left hanging. */
export async function sendAnswer(
  reply: FastifyReply,
  answer: SandboxAnswer | null,
  fault: Fault | null,
  closing: AbortSignal,
): Promise<void> {
  if (answer === null) {
    reply.hijack();
    if (fault?.kind === "reset") reply.raw.socket?.resetAndDestroy();
    return;
  }
  if (fault?.kind === "truncated" && fault.cut === "connection") return breakOff(reply, answer);
  if (fault?.kind === "slow") return trickle(reply, answer, fault, closing);
  await reply.code(answer.status).headers(answer.headers).send(answer.body);
}

/** The headers promise the whole body, the connection ends after half of it. */
function breakOff(reply: FastifyReply, answer: SandboxAnswer): void {
  reply.hijack();
  reply.raw.writeHead(answer.status, { ...answer.headers, "content-length": Buffer.byteLength(answer.body) });
  reply.raw.write(half(answer.body), () => reply.raw.socket?.destroy());
}

async function trickle(
  reply: FastifyReply,
  answer: SandboxAnswer,
  { pieces, pauseMs }: Extract<Fault, { kind: "slow" }>,
  closing: AbortSignal,
): Promise<void> {
  reply.hijack();
  reply.raw.writeHead(answer.status, answer.headers);
  reply.raw.flushHeaders();
  const size = Math.ceil(answer.body.length / pieces);
  for (let sent = 0; sent < answer.body.length; sent += size) {
    await pause(pauseMs, closing);
    if (closing.aborted || reply.raw.destroyed) return;
    reply.raw.write(answer.body.slice(sent, sent + size));
  }
  reply.raw.end();
}

/** Ends early, without an error, when the sandbox closes. */
export async function pause(ms: number, closing: AbortSignal): Promise<void> {
  if (ms <= 0) return;
  await wait(ms, undefined, { signal: closing }).catch(() => undefined);
}
