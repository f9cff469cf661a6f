/** POST /imports and what belongs to it, as a plugin of the worker's HTTP server. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { refusal } from "../../../http/problem.ts";
import { findImport } from "../../operations/import-status.ts";
import { bearerFault } from "./bearer.ts";
import { rowsOf } from "./body.ts";
import { keyOf } from "./idempotency.ts";
import { createBudget, createTurns } from "./load.ts";
import { openapiDocument } from "./openapi.ts";
import { ANSWER_MS, acceptRows, type AcceptDeps } from "./accept.ts";

export interface ImportRoutesOptions extends AcceptDeps {
  /** What a caller must bear. */
  readonly token: string;
}

/** A thousand imports with text alone are two megabytes, a dozen CVs of ordinary size are twenty. */
const LEAST_BODY_BYTES = 20_000_000;
/** Beside the CV in a body of one import. */
const OTHER_FIELDS_BYTES = 100_000;
/** Bodies in memory at once: each is there three times, as bytes, as text and parsed. */
const BODIES = 3;

/** The size of a body at most: one CV of the largest kind in base64 must fit. */
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

/** What a request holds from its admission on. */
interface Admission {
  /** Aborted when the caller has left, or was answered. */
  readonly gone: AbortController;
  readonly release: () => void;
  isHandled: boolean;
}

function guardedRoutes(options: ImportRoutesOptions, bodyLimit: number) {
  const budget = createBudget(BODIES * bodyLimit);
  const inTurn = createTurns();
  const admissions = new WeakMap<FastifyRequest, Admission>();
  return async (app: FastifyInstance): Promise<void> => {
    // Before a byte of the body is read.
    app.addHook("onRequest", async (request) => {
      const fault = bearerFault(request.headers.authorization, options.token);
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
      const found = /^[1-9]\d{0,17}$/.test(id) ? await findImport(options.database, options.account, BigInt(id)) : null;
      if (found === null) throw refusal(404, "import_unknown", "There is no import of this id.");
      return found;
    });
    onlyMethods(app, "/imports/:id", ["GET", "HEAD"]);
  };

  /** Counts the bytes of the body until the request has been handled, or its caller has left before that began. */
  function admit(request: FastifyRequest, reply: FastifyReply): void {
    refuseEncoded(request);
    // Larger ones are refused by Fastify before they are read, and the size of a chunked one is not known.
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
    if (admission === undefined) throw new Error("a request was handled without its admission");
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

function refuseEncoded({ headers: { "content-encoding": encoding } }: FastifyRequest): void {
  if (encoding === undefined || encoding === "identity") return;
  const detail = "Send the body as it is, without Content-Encoding.";
  throw refusal(415, "unsupported_encoding", detail, { "accept-encoding": "identity", connection: "close" });
}

/** For a request that has waited for its turn already. */
const LEAST_WAIT_MS = 50;

const METHODS = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"] as const;

function onlyMethods(app: FastifyInstance, url: string, allowed: readonly (typeof METHODS)[number][]): void {
  const method = METHODS.filter((one) => !allowed.includes(one));
  const headers = { allow: allowed.join(", "), connection: "close" };
  app.route({
    method,
    url,
    onRequest: async () => {
      throw refusal(405, "method_not_allowed", `Only ${headers.allow} is answered here.`, headers);
    },
    handler: async () => {},
  });
}
