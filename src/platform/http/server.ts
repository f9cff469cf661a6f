/** The HTTP server of the worker. It only uses our own stores, and limits everything that a caller can make it wait for or keep. */
import { fastify, type FastifyInstance } from "fastify";
import type { Logger } from "pino";
import { canDecode } from "../url.ts";
import { inTime, shared } from "../in-time.ts";
import { addressError, type ListenAddress } from "./address.ts";
import { problemOf, refusal } from "./problem.ts";
import { boundConnections } from "./connections.ts";
import { answerUnreadable, createErrorHandler, GuardedResponse, notFound, sendProblem } from "./errors.ts";

export interface ServerLimits {
  /** How long the headers of a request, and the whole request, may take, in milliseconds. */
  readonly headersMs: number;
  readonly requestMs: number;
  /** How long `close` waits for requests in progress before it closes their connections, in milliseconds. */
  readonly graceMs: number;
  /** The most open connections. A new one replaces the one that has been idle for the longest. */
  readonly connections: number;
}

export interface ServerOptions extends ListenAddress {
  /** Rejects if the database does not answer. */
  readonly ping: () => Promise<unknown>;
  readonly logger: Pick<Logger, "error">;
  /** Whether the kill switch holds all imports, for `/health`. */
  readonly isHeld?: () => Promise<boolean>;
  /** Plugins of Fastify, which add the other routes. */
  readonly plugins: readonly ((app: FastifyInstance) => Promise<void>)[];
  readonly limits?: Partial<ServerLimits>;
}

export interface Server {
  /** `http://HOST:PORT` */
  readonly url: string;
  /** Stops accepting requests, and waits for those in progress. */
  close(): Promise<void>;
}

/** A minute for a body of 20 MB is 3 Mbit/s. */
const LIMITS: ServerLimits = { headersMs: 10_000, requestMs: 60_000, graceMs: 8_000, connections: 500 };
/** The default limit of a body. A route that expects more sets its own. */
const BODY_BYTES = 16 * 1024;
const KEEP_ALIVE_MS = 30_000;
const DATABASE_MS = 800;
/** Below it, people read the answers: what the router refuses on its own account is led to where the page says that there is nothing. */
const PAGES = "/ops/";
/** In characters: the router's own limit of a parameter. */
const LONGEST_PARAMETER = 100;

/**
 * Serves `GET /health` and the routes of the plugins. Every error is a problem of RFC 9457. Throws `port_in_use` and
 * `bad_http_address`.
 */
export async function openServer(options: ServerOptions): Promise<Server> {
  const { logger } = options;
  const limits = { ...LIMITS, ...options.limits };
  const app = fastify({
    logger: false,
    routerOptions: { ignoreTrailingSlash: true },
    bodyLimit: BODY_BYTES,
    requestTimeout: limits.requestMs,
    keepAliveTimeout: KEEP_ALIVE_MS,
    http: {
      headersTimeout: limits.headersMs,
      connectionsCheckingInterval: limits.headersMs / 4,
      ServerResponse: GuardedResponse,
    },
    clientErrorHandler: answerUnreadable,
    rewriteUrl: ({ url = "/" }) => (url.startsWith(PAGES) && !isReadable(url) ? `${PAGES}unreadable` : url),
    frameworkErrors: (_error, _request, reply) =>
      void sendProblem(reply, problemOf(400, "bad_url", "The path cannot be read.")),
  });
  boundConnections(app.server, limits.connections);
  // Otherwise a caller that keeps its connection alive would delay the end of the process.
  let closing = false;
  app.addHook("preClose", async () => void (closing = true));
  app.addHook("onSend", async (_request, reply) => void (closing && reply.header("connection", "close")));
  const ping = shared(() => options.ping().then(() => true));
  const readHeld = shared(options.isHeld ?? (async () => false));
  const isUp = () => inTime(ping(), false, DATABASE_MS).catch(() => false);
  app.setErrorHandler(createErrorHandler({ logger, isUp }));
  app.setNotFoundHandler(notFound);
  app.get("/health", async () => {
    if (!(await isUp())) throw unwell("database_unavailable", "The database does not answer.");
    const isHeld = await inTime(readHeld(), null, DATABASE_MS).catch(() => null);
    if (isHeld === null) throw unwell("kill_switch_unreadable", SWITCH_LOCKED);
    return { status: "ok", database: "ok", ...(isHeld && { imports: "held" }) };
  });
  for (const plugin of options.plugins) await app.register(plugin);
  const url = await listen(app, options);
  return { url, close: () => close(app, limits.graceMs) };
}

async function listen(app: FastifyInstance, { host, port }: ListenAddress): Promise<string> {
  try {
    return await app.listen({ host, port });
  } catch (cause) {
    await app.close();
    throw addressError(cause, { host, port });
  }
}

async function close(app: FastifyInstance, graceMs: number): Promise<void> {
  const timer = setTimeout(() => app.server.closeAllConnections(), graceMs);
  await app.close();
  clearTimeout(timer);
}

function isReadable(url: string): boolean {
  const [path = ""] = url.split("?");
  return canDecode(path) && path.split("/").every((part) => part.length <= LONGEST_PARAMETER);
}

const SWITCH_LOCKED =
  "The kill switch (import_control) cannot be read: somebody's open transaction may lock it. Find it in pg_stat_activity.";

function unwell(code: string, detail: string) {
  return refusal(503, code, detail, { "retry-after": "5" });
}
