import { Cluster, Redis, type RedisOptions } from "ioredis";
import type { RedisTarget } from "../platform/redis-url.ts";
import { tlsFault } from "../platform/certificates.ts";
import { AppError } from "../platform/errors.ts";
import { faultAt, redisFaultOf, UNREACHED } from "./redis-errors.ts";
import { redactText } from "../platform/redact.ts";

const CONNECT_TIMEOUT_MS = 10_000;
const FOR_BULLMQ = {
  lazyConnect: true,
  /** BullMQ blocks on its connections for long, so no command may give up by itself. */
  maxRetriesPerRequest: null,
  /** After a failover, the same address may lead to the new primary. */
  reconnectOnError: ({ message }: Error) => /\bREADONLY\b/.test(message),
} as const;

/**
 * A connected ioredis client for BullMQ: single, Sentinel or Cluster. Once connected it reconnects for ever; a Redis that
 * is not there at the start is an error at once (`redis_unreachable`, `redis_tls`, `redis_login`, `redis_database`), which names no
 * password.
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
    // ioredis continues in database 0 where the one asked for does not exist.
    if (redis instanceof Redis) await redis.select(redis.options.db ?? 0);
    return redis;
  } catch (error) {
    redis.disconnect();
    const cause = lastError ?? error;
    const fault = redisFaultOf(cause);
    if (fault !== null && fault.code !== UNREACHED.code) throw faultAt(`at ${addressOf(target)}`, fault, { cause });
    const { code, advice } = adviceFor(cause, target);
    const reason = cause instanceof Error ? redactText(cause.message) : "no reason stated";
    throw new AppError(
      code,
      `Redis cannot be used at ${addressOf(target)} (${reason}). ${advice}, or unset REDIS_URL to keep the queue in Postgres.`,
      { cause },
    );
  }
}

const ADVICE: readonly (readonly [said: RegExp, code: string, advice: string])[] = [
  [
    /DB index is out of range|SELECT is not allowed/,
    "redis_database",
    "Check the number of the database at the end of REDIS_URL",
  ],
  [/ENOTFOUND|EAI_AGAIN/, "redis_unreachable", "Check the name of the host in REDIS_URL"],
  [
    /Unknown RESP type|Protocol error/,
    "redis_unreachable",
    "What answers there is no Redis, or wants TLS (rediss://): check REDIS_URL",
  ],
  [
    /unknown command 'sentinel'/i,
    "redis_unreachable",
    "What answers there is no sentinel: check the ports in REDIS_URL",
  ],
  [
    /slots cache|cluster support disabled/i,
    "redis_unreachable",
    "It is no Cluster, or no node answers: check REDIS_URL",
  ],
];

function adviceFor(cause: unknown, target: RedisTarget): { readonly code: string; readonly advice: string } {
  const said = cause instanceof Error ? cause.message : "";
  const fault = tlsFault(cause);
  if (fault !== null) return { code: "redis_tls", advice: `It ${fault}` };
  const [, code, advice] = ADVICE.find(([pattern]) => pattern.test(said)) ?? [];
  if (code !== undefined && advice !== undefined) return { code, advice };
  const isTls = target.mode === "single" ? /^rediss:/i.test(target.url) : target.tls;
  const tls = isTls ? ", that it speaks TLS (else redis://)" : ", that it speaks no TLS (else rediss://)";
  return { code: "redis_unreachable", advice: `Check REDIS_URL${tls} and that the server runs` };
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

export function addressOf(target: RedisTarget): string {
  if (target.mode === "single") return new URL(target.url).host;
  const nodes = target.mode === "sentinel" ? target.sentinels : target.nodes;
  return nodes.map(({ host, port }) => `${host}:${port}`).join(",");
}
