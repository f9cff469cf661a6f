import type { Socket } from "node:net";
import { AppError } from "../../platform/errors.ts";
import { ApiError, IMPORTS_HELD, stopped } from "../errors.ts";
import { LARGE_BODY } from "../kelio.ts";
import { quotaPauseMs } from "../../quota/forbidden.ts";
import { classify, JWT_PATH } from "../answer/classify.ts";
import type { RequestLog } from "../../quota/request-gate.ts";
import type { HttpAnswer, HttpRequest, Transport } from "./transport.ts";

export interface CallContext {
  /** The job that makes the request, for the request log. */
  readonly job: string | null;
  /** Aborted when the process stops: the call ends with disposition `requeue`. */
  readonly signal?: AbortSignal;
  /** Called immediately before the request is sent; if it throws, the request is not sent. */
  readonly beforeSend?: () => void;
}

export interface ExchangeDeps {
  readonly transport: Transport;
  readonly log: RequestLog;
  readonly now: () => number;
  readonly requestsPerMinute: number;
  readonly audience: string;
}

/** One logged HTTP request: returns what `read` makes of a success, throws an `ApiError` for everything else. */
export type Exchange = <T>(
  request: ExchangeRequest,
  context: CallContext,
  read: (answer: HttpAnswer) => T,
) => Promise<T>;

interface ExchangeRequest extends Omit<HttpRequest, "signal"> {
  /** The statuses for which `read` classifies the answer itself. */
  readonly reads?: (status: number) => boolean;
  /** Why the API may refuse this request while it answers others: the offer it names, or its size. */
  readonly about?: "offer" | "size";
}

/** Sends every request of the client: counts it first, sends at most one HTTP request, classifies the answer and logs it. */
export function createExchange({ transport, log, now, requestsPerMinute, audience }: ExchangeDeps): Exchange {
  let sent = 0;
  let sentAtLastQuota = 0;

  async function exchangeOn<T>(
    socket: Socket | null,
    { reads, about, ...request }: ExchangeRequest,
    { job, signal, beforeSend }: CallContext,
    read: (answer: HttpAnswer) => T,
  ): Promise<T> {
    const { id, waitMs, isPaused } = await openFresh(log, request, job);
    if (waitMs > 0) throw isPaused === true ? apiIsPaused(request, waitMs) : minuteIsFull(request, waitMs);

    const turn = ++sent;
    const started = performance.now();
    let answer: HttpAnswer | null = null;
    let failure: unknown = null;
    try {
      beforeSend?.();
      answer = await transport.exchange({ ...request, signal }, socket);
      const fault = reads?.(answer.status)
        ? null
        : await classify(request, answer, {
            requestsPerMinute,
            audience,
            origin: new URL(request.url).origin,
            now: now(),
            recent: () => log.recent(request.path, request.method),
            pause: async () => (await log.refused?.(id)) ?? quotaPauseMs(),
            mayBeAlone: about === "offer" || (about === "size" && (request.body?.length ?? 0) > LARGE_BODY),
            sameMinute: turn <= sentAtLastQuota,
          });
      if (fault?.kind === "quota") sentAtLastQuota = sent;
      if (fault !== null) throw fault;
      return read(answer);
    } catch (error) {
      failure = error;
      throw error;
    } finally {
      const status = answer?.status ?? statusOf(failure);
      const result = { status, durationMs: Math.round(performance.now() - started), bytes: answer?.bytes ?? 0 };
      // The result of the request is more important than its record. If the database is down, the next `open` fails.
      await log.close(id, { ...result, errorKind: nameOf(failure) }).catch(() => undefined);
    }
  }

  return async (request, context, read) => {
    const { signal } = context;
    if (signal?.aborted === true) throw stopped(request, false);
    // First the connection, then the log with the kill switch: after a wait for the connection the state of the switch would be stale.
    const socket = await transport.connect({ ...request, signal });
    try {
      return await exchangeOn(socket, request, context, read);
    } finally {
      socket?.destroy();
    }
  };
}

/** How long the result of the log is valid: a process that was suspended meanwhile must read the switch again. */
const FRESH_MS = 1_000;

async function openFresh(
  log: RequestLog,
  { method, path }: Omit<HttpRequest, "signal">,
  job: string | null,
): Promise<{ readonly id: bigint; readonly waitMs: number; readonly isPaused?: boolean }> {
  const creates = method !== "GET" && path !== JWT_PATH;
  for (;;) {
    const asked = Date.now();
    const { held, ...opened } = await log.open({ method, path, job, creates });
    if (held === true) throw new AppError(IMPORTS_HELD, `${method} ${path}: not sent, because imports are held`);
    if (!creates || opened.waitMs > 0 || Math.abs(Date.now() - asked) < FRESH_MS) return opened;
    await log.close(opened.id, { status: null, durationMs: 0, bytes: 0, errorKind: "stale" });
  }
}

function apiIsPaused(request: Omit<HttpRequest, "signal">, waitMs: number): ApiError {
  const problem = `not sent, because the API refused requests (HTTP 403) and is left alone for ${Math.ceil(waitMs / 1_000)} s`;
  return new ApiError("quota", request, problem, { status: null, sent: false, delayMs: waitMs, code: "api_paused" });
}

function minuteIsFull(request: Omit<HttpRequest, "signal">, waitMs: number): ApiError {
  const problem = `not sent, because the last 60 s used the quota up; there is room again in ${waitMs} ms`;
  return new ApiError("quota", request, problem, { status: null, sent: false, delayMs: waitMs });
}

function statusOf(failure: unknown): number | null {
  return failure instanceof ApiError ? failure.status : null;
}

function nameOf(failure: unknown): string | null {
  if (failure === null) return null;
  if (!(failure instanceof ApiError)) return "internal";
  return failure.code === "api_stopped" ? "stopped" : failure.kind;
}
