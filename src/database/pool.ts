import { setTimeout as sleep } from "node:timers/promises";
import { callbackify } from "node:util";
import { Pool, type PoolClient } from "pg";
import { recognised } from "./errors.ts";
import { PostgresClient } from "./postgres-client.ts";

const CONNECT_MS = 10_000;
const ASK_AGAIN_MS = 100;
const TOO_MANY_CONNECTIONS = "53300";
/** A pool that has so many connections waits this long for one of them before it opens another. */
const [FEW, PATIENCE_MS] = [2, 50];

const passOn = callbackify((connecting: Promise<PoolClient>) => connecting);

type Connected = (error: Error | undefined, client: PoolClient | undefined, done: (release?: unknown) => void) => void;

/**
 * A pool that also waits for a connection while Postgres has none left, not only while its own are all in use. It opens few: most of the
 * time of a new one, some 10 ms of CPU, goes into what the others know already, such as tables and plans, and statements of an instant
 * would open one each.
 */
export class PostgresPool extends Pool {
  readonly #turns: (() => void)[] = [];

  constructor(url: string, max: number, client: typeof PostgresClient = PostgresClient) {
    super({
      Client: client,
      connectionString: url,
      max,
      connectionTimeoutMillis: CONNECT_MS,
      keepAlive: true,
    });
    this.on("release", () => this.#turns.shift()?.());
    // A connection that breaks while nobody uses it is gone from the pool; without a listener, Node would end the process.
    this.on("error", () => {});
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
    if (this.totalCount >= FEW && this.idleCount <= this.waitingCount) await this.#turn();
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

  /** Resolves once a connection is released, the first come first, or after `PATIENCE_MS`. */
  async #turn(): Promise<void> {
    await new Promise<void>((resolve) => {
      const come = (): void => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        this.#turns.splice(this.#turns.indexOf(come), 1);
        resolve();
      }, PATIENCE_MS);
      this.#turns.push(come);
    });
  }
}
