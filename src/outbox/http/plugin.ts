/** POST /imports and what belongs to it, as a plugin of the worker's HTTP server. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { refusal } from "../../problem.ts";
import { findImport } from "../import-status.ts";
import { bearerFault } from "./bearer.ts";
import { rowsOf } from "./body.ts";
import { keyOf } from "./idempotency.ts";
import { createBudget, createTurns } from "./load.ts";
import { openapiDocument } from "./openapi.ts";
import { takeRows, type TakeDeps } from "./take.ts";

export interface ImportRoutesOptions extends TakeDeps {
  /** What a caller must bear. */
  readonly token: string;
}

/** A thousand imports with text alone are two megabytes, a dozen CVs of a usual size are twenty. */
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

function guardedRoutes(options: ImportRoutesOptions, bodyLimit: number) {
  const budget = createBudget(BODIES * bodyLimit);
  const inTurn = createTurns();
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
      onRequest: async (request, reply) => admit(request, reply, budget, bodyLimit),
      handler: take,
    });
    onlyMethods(app, "/imports", ["POST"]);
    app.get<{ Params: { id: string } }>("/imports/:id", async ({ params: { id } }) => {
      const found = /^[1-9]\d{0,17}$/.test(id) ? await findImport(options.database, options.account, BigInt(id)) : null;
      if (found === null) throw refusal(404, "import_unknown", "There is no import of this id.");
      return found;
    });
    onlyMethods(app, "/imports/:id", ["GET", "HEAD"]);
  };

  async function take(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const key = keyOf(request.headers["idempotency-key"]);
    const rows = rowsOf(Buffer.isBuffer(request.body) ? request.body : new Uint8Array());
    const { answer, isReplayed } = await inTurn(() => takeRows(options, rows, key));
    if (isReplayed) reply.header("idempotency-replayed", "true");
    return reply.code(202).send(answer);
  }
}

function admit(
  { headers }: FastifyRequest,
  reply: FastifyReply,
  budget: ReturnType<typeof createBudget>,
  bodyLimit: number,
): void {
  const encoding = headers["content-encoding"];
  if (encoding !== undefined && encoding !== "identity") {
    const detail = "Send the body as it is, without Content-Encoding.";
    throw refusal(415, "unsupported_encoding", detail, { "accept-encoding": "identity", connection: "close" });
  }
  // Larger ones are refused by Fastify before they are read, and of a chunked one nobody knows.
  const bytes = Math.min(Number(headers["content-length"] ?? bodyLimit), bodyLimit);
  reply.raw.once("close", budget.take(bytes));
}

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
