import { Cluster, Redis, type RedisOptions } from "ioredis";
import type { RedisTarget } from "../config.ts";
import { AppError } from "../errors.ts";
import { redactText } from "../redact.ts";

const CONNECT_TIMEOUT_MS = 10_000;
/** BullMQ blocks on its connections for long, so no command may give up by itself. */
const FOR_BULLMQ = { maxRetriesPerRequest: null, lazyConnect: true } as const;

/**
 * A connected ioredis client for BullMQ: single, Sentinel or Cluster. Once connected it reconnects for ever; a Redis that
 * is not there at the start is an error at once (`redis_unreachable`), which names no password.
 */
export async function connectRedis(target: RedisTarget): Promise<Redis | Cluster> {
  const redis = clientFor(target);
  let lastError: unknown = null;
  redis.on("error", (error: unknown) => {
    lastError = error;
  });
  const tooLate = new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error(`no answer in ${CONNECT_TIMEOUT_MS / 1000} s`)), CONNECT_TIMEOUT_MS).unref();
  });
  try {
    await Promise.race([redis.connect().then(() => redis.ping()), tooLate]);
    return redis;
  } catch (error) {
    redis.disconnect();
    const cause = lastError ?? error;
    const reason = cause instanceof Error ? redactText(cause.message) : "no reason given";
    throw new AppError(
      "redis_unreachable",
      `Redis cannot be used at ${placeOf(target)} (${reason}). Check REDIS_URL and that the server runs, ` +
        `or unset REDIS_URL to keep the queue in Postgres.`,
      { cause },
    );
  }
}

function clientFor(target: RedisTarget): Redis | Cluster {
  if (target.mode === "single") return new Redis(target.url, FOR_BULLMQ);
  const login = loginOf(target.username, target.password);
  const tls = target.tls ? { tls: {} } : {};
  if (target.mode === "cluster") {
    return new Cluster([...target.nodes], {
      lazyConnect: true,
      redisOptions: { maxRetriesPerRequest: null, ...login, ...tls },
    });
  }
  const { username: sentinelUsername, password: sentinelPassword } = loginOf(
    target.sentinelUsername,
    target.sentinelPassword,
  );
  return new Redis({
    ...FOR_BULLMQ,
    sentinels: target.sentinels.map((node) => ({ ...node })),
    name: target.name,
    db: target.db,
    ...login,
    ...tls,
    ...(sentinelUsername === undefined ? {} : { sentinelUsername }),
    ...(sentinelPassword === undefined ? {} : { sentinelPassword }),
    enableTLSForSentinelMode: target.tls,
  });
}

function loginOf(username: string | null, password: string | null): Pick<RedisOptions, "username" | "password"> {
  return { ...(username === null ? {} : { username }), ...(password === null ? {} : { password }) };
}

function placeOf(target: RedisTarget): string {
  if (target.mode === "single") return new URL(target.url).host;
  const nodes = target.mode === "sentinel" ? target.sentinels : target.nodes;
  return nodes.map(({ host, port }) => `${host}:${port}`).join(",");
}
