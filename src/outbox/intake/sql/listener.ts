import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import { PostgresClient } from "../../../database/postgres-client.ts";

/** The channel of Postgres that announces a new or ready import; the payload is the account. */
const CHANNEL = "applicant_import";
/** The wait before a connection is tried again, and between two calls of `wake` without notices. */
const RECONNECT_MS = 5_000;

export interface ListenOptions {
  readonly databaseUrl: string;
  readonly account: string;
  /** Called for each notice, and after each connection, since notices may have been missed before it. */
  readonly wake: () => void;
  /** Whether notices arrive: a transaction pooler passes none on, and `listen` would stay on a connection of others. */
  readonly notices: boolean;
  readonly logger: Pick<Logger, "debug">;
}

/**
 * Listens for new imports on a connection of its own, which is opened again whenever it breaks. Without notices, and while there is no
 * connection, it calls `wake` every five seconds.
 */
export function listenForImports({ databaseUrl, account, wake, notices, logger }: ListenOptions): {
  close(): Promise<void>;
} {
  const closing = new AbortController();
  const ended = listen();

  async function listen(): Promise<void> {
    while (!closing.signal.aborted) {
      try {
        await (notices ? listenUntilBroken() : wake());
      } catch (error) {
        logger.debug({ err: error }, "no notices of imports for now");
        wake();
      }
      await sleep(RECONNECT_MS, undefined, { signal: closing.signal }).catch(() => undefined);
    }
  }

  async function listenUntilBroken(): Promise<void> {
    const client = new PostgresClient({ connectionString: databaseUrl, keepAlive: true });
    const broken = once(client, "end", { signal: closing.signal }).catch(() => undefined);
    try {
      await client.connect();
      client.on("notification", ({ payload }) => {
        if (payload === account) wake();
      });
      await client.query(`listen ${CHANNEL}`);
      wake();
      await broken;
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  return {
    async close() {
      closing.abort();
      await ended;
    },
  };
}
