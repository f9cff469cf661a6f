/** Expected errors of Redis, with a message that says what to do. */
import { AppError, codeOf, type AppErrorOptions } from "../platform/errors.ts";

export interface RedisFault {
  readonly code: string;
  /** A queue cannot live there. Otherwise it works, or works again by itself or once there is room. */
  readonly isFatal: boolean;
  /** What is wrong and what to do; it stands behind "The Redis of the queue". */
  readonly message: string;
}

export const REPLICA: RedisFault = {
  code: "redis_readonly",
  isFatal: true,
  message: "is a replica, which accepts no jobs: name the primary in REDIS_URL, or use redis+sentinel://",
};

export const UNREACHED: RedisFault = {
  code: "redis_connection",
  isFatal: false,
  message: "does not answer: it is tried again until it does",
};

/** The faults by what Redis or ioredis says. A script says it in the middle of its error. */
const FAULTS: readonly (RedisFault & { readonly said: RegExp })[] = [
  { said: /\b(READONLY|MASTERDOWN)\b/, ...REPLICA },
  {
    said: /\bNOPERM\b/,
    code: "redis_noperm",
    isFatal: true,
    message:
      "lacks rights for this user: allow the keys {applicant-sync}* and all commands on them (ACL SETUSER … ~{applicant-sync}* +@all -@admin +client|list +client|setname)",
  },
  {
    said: /\bNOAUTH\b/,
    code: "redis_login",
    isFatal: true,
    message: "asks for a password: write redis://:password@host in REDIS_URL",
  },
  {
    said: /^(WRONGPASS|ERR invalid password)/,
    code: "redis_login",
    isFatal: true,
    message: "refuses our login: check user and password in REDIS_URL",
  },
  {
    said: /^DENIED\b/,
    code: "redis_login",
    isFatal: true,
    message: "admits only its own machine (protected mode): give it a password",
  },
  {
    said: /\bOOM\b/,
    code: "redis_oom",
    isFatal: false,
    message:
      "is full (maxmemory): nothing is queued until there is room. Raise maxmemory, or remove what else it holds",
  },
  {
    said: /\bMISCONF\b/,
    code: "redis_misconf",
    isFatal: false,
    message: "accepts no writes because it cannot save to its disk: make room there, or see its log",
  },
  {
    said: /\bNOREPLICAS\b/,
    code: "redis_noreplicas",
    isFatal: false,
    message: "accepts no writes because too few of its replicas run (min-replicas-to-write)",
  },
  {
    said: /\bLOADING\b/,
    code: "redis_loading",
    isFatal: false,
    message: "is reading its data from disk: it is used once it has",
  },
  {
    said: /\bBUSY\b/,
    code: "redis_busy",
    isFatal: false,
    message: "runs a script that does not end: end it with SCRIPT KILL",
  },
  {
    said: /\b(CLUSTERDOWN|MOVED|ASK|TRYAGAIN|CROSSSLOT)\b/,
    code: "redis_cluster",
    isFatal: false,
    message:
      "is a Cluster that does not serve our keys (CLUSTER INFO says why), or is addressed as if it were none: use redis+cluster://",
  },
  {
    said: /max number of clients/,
    code: "redis_clients",
    isFatal: false,
    message: "has no connection left: raise maxclients, or end others",
  },
  {
    said: /^(Connection is closed|Command timed out|no answer in)|connect ETIMEDOUT|sentinels are unreachable|slots cache/,
    ...UNREACHED,
  },
];

/** What is wrong with a Redis, by the error of a command; null: none of these. */
export function redisFaultOf(error: unknown): RedisFault | null {
  if (!(error instanceof Error) || error instanceof AppError) return null;
  const found = FAULTS.find(({ said }) => said.test(error.message));
  if (found !== undefined) return found;
  // ECONNREFUSED, EPIPE, ENOTFOUND …
  return /^E[A-Z_]+$/.test(codeOf(error) ?? "") ? UNREACHED : null;
}

/** Returns the known error for what ioredis threw; any other error as it is. */
export function redisErrorOf(error: Error): Error {
  const fault = redisFaultOf(error);
  return fault === null ? error : faultAt("of the queue", fault, { cause: error });
}

export function faultAt(where: string, { code, message }: RedisFault, options: AppErrorOptions): AppError {
  return new AppError(code, `The Redis ${where} ${message}.`, options);
}
