import { setTimeout as sleep } from "node:timers/promises";
import { callbackify } from "node:util";
import { Pool, type PoolClient } from "pg";
import { recognised } from "./errors.ts";
import { PostgresClient } from "./postgres-client.ts";

const CONNECT_MS = 10_000;
const ASK_AGAIN_MS = 100;
const TOO_MANY_CONNECTIONS = "53300";

const passOn = callbackify((connecting: Promise<PoolClient>) => connecting);

type Connected = (error: Error | undefined, client: PoolClient | undefined, done: (release?: unknown) => void) => void;

/** A pool that also waits for a connection while Postgres has none left, not only while its own are all in use. */
export class PostgresPool extends Pool {
  constructor(url: string, max: number, client: typeof PostgresClient = PostgresClient) {
    super({
      Client: client,
      connectionString: url,
      max,
      connectionTimeoutMillis: CONNECT_MS,
      keepAlive: true,
    });
  }

  override connect(): Promise<PoolClient>;
  override connect(callback: Connected): void;
  override connect(callback?: Connected): Promise<PoolClient> | void {
    if (callback === undefined) return this.#patient();
    passOn(this.#patient(), (error: Error | null, client: PoolClient | undefined) =>
      callback(error ?? undefined, client, (release) => client?.release(release === undefined ? undefined : true)),
    );
  }

  async #patient(): Promise<PoolClient> {
    for (const end = Date.now() + CONNECT_MS; ;) {
      try {
        return await super.connect();
      } catch (error) {
        const passing = error instanceof Error && "code" in error && error.code === TOO_MANY_CONNECTIONS;
        if (!passing || Date.now() > end) throw recognised(error);
        await sleep(ASK_AGAIN_MS);
      }
    }
  }
}
