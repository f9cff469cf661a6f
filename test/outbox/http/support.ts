import { promisify } from "node:util";
import { onTestFinished } from "vitest";
import type { Database } from "../../../src/database/client.ts";
import { openServer, type ServerLimits } from "../../../src/platform/http/server.ts";
import { importRoutes, type ImportRoutesOptions } from "../../../src/outbox/intake/http/plugin.ts";
import { queryOf, readSwitch } from "../../../src/outbox/operations/switch.ts";
import { silent } from "../../support/silent.ts";
import { keyringOf, PRIVACY_KEY } from "../../support/keyring.ts";

export const TOKEN = "a-token-of-the-tests-0123456789";
export const PDF = Buffer.from("%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n").toString("base64");

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface ImportServer {
  readonly account: string;
  readonly url: string;
  readonly port: number;
  /** How many are open. */
  readonly connections: () => Promise<number>;
  readonly close: () => Promise<void>;
  /** A body that is no text is sent as JSON. */
  readonly post: (body: unknown, headers?: Readonly<Record<string, string>>) => Promise<Answered>;
  readonly get: (path: string) => Promise<Answered>;
}

/** The worker's HTTP server in this process, with POST /imports for an account of the test's own. */
export async function openImports(
  database: Database,
  options: {
    readonly kind?: ImportRoutesOptions["accountKind"];
    readonly limits?: Partial<ServerLimits>;
    readonly account?: string;
    readonly token?: string | null;
  } = {},
): Promise<ImportServer> {
  const { kind = "customer", limits = {}, token = TOKEN, account = `test-${crypto.randomUUID()}` } = options;
  let count: (done: (error: Error | null, open: number) => void) => void = () => {};
  const server = await openServer({
    host: "127.0.0.1",
    port: 0,
    ping: () => database.$queryRaw`select 1`,
    logger: silent,
    limits,
    isHeld: async () => (await readSwitch(queryOf(database), account)).held,
    plugins: [
      async (app) => void (count = (done) => app.server.getConnections(done)),
      importRoutes({
        account,
        keyring: keyringOf(PRIVACY_KEY),
        accountKind: kind,
        database,
        token,
        environment: "sandbox",
        scopes: ["applicants_write", "applications_write"],
        language: "en",
        imports: {
          companyId: null,
          defaultCountry: null,
          sourceApproval: 0,
          resumeMaxBytes: 1_000_000,
          resumeTypes: { pdf: "pdf" },
        },
      }),
    ],
  });
  onTestFinished(server.close);
  return {
    account,
    url: server.url,
    port: Number(new URL(server.url).port),
    connections: promisify((done: Parameters<typeof count>[0]) => count(done)),
    close: server.close,
    post: async (body, headers = {}) =>
      answered(
        await fetch(`${server.url}/imports`, {
          method: "POST",
          headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json", ...headers },
          body: typeof body === "string" ? body : JSON.stringify(body),
        }),
      ),
    get: async (path) => answered(await fetch(server.url + path, { headers: { authorization: `Bearer ${TOKEN}` } })),
  };
}

/** An answer with its body as an object; `{}` where it is none. */
export async function answered(response: Response): Promise<Answered> {
  const text = await response.text();
  const body: Answered["body"] = text === "" ? {} : JSON.parse(text);
  return { status: response.status, headers: response.headers, body };
}
