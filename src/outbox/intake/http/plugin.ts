/** POST /imports and its companions, as a plugin of the worker's HTTP server. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { bearerFault } from "../../../platform/http/bearer.ts";
import { onlyMethods } from "../../../platform/http/methods.ts";
import { refusal, type ProblemError } from "../../../platform/http/problem.ts";
import { ANSWER_MS, acceptRows, type AcceptDeps } from "./accept.ts";
import { findStatus } from "./answer.ts";
import { rowsOf } from "./body.ts";
import { keyOf } from "./idempotency.ts";
import { createBudget, createTurns } from "./load.ts";
import { openapiDocument } from "./openapi.ts";

export interface ImportRoutesOptions extends AcceptDeps {
  /** The bearer token of callers; null: imports are refused. */
  readonly token: string | null;
}

/** A thousand imports without resumes are two megabytes; a dozen resumes of ordinary size are twenty. */
const LEAST_BODY_BYTES = 20_000_000;
/** The other fields of one import with a resume. */
const OTHER_FIELDS_BYTES = 100_000;
/** Bodies of the largest size in memory at once. Each is there three times: as bytes, as text and parsed. */
const BODIES = 3;

/** The limit of a body: a resume of the largest size in base64 must fit. */
function bodyBytes({ resumeMaxBytes }: { readonly resumeMaxBytes: number }): number {
  return Math.max(LEAST_BODY_BYTES, Math.ceil(resumeMaxBytes / 3) * 4 + OTHER_FIELDS_BYTES);
}

/** `POST /imports`, `GET /imports/:id` (both with the token) and `GET /openapi.json`. */
export function importRoutes(options: ImportRoutesOptions): (app: FastifyInstance) => Promise<void> {
  const bodyLimit = bodyBytes(options.imports);
  const document = openapiDocument({ bodyLimit });
  const guarded = guardedRoutes(options, bodyLimit);
  return async (app) => {
    app.get("/openapi.json", async () => document);
    onlyMethods(app, "/openapi.json", ["GET", "HEAD"]);
    await app.register(guarded);
  };
}

/** What a request holds while its body is in memory. */
interface Admission {
  /** Aborted when the connection is closed. */
  readonly gone: AbortController;
  readonly release: () => void;
  isHandled: boolean;
}

function guardedRoutes(options: ImportRoutesOptions, bodyLimit: number) {
  const budget = createBudget(BODIES * bodyLimit);
  const inTurn = createTurns();
  const admissions = new WeakMap<FastifyRequest, Admission>();
  return async (app: FastifyInstance): Promise<void> => {
    // Before the body is read.
    app.addHook("onRequest", async (request) => {
      const { token } = options;
      const fault = token === null ? closed() : bearerFault(request.headers.authorization, token, "IMPORT_TOKEN");
      if (fault !== null) throw fault;
    });
    app.removeAllContentTypeParsers();
    app.addContentTypeParser("application/json", { parseAs: "buffer" }, (_request, body, done) => done(null, body));

    app.route({
      method: "POST",
      url: "/imports",
      bodyLimit,
      onRequest: async (request, reply) => admit(request, reply),
      handler: accept,
    });
    onlyMethods(app, "/imports", ["POST"]);
    app.get<{ Params: { id: string } }>("/imports/:id", async ({ params: { id } }) => {
      const found = /^[1-9]\d{0,17}$/.test(id) ? await findStatus(options.database, options.account, BigInt(id)) : null;
      if (found === null) throw refusal(404, "import_unknown", "There is no import of this id.");
      return found;
    });
    onlyMethods(app, "/imports/:id", ["GET", "HEAD"]);
  };

  /** Counts the bytes of the body until the request has been handled, or its caller leaves before it is handled. */
  function admit(request: FastifyRequest, reply: FastifyReply): void {
    refuseEncoded(request);
    // Fastify refuses larger bodies before it reads them. The size of a chunked body is not known.
    const bytes = Math.min(Number(request.headers["content-length"] ?? bodyLimit), bodyLimit);
    const admission: Admission = { gone: new AbortController(), release: budget.reserve(bytes), isHandled: false };
    admissions.set(request, admission);
    reply.raw.once("close", () => {
      admission.gone.abort(refusal(499, "caller_gone", "The caller left before its request was begun."));
      if (!admission.isHandled) admission.release();
    });
  }

  async function accept(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const admission = admissions.get(request);
    if (admission === undefined) throw new Error("the request has no admission");
    admission.isHandled = true;
    try {
      const until = Date.now() + ANSWER_MS;
      const key = keyOf(request.headers["idempotency-key"]);
      const rows = rowsOf(Buffer.isBuffer(request.body) ? request.body : new Uint8Array());
      request.body = null; // From here on the rows hold all of it.
      const { answer, isReplayed } = await inTurn(
        () => acceptRows(options, rows, key, Math.max(LEAST_WAIT_MS, until - Date.now())),
        admission.gone.signal,
      );
      if (isReplayed) reply.header("idempotency-replayed", "true");
      return reply.code(202).send(answer);
    } finally {
      admission.release();
    }
  }
}

function closed(): ProblemError {
  const detail = "Imports over HTTP are closed: set IMPORT_TOKEN and restart the worker.";
  return refusal(403, "imports_closed", detail, { connection: "close" });
}

function refuseEncoded({ headers: { "content-encoding": encoding } }: FastifyRequest): void {
  if (encoding === undefined || encoding === "identity") return;
  const detail = "Send the body as it is, without Content-Encoding.";
  throw refusal(415, "unsupported_encoding", detail, { "accept-encoding": "identity", connection: "close" });
}

/** The wait of a request that has used up its time before its turn. */
const LEAST_WAIT_MS = 50;
