import { setTimeout as sleep } from "node:timers/promises";
import { AppError } from "../platform/errors.ts";
import { redisErrorOf } from "./redis-errors.ts";
import type { connectRedis } from "./redis.ts";

/** Numbers by name in Redis that only grow. A missing name reads as null. */
export interface Numbers {
  read(name: string): Promise<bigint | null>;
  raise(name: string, to: bigint): Promise<void>;
}

/** A Redis that does not answer must not block its caller. */
const TIMEOUT_MS = 1_000;
const RAISE = `local kept = redis.call("get", KEYS[1])
if not kept or tonumber(kept) < tonumber(ARGV[1]) then redis.call("set", KEYS[1], ARGV[1]) end`;

/** Each rejects with `redis_slow` after a second without an answer. */
export function numbersIn(redis: Awaited<ReturnType<typeof connectRedis>>, prefix: string): Numbers {
  return {
    async read(name) {
      const kept = await soon(redis.get(prefix + name));
      return kept === null ? null : BigInt(kept);
    },
    raise: async (name, to) => void (await soon(redis.eval(RAISE, 1, prefix + name, String(to)))),
  };
}

async function soon<T>(answer: Promise<T>): Promise<T> {
  const late = new AbortController();
  const timeout = sleep(TIMEOUT_MS, undefined, { signal: late.signal }).then(() => {
    throw new AppError("redis_slow", `Redis gave no answer within ${TIMEOUT_MS / 1_000} s.`);
  });
  timeout.catch(() => {});
  try {
    return await Promise.race([answer, timeout]);
  } catch (error) {
    throw error instanceof Error ? redisErrorOf(error) : error;
  } finally {
    late.abort();
  }
}
