import type { FastifyInstance } from "fastify";
import { onTestFinished } from "vitest";
import { loadConfig } from "../../../src/config/config.ts";
import type { Database } from "../../../src/database/client.ts";
import { openServer } from "../../../src/platform/http/server.ts";
import type { PageContext } from "../../../src/ops/page/context.ts";
import { metricsRoutes } from "../../../src/ops/metrics/plugin.ts";
import { pageRoutes } from "../../../src/ops/page/page.ts";
import { importRoutes } from "../../../src/outbox/intake/http/plugin.ts";
import { closeImports } from "../../../src/outbox/operations/close.ts";
import { resolveImport } from "../../../src/outbox/operations/review.ts";
import { createErasure } from "../../../src/people/erase/erasure.ts";
import { createState } from "../../../src/ops/state/state.ts";
import { quotaUse } from "../../../src/quota/request-gate.ts";
import { createLabels } from "../../../src/report/labels.ts";
import { createStatuses } from "../../../src/report/statuses.ts";
import { outboxOptionsOf } from "../../../src/outbox/context.ts";
import { keyringOf } from "../../support/keyring.ts";
import { silent } from "../../support/silent.ts";

export const OPERATOR = "violet-harbour-42";
export const VIEWER = "amber-harbour-77";

export interface PageOptions {
  readonly account?: string;
  /** Settings over those of a sandbox with both users. Empty: unset. */
  readonly env?: Readonly<Record<string, string>>;
  readonly startSync?: PageContext["startSync"];
}

/** Headers of HTTP basic authentication. */
export function as(user: "operator" | "viewer", password = user === "operator" ? OPERATOR : VIEWER) {
  return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}` };
}

/** The worker's HTTP server in this process, with the page of an account of the test's own. Ends with the test. */
export async function openPage(
  database: Database,
  { account = `test-${crypto.randomUUID()}`.slice(0, 20), env = {}, startSync = async () => 1 }: PageOptions = {},
) {
  const settings = {
    KELIO_ACCOUNT: account,
    HTTP_PORT: "1",
    OPS_PASSWORD: OPERATOR,
    OPS_VIEWER_PASSWORD: VIEWER,
    OPS_USER_HEADER: "X-Forwarded-User",
    ...env,
  };
  const config = loadConfig(settings, { keys: false });
  const outbox = outboxOptionsOf(config);
  const state = createState({
    database,
    config,
    quotaUse: () => quotaUse(database, config.account),
    outbox,
    workers: async () => 1,
  });
  if (config.http === null) throw new Error("The settings open no server.");
  const routes: { readonly method: string; readonly url: string }[] = [];
  const queue = { counts: async () => ({ waiting: 0, delayed: 0, active: 0 }), workers: async () => 1 };
  const { environment, kind } = config;
  const worker = () => ({ version: "0.0.0", environment, kind, isAlive: true, quotaWaits: 0 });
  const server = await openServer({
    host: "127.0.0.1",
    port: 0,
    ping: () => database.$queryRaw`select 1`,
    logger: silent,
    plugins: [
      // On the server itself: the hook sees the routes of every plugin.
      Object.assign(
        async (app: FastifyInstance) =>
          void app.addHook(
            "onRoute",
            ({ method, url }) => void routes.push(...[method].flat().map((one) => ({ method: String(one), url }))),
          ),
        { [Symbol.for("skip-override")]: true },
      ),
      importRoutes({ ...outbox, database, token: "a-token-of-an-importer" }),
      metricsRoutes({ account, database, state, queue, worker, token: null }),
      pageRoutes(
        {
          config,
          database,
          outbox,
          state,
          startSync,
          erase: createErasure({
            database,
            account,
            keyring: keyringOf("k".repeat(32)),
            closeImports,
            keepFiles: async () => {},
            cleanUp: async () => ({ left: [], later: [] }),
          }),
          enqueue: async () => {},
          statuses: createStatuses(database, account),
          labels: createLabels(database),
          resolve: (by, ...answer) => resolveImport({ database, account, by }, answer[0], answer[1]),
        },
        config.http.page,
      ),
    ],
  });
  onTestFinished(server.close);
  return { account, config, settings, url: server.url, routes };
}
