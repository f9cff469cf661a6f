import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "pg";
import { z } from "zod";
import { AppError } from "../../../src/platform/errors.ts";
import type { Lifecycle } from "../../../src/platform/lifecycle.ts";
import { ACCOUNT, workerEnvironment } from "./environment.ts";
import { openProduct, type Product } from "./product.ts";
import { openClient, openPostgres, openRedis } from "./services.ts";

/** More than a worker can send: the quota is lifted. */
const UNLIMITED = 60_000;
const POLL_MS = 250;

export type QueueHome = "Redis" | "Postgres";

interface EndedRun {
  readonly pages: number;
  /** Rows that it inserted, updated or restored. */
  readonly changed: number;
}

/** A worker of its own that pulls `rows` applications out of a sandbox, again on each request. */
export interface FullSyncs {
  /** A connection of the bench's own. */
  readonly client: Client;
  readonly worker: Product;
  /** Null where the queue lives in Postgres. */
  readonly redisPid: number | null;
  /** Resolves when the nth run has begun. */
  begun(nth: number): Promise<void>;
  /** Resolves when the nth run has ended. Throws `sync_failed` where it is not proven. */
  ended(nth: number): Promise<EndedRun>;
  /** Makes the next run due. */
  again(): Promise<void>;
}

const runRow = z.object({ state: z.string(), pages: z.number().nullable(), changed: z.number().nullable() });

/** `through`: leads the worker to Postgres by another way, such as a proxy; returns the URL of it. */
export async function openFullSyncs(
  parts: Lifecycle,
  options: {
    readonly queue: QueueHome;
    readonly rows: number;
    /** Settings of the worker beside those of every bench. */
    readonly env?: Readonly<Record<string, string>>;
    readonly through?: (databaseUrl: string) => Promise<string>;
  },
): Promise<FullSyncs> {
  const { queue, rows, env = {}, through = async (url) => url } = options;
  const args = ["sandbox", "--port", "0", "--quota", "off", "--applications", String(rows)];
  const sandbox = await openProduct(parts, args);
  const origin = await sandbox.said((output) => /^KELIO_AUDIENCE=(\S+)$/m.exec(output)?.[1] ?? null);
  const url = await openPostgres(parts);
  const redis = queue === "Redis" ? await openRedis(parts) : null;
  const client = await openClient(parts, url);
  const databaseUrl = await through(url);
  const settings = { origin, databaseUrl, redisUrl: redis?.url ?? null, requestsPerMinute: UNLIMITED };
  const worker = await openProduct(parts, ["start"], { ...workerEnvironment(settings), ...env });

  async function nthRun(nth: number, isWanted: (state: string) => boolean): Promise<z.infer<typeof runRow>> {
    for (;;) {
      const found = await client.query(
        `select state, pages, inserted + updated + restored as changed from public.sync_run
         where account = $1 order by id offset $2::integer limit 1`,
        [ACCOUNT, nth - 1],
      );
      const [run] = z.array(runRow).parse(found.rows);
      if (run !== undefined && isWanted(run.state)) return run;
      await sleep(POLL_MS);
    }
  }
  const orFailure = <T>(work: Promise<T>) => Promise.race([work, worker.failure, sandbox.failure]);

  return {
    client,
    worker,
    redisPid: redis?.pid ?? null,
    begun: async (nth) => void (await orFailure(nthRun(nth, () => true))),
    async ended(nth) {
      const { state, pages, changed } = await orFailure(nthRun(nth, (now) => now !== "running"));
      if (state !== "proven") throw new AppError("sync_failed", `Sync ${nth} of ${queue} ended ${state}.`);
      return { pages: pages ?? 0, changed: changed ?? 0 };
    },
    again: async () => void (await client.query("update public.schedule_tick set next_at = now()")),
  };
}
