/** What a Redis needs to hold a queue, and whether the connected one has it. */
import { Cluster, type Redis } from "ioredis";
import { faultAt, redisFaultOf, REPLICA, UNREACHED, type RedisFault } from "./redis-errors.ts";

interface RedisFacts {
  readonly version: string | null;
  readonly role: string | null;
  readonly policy: string | null;
  /** In bytes; 0: no limit. */
  readonly maxMemory: number | null;
  readonly usedMemory: number | null;
  /** Whether it keeps its data over a restart. */
  readonly isPersistent: boolean | null;
}

const UNKNOWN: RedisFacts = {
  version: null,
  role: null,
  policy: null,
  maxMemory: null,
  usedMemory: null,
  isPersistent: null,
};
/** The oldest version that BullMQ supports. */
const OLDEST = 5;
/** BullMQ warns on standard error of older versions. */
const RECOMMENDED = 6.2;
const NEARLY_FULL = 0.9;
const PROBE_MS = 5_000;
/** A script that writes a key of ours, as those of BullMQ do. */
const PROBE = { script: "return redis.call('SET', KEYS[1], '1', 'PX', 1000)", key: "{applicant-sync}:probe" } as const;

export interface RedisHealth {
  /** Everything that is wrong; empty: nothing, or Redis does not say. */
  readonly faults: readonly RedisFault[];
  /** What is known, in a few words. */
  readonly detail: string;
  /** BullMQ may ask for the version: it cannot where INFO is not allowed, and prints a warning of its own on a policy or an old version. */
  readonly isPlain: boolean;
}

export async function redisHealth(redis: Redis | Cluster): Promise<RedisHealth> {
  const refused = await probe(redis);
  const servers = redis instanceof Cluster ? redis.nodes("master") : [redis];
  const facts = await Promise.all(servers.map(factsOf));
  const all = [...(refused === null ? [] : [refused]), ...facts.flatMap(faultsOf)];
  return {
    faults: [...new Map(all.map((fault) => [fault.code, fault])).values()],
    detail: detailOf(facts),
    isPlain: facts.every(({ version, policy }) => numberOf(version) >= RECOMMENDED && policy === "noeviction"),
  };
}

function detailOf(facts: readonly RedisFacts[]): string {
  const [{ version, role, policy } = UNKNOWN] = facts;
  if (version === null) return "version, role and eviction policy unknown: INFO is not allowed";
  const nodes =
    facts.length > 1 ? `${facts.length} primaries` : role === "master" ? "primary" : (role ?? "role unknown");
  return `version ${version}, ${nodes}, ${policy ?? "eviction policy unknown"}`;
}

/** @throws AppError with the code of the first fault that is fatal. */
export function refuseFatal(address: string, faults: readonly RedisFault[]): void {
  const fatal = faults.find(({ isFatal }) => isFatal);
  if (fatal === undefined) return;
  throw faultAt(`at ${address}`, fatal, { disposition: "fail" });
}

async function probe(redis: Redis | Cluster): Promise<RedisFault | null> {
  try {
    await inTime(redis.eval(PROBE.script, 1, PROBE.key));
    return null;
  } catch (error) {
    const fault = redisFaultOf(error);
    if (fault === null || fault.code === UNREACHED.code) throw error;
    return fault;
  }
}

async function factsOf(redis: Redis): Promise<RedisFacts> {
  const info = await inTime(redis.info()).catch(() => "");
  const fields = new Map(
    info.split(/\r?\n/).flatMap((line): [string, string][] => {
      const [name = "", ...value] = line.split(":");
      return value.length === 0 ? [] : [[name, value.join(":")]];
    }),
  );
  const number = (name: string) => (fields.has(name) ? Number(fields.get(name)) : null);
  return {
    version: fields.get("redis_version") ?? null,
    role: fields.get("role") ?? null,
    policy: fields.get("maxmemory_policy") ?? null,
    maxMemory: number("maxmemory"),
    usedMemory: number("used_memory"),
    isPersistent: fields.get("aof_enabled") === "1" ? true : await savesSnapshots(redis),
  };
}

/** Null if CONFIG is not allowed, as on managed servers. */
async function savesSnapshots(redis: Redis): Promise<boolean | null> {
  const answer = await inTime(redis.config("GET", "save")).catch(() => null);
  return Array.isArray(answer) && answer.length === 2 ? answer[1] !== "" : null;
}

/** `7.2` of `7.2.4`, and 0 of an unknown version. */
function numberOf(version: string | null): number {
  return Number.parseFloat(version ?? "0");
}

/** What is wrong with a server, by what it reports. */
export function faultsOf(facts: RedisFacts): readonly RedisFault[] {
  const { version, role, policy, maxMemory, usedMemory, isPersistent } = facts;
  const faults: RedisFault[] = [];
  if (version !== null && numberOf(version) < OLDEST) {
    const message = `has version ${version}: the queue needs ${OLDEST} or newer`;
    faults.push({ code: "redis_version", isFatal: true, message });
  }
  if (role === "slave" || role === "replica") faults.push(REPLICA);
  if (policy !== null && policy !== "noeviction") {
    const isLimited = (maxMemory ?? 0) > 0;
    const when = isLimited
      ? "throws jobs away when its memory is full"
      : "would throw jobs away once it has a maxmemory";
    const message = `${when} (maxmemory-policy ${policy}): run CONFIG SET maxmemory-policy noeviction, and set it in redis.conf`;
    faults.push({ code: "redis_eviction", isFatal: isLimited, message });
  }
  const share = maxMemory === null || maxMemory === 0 || usedMemory === null ? 0 : usedMemory / maxMemory;
  if (share >= NEARLY_FULL) {
    const message = `uses ${Math.round(share * 100)} % of its maxmemory: raise it, or remove what else it holds`;
    faults.push({ code: "redis_nearly_full", isFatal: false, message });
  }
  if (isPersistent === false) {
    const message =
      "keeps nothing over a restart: what waits is queued again from Postgres, but its record of how far imports have come is lost. Set appendonly yes in redis.conf";
    faults.push({ code: "redis_not_persistent", isFatal: false, message });
  }
  return faults;
}

function inTime<T>(answer: Promise<T>): Promise<T> {
  const late = new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error(`no answer in ${PROBE_MS / 1000} s`)), PROBE_MS).unref();
  });
  return Promise.race([answer, late]);
}
