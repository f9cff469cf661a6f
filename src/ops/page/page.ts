/** The page of operations, as a plugin of the worker's HTTP server. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { METHODS, onlyMethods } from "../../platform/http/methods.ts";
import { PROBLEM_TYPE, problemSchema, refusal } from "../../platform/http/problem.ts";
import { inTime } from "../../platform/in-time.ts";
import { ASSETS } from "./assets.ts";
import type { PageContext } from "./context.ts";
import type { Role } from "./credentials.ts";
import { createGuard, refuseViewer, type Access, type SignedIn } from "./guard.ts";
import { bareDocument, documentOf, type Frame } from "./layout.ts";
import { preferredLanguage } from "./preferred-language.ts";
import { problemScreen } from "./problem-screen.ts";
import type { Route, Screen } from "./route.ts";
import { auditRoutes } from "./screens/audit.ts";
import { deletionRoutes } from "./screens/deletions.ts";
import { importActionRoutes } from "./screens/import-actions.ts";
import { importRoutes } from "./screens/import.ts";
import { importsRoutes } from "./screens/imports.ts";
import { killSwitchRoutes } from "./screens/kill-switch.ts";
import { manyImportsRoutes } from "./screens/many-imports.ts";
import { firstRoutes } from "./screens/first.ts";
import { peopleRoutes } from "./screens/people.ts";
import { retentionRoutes } from "./screens/retention.ts";
import { runRoutes } from "./screens/run.ts";
import { runsRoutes } from "./screens/runs.ts";
import { statusRoutes } from "./screens/statuses.ts";
import { syncNowRoutes } from "./screens/sync-now.ts";
import { createTimes } from "./times.ts";

const HEADERS = {
  "content-security-policy":
    "default-src 'none'; style-src 'self'; script-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  // With `no-referrer`, a browser sends our own forms with `Origin: null`, which is all there is to tell them by without TLS.
  "referrer-policy": "same-origin",
  "x-frame-options": "DENY",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  vary: "accept-language",
} as const;
const HTML_TYPE = "text/html; charset=utf-8";
const KEPT = { "cache-control": "private, max-age=31536000, immutable" } as const;
/** How long a view, and a decision before it begins, wait for a database that hangs. */
const VIEW_MS = 10_000;

/** The routes of all screens, in the order of the navigation. */
const ROUTES: readonly Route[] = [
  ...firstRoutes,
  ...runsRoutes,
  ...runRoutes,
  ...syncNowRoutes,
  ...deletionRoutes,
  ...importsRoutes,
  ...importRoutes,
  ...importActionRoutes,
  ...manyImportsRoutes,
  ...killSwitchRoutes,
  ...statusRoutes,
  ...peopleRoutes,
  ...retentionRoutes,
  ...auditRoutes,
];

/** `/` and everything below `/ops/`. */
export function pageRoutes(context: PageContext, access: Access): (app: FastifyInstance) => Promise<void> {
  const { account, kind, environment, language: byDefault, schedules } = context.config;
  const nav = ROUTES.flatMap(({ path, nav: text }) => (text === undefined ? [] : [{ path, nav: text }]));
  const frame: Frame = { account, kind, environment, timezone: schedules.timezone, nav };
  const times = createTimes(schedules.timezone);
  const admit = createGuard(access);
  const roles = new Map(ROUTES.map(({ method, path, role }): [string, Role] => [`${method} ${path}`, role]));
  const people = new WeakMap<FastifyRequest, SignedIn>();
  const answers = () =>
    inTime(
      context.database.$queryRaw`select 1`.then(() => true),
      false,
      VIEW_MS,
    );
  const languageOf = ({ headers }: FastifyRequest) => preferredLanguage(headers["accept-language"], byDefault);

  function render(request: FastifyRequest, screen: Screen): string {
    const person = people.get(request);
    const language = languageOf(request);
    if (person === undefined) return bareDocument(language, screen.title, screen.main);
    return documentOf(frame, screen, language, pathOf(request), person);
  }

  return async (app) => {
    app.addHook("onRequest", async (request, reply) => {
      reply.headers(HEADERS);
      const { method, routeOptions } = request;
      const role = roles.get(`${method === "HEAD" ? "GET" : method} ${routeOptions.url ?? ""}`);
      const person = admit(request);
      // Before the refusal, so that it is shown with the navigation.
      people.set(request, person);
      refuseViewer(person, method, role ?? "viewer");
    });
    // A problem becomes a page, whoever found it.
    app.addHook("onSend", async (request, reply, payload) => {
      if (reply.getHeader("content-type") !== PROBLEM_TYPE || typeof payload !== "string") return payload;
      reply.type(HTML_TYPE);
      return render(request, problemScreen(problemSchema.parse(JSON.parse(payload)), languageOf(request)));
    });
    app.removeAllContentTypeParsers();
    app.addContentTypeParser("application/x-www-form-urlencoded", { parseAs: "string" }, (_request, body, done) =>
      done(null, fieldsOf(String(body))),
    );
    for (const { path, type, text } of ASSETS) {
      app.get(path, async (_request, reply) => reply.headers(KEPT).type(type).send(text));
    }
    for (const { method, path: url, handle } of ROUTES) {
      app.route<{ Params: Readonly<Record<string, string>> }>({
        method,
        url,
        handler: async (request, reply) => {
          const language = languageOf(request);
          const person = people.get(request);
          if (person === undefined) throw new Error("the request was not admitted");
          const { body } = request;
          // Nothing is begun where nothing would end.
          if (method === "POST" && !(await answers())) throw unanswered();
          const asked = handle(context, {
            person,
            language,
            times: times[language],
            path: pathOf(request),
            params: request.params,
            query: fieldsOf(request.url.split("?")[1]),
            form: body instanceof URLSearchParams ? body : new URLSearchParams(),
          });
          // A decision that has begun is waited for: whoever reads that it failed must be able to believe it.
          const answer = method === "POST" ? await asked : await inTime(asked, null, VIEW_MS);
          if (answer === null) throw unanswered();
          // Whoever decides sees at once what it changed.
          if (method === "POST") context.state.forget();
          return send(reply, answer, (screen) => render(request, screen));
        },
      });
    }
    closeOthers(app);
  };
}

/** The fields of a form or a query. Postgres stores no U+0000, and nobody types one. */
function fieldsOf(text = ""): URLSearchParams {
  const fields = new URLSearchParams();
  for (const [name, value] of new URLSearchParams(text)) fields.append(name, value.replaceAll("\0", ""));
  return fields;
}

function unanswered(): Error {
  return refusal(503, "database_unavailable", "The database does not answer.");
}

function send(reply: FastifyReply, answer: Awaited<ReturnType<Route["handle"]>>, render: (screen: Screen) => string) {
  if ("location" in answer) return reply.redirect(answer.location, 303);
  if ("document" in answer) {
    const disposition = `attachment; filename="${answer.fileName}"`;
    return reply
      .headers({ "content-disposition": disposition, "cache-control": "no-store" })
      .type(HTML_TYPE)
      .send(answer.document);
  }
  return reply
    .code(answer.status ?? 200)
    .type(HTML_TYPE)
    .send(render(answer));
}

/** Other methods of our paths, and other paths below `/ops/`, behind the same guard. */
function closeOthers(app: FastifyInstance): void {
  for (const url of new Set(ROUTES.map(({ path }) => path))) {
    const own = ROUTES.filter(({ path }) => path === url).map(({ method }) => method);
    onlyMethods(app, url, own.includes("GET") ? ["HEAD", ...own] : own);
  }
  const nothing = async () => {
    throw refusal(404, "not_found", "There is nothing at this path.");
  };
  for (const url of ["/ops", "/ops/*"]) app.route({ method: [...METHODS], url, handler: nothing });
}

function pathOf({ url }: FastifyRequest): string {
  return url.split("?")[0] ?? url;
}
