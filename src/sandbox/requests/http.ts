import { fastify, type FastifyReply, type FastifyRequest } from "fastify";
import type { OpenRequest } from "./context.ts";
import { type Serve, stringsOf, type Target } from "./pipeline.ts";
import { ROUTES } from "./routes.ts";

const BASE_PATH = "/v2";
/** A résumé in base64 may be some megabytes. */
const BODY_LIMIT_BYTES = 32 * 1024 * 1024;

interface HttpDeps {
  readonly serve: Serve;
  readonly now: () => number;
  readonly log: (request: OpenRequest) => void;
}

/** The HTTP server: logs each request when it arrives and serves it with its body as text. */
export function createHttp({ serve, now, log }: HttpDeps) {
  const server = fastify({
    forceCloseConnections: true,
    exposeHeadRoutes: false,
    bodyLimit: BODY_LIMIT_BYTES,
    routerOptions: { maxParamLength: 300 },
  });
  const open = new WeakMap<FastifyRequest, OpenRequest>();
  server.removeAllContentTypeParsers();
  server.addContentTypeParser("*", { parseAs: "string" }, (_request, body, done) => done(null, body));
  server.addHook("onRequest", async (request) => {
    const seen = openRequest(request, now());
    open.set(request, seen);
    log(seen);
  });

  const answerBy = (target: Target) => async (request: FastifyRequest, reply: FastifyReply) => {
    await serve(target, request, reply, open.get(request) ?? openRequest(request, now()));
    return reply;
  };
  for (const route of ROUTES)
    server.route({ method: route.method, url: BASE_PATH + route.path, handler: answerBy(route) });
  server.post(`${BASE_PATH}/jwt`, answerBy("login"));
  server.setNotFoundHandler(answerBy("unknown"));

  return {
    /** Resolves to the port. Port 0 is any free one. */
    async listen(port: number): Promise<number> {
      try {
        return Number(new URL(await server.listen({ host: "127.0.0.1", port })).port);
      } catch (error) {
        await server.close();
        throw error;
      }
    },
    close: () => server.close(),
  };
}

function openRequest(request: FastifyRequest, at: number): OpenRequest {
  const path = request.url.split("?", 1)[0] ?? "";
  return {
    at,
    method: request.method,
    path: path.startsWith(`${BASE_PATH}/`) ? path.slice(BASE_PATH.length) : path,
    query: stringsOf(request.query),
    status: null,
    key: null,
    refusedBy: null,
  };
}
