/** Answers every error of the HTTP server with a problem of RFC 9457, which repeats nothing of the request. */
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { ServerResponse, type IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { Logger } from "pino";
import { PROBLEM_TYPE, problemOf, ProblemError, type Problem } from "./problem.ts";

/** Headers of every answer. An answer may hold ids and states of people: no cache may keep it, and no browser may guess its type. */
const SECURITY_HEADERS = {
  "x-content-type-options": "nosniff",
  "cache-control": "no-store",
} as const;

/** An answer with the security headers, including Node's own refusals (400, 417), for which no hook of Fastify runs. */
export class GuardedResponse<Request extends IncomingMessage = IncomingMessage> extends ServerResponse<Request> {
  constructor(request: Request) {
    super(request);
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) this.setHeader(name, value);
  }
}

interface ErrorHandlerDeps {
  readonly logger: Pick<Logger, "error">;
  /** Whether the database answers. */
  readonly isUp: () => Promise<boolean>;
}

/** Replaces Fastify's own refusals, whose messages repeat what was submitted. */
const OF_FASTIFY: Readonly<Record<string, readonly [status: number, code: string, detail: string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: [413, "body_too_large", "The body has more bytes than are accepted here."],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [415, "unsupported_media_type", "Send the body as application/json."],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [400, "body_cut_off", "The body is not as long as Content-Length says."],
  FST_ERR_BAD_URL: [400, "bad_url", "The path cannot be read."],
};
const OF_NODE: Readonly<Record<string, readonly [status: number, code: string, detail: string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, "too_slow", "The request arrived too slowly."],
  HPE_HEADER_OVERFLOW: [431, "headers_too_large", "The headers have more bytes than are accepted here."],
};

export function sendProblem(
  reply: FastifyReply,
  problem: Problem,
  headers: Readonly<Record<string, string>> = {},
): FastifyReply {
  return reply.code(problem.status).headers(headers).type(PROBLEM_TYPE).send(problem);
}

/** Creates the error handler of the server. Only unexpected errors are logged, with the route and never the URL. */
export function createErrorHandler({ logger, isUp }: ErrorHandlerDeps) {
  return async (error: FastifyError, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    if (error instanceof ProblemError) return sendProblem(reply, error.problem, error.headers);
    const known = OF_FASTIFY[error.code];
    if (known !== undefined) return sendProblem(reply, problemOf(...known));
    const { statusCode = 500 } = error;
    if (statusCode < 500) return sendProblem(reply, problemOf(statusCode, "bad_request", "The request is malformed."));
    logger.error({ err: error, method: request.method, route: request.routeOptions.url }, "request failed");
    if (isOfDatabase(error) || !(await isUp())) {
      const detail =
        "The database cannot store it now. Send the same request again: what has been accepted is not accepted twice.";
      return sendProblem(reply, problemOf(503, "database_unavailable", detail), { "retry-after": "5" });
    }
    return sendProblem(reply, problemOf(500, "internal", "An unexpected error: the log of the worker says which."));
  };
}

/** Returns whether the connection to the database was refused, broke or timed out: the same request may succeed later. */
function isOfDatabase({ name, code }: Pick<FastifyError, "name" | "code">): boolean {
  return name === "PrismaClientInitializationError" || /^(P1\d{3}|P2024|P2028|P2034|P2037|database_\w+)$/.test(code);
}

export function notFound(_request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return sendProblem(reply, problemOf(404, "not_found", "There is nothing at this path."));
}

/** Answers on the socket what cannot be parsed as a request, and closes the connection. */
export function answerUnreadable(error: { readonly code?: string }, socket: Socket): void {
  const problem = problemOf(
    ...(OF_NODE[error.code ?? ""] ?? ([400, "unreadable", "This HTTP request cannot be parsed."] as const)),
  );
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const body = JSON.stringify(problem);
  const headers = Object.entries({
    ...SECURITY_HEADERS,
    "content-type": PROBLEM_TYPE,
    "content-length": Buffer.byteLength(body),
    connection: "close",
  });
  socket.end(
    [
      `HTTP/1.1 ${problem.status} ${problem.title}`,
      ...headers.map(([name, value]) => `${name}: ${value}`),
      "",
      body,
    ].join("\r\n"),
    () => socket.destroy(),
  );
}
