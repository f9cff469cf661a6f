import { createApiClient, type ApiClient, type CallContext } from "../../src/api/client.ts";
import type { AccountKind } from "../../src/api/kelio.ts";
import { loadConfig } from "../../src/config/config.ts";
import type { Database } from "../../src/database/client.ts";
import { outboxOptionsOf } from "../../src/outbox/context.ts";
import { createOutbox, type Outbox } from "../../src/outbox/outbox.ts";
import { createWatermark } from "../../src/outbox/restore/watermark.ts";
import { createRequestLog } from "../../src/quota/request-gate.ts";
import { onTestFinished } from "vitest";
import { startSandbox, type Sandbox, type SandboxOptions } from "../../src/sandbox/server.ts";
import { freePort } from "../../src/database/embedded/port.ts";
import { claimFreshMirror } from "./fresh-mirror.ts";
import { createHandQueue, type HandQueue } from "./hand-queue.ts";
import { AppError } from "../../src/platform/errors.ts";
import { endApiPause, quiet } from "./quiet.ts";
import { silent } from "./silent.ts";
import { PRIVACY_KEY } from "./keyring.ts";

/** Slower answers are abandoned. */
const TIMEOUT_MS = 2_000;

/** What stands between the outbox and the API: whether a request leaves, and whether anybody is there to receive its answer. */
export type Creator = Pick<ApiClient, "createApplicant" | "createApplication">;
export type Between = (apis: { readonly api: Creator; readonly refusing: Creator }, queue: HandQueue) => Creator;

/** The outbox of an account of its own over a real database and a real sandbox, with a queue in the hand of the test. */
export interface Outpost {
  readonly account: string;
  readonly kind: AccountKind;
  readonly env: Readonly<Record<string, string>>;
  readonly sandbox: Sandbox;
  readonly database: Database;
  readonly outbox: Outbox;
  readonly queue: HandQueue;
  /** Runs what is in the queue. */
  readonly drain: () => Promise<void>;
  /** Runs the maintenance task and the jobs and lets time pass until nothing moves any more. */
  readonly settle: () => Promise<void>;
}

export interface OutpostOptions {
  readonly database: Database;
  readonly now?: () => number;
  /** By default that of the test's context. */
  readonly onEnd?: (end: () => Promise<void>) => void;
  readonly kind: AccountKind;
  readonly sandbox?: SandboxOptions;
  /** `fresh` by default: nobody is looked up before they are sent. */
  readonly mirror?: "fresh" | "empty";
  /** The account of another outpost, which ends it. */
  readonly shared?: Sandbox;
  readonly between?: Between;
  /** How many jobs run at a time; 8 by default. */
  readonly atOnce?: number;
}

export async function openOutpost(options: OutpostOptions): Promise<Outpost> {
  const { database, kind, between = ({ api }) => api, onEnd = onTestFinished } = options;
  const sandbox =
    options.shared ??
    (await startSandbox({
      campaigns: 12,
      applications: 60,
      quota: null,
      now: Date.now,
      ...options.sandbox,
    }));
  const key = sandbox.keys.find((one) => one.kind === kind);
  const account = `test-${crypto.randomUUID().slice(0, 13)}`;
  const env = {
    KELIO_ACCOUNT: account,
    KELIO_ACCOUNT_KIND: kind,
    KELIO_API_URL: sandbox.url,
    KELIO_AUDIENCE: sandbox.audience,
    KELIO_PRIVATE_KEY: key?.privateKey ?? "",
    KELIO_SECRET_KEY: key?.secretKey ?? "",
    KELIO_TOKEN_SOURCE: "sign",
    KELIO_REQUESTS_PER_MINUTE: "6000",
    PRIVACY_KEY,
  };
  if (options.mirror !== "empty") await claimFreshMirror(database, account);
  const config = loadConfig(env, { keys: true });
  const { privateKey, secretKey } = config.api;
  // The quota is tried elsewhere: here thousands of requests leave in a minute.
  const log = createRequestLog(database, { account, requestsPerMinute: 1_000_000 });
  const settings = {
    ...config.api,
    requestsPerMinute: 1_000_000,
    kind,
    privateKey: privateKey ?? "",
    secretKey: secretKey ?? "",
    timeoutMs: TIMEOUT_MS,
  };
  const api = createApiClient(settings, { log });
  const refusing = createApiClient({ ...settings, url: `http://127.0.0.1:${await freePort()}/v2` }, { log });
  const queue = createHandQueue(options.atOnce);
  const outbox = createOutbox({
    ...outboxOptionsOf(config),
    database,
    watermark: createWatermark({ database, account, marks: [], directoryId: null, logger: silent }),
    api: { list: api.list, show: api.show, ...between({ api, refusing }, queue) },
    logger: silent,
    refreshCampaigns: async () => {},
    enqueue: queue.enqueue,
    ...(options.now === undefined ? {} : { now: options.now }),
  });
  // A pause of the queue ends as soon as it begins.
  const work = (job: { readonly kind: "deliver" | "reconcile"; readonly import: number }, context: CallContext) =>
    outbox[job.kind](job, context).catch(async (error: unknown) => {
      if (error instanceof AppError && error.disposition === "pause") await endApiPause(database, account);
      throw error;
    });
  const drain = async (): Promise<void> => {
    await queue.drain(work);
    await outbox.settled();
  };

  onEnd(async () => {
    await outbox.settled();
    api.close();
    refusing.close();
    if (options.shared === undefined) await sandbox.close();
  });

  return {
    account,
    kind,
    env,
    sandbox,
    database,
    outbox,
    queue,
    drain,
    settle: () => quiet({ database, account, reconcilePending: outbox.reconcilePending, idle: drain, lostAfter: 0 }),
  };
}
