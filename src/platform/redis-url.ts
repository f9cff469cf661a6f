import { loginFault } from "./connection-url.ts";

export interface RedisNode {
  readonly host: string;
  readonly port: number;
}

/** What may be needed to be let in; null where the URL says nothing. */
interface RedisLogin {
  readonly username: string | null;
  readonly password: string | null;
  readonly tls: boolean;
}

/** Where Redis is, in terms of the options of ioredis. */
export type RedisTarget =
  | { readonly mode: "single"; readonly url: string }
  | (RedisLogin & {
      readonly mode: "sentinel";
      readonly sentinels: readonly RedisNode[];
      /** The name of the master group that the sentinels watch. */
      readonly name: string;
      readonly db: number;
      readonly sentinelUsername: string | null;
      readonly sentinelPassword: string | null;
    })
  | (RedisLogin & { readonly mode: "cluster"; readonly nodes: readonly RedisNode[] });

export const REDIS_FORMS =
  "redis://[user:password@]host[:6379][/db], rediss:// for TLS, redis+sentinel://[user:password@]host[:26379],host/master-name[/db][?sentinel_password=…] or redis+cluster://[user:password@]host[:6379],host";

const SEVERAL = /^redis(s?)\+(sentinel|cluster):\/\/(?:([^/?]*)@)?([^/?@]+)(\/[^?]*)?(\?.*)?$/i;
const NODE = /^(\[[0-9a-f:.]+\]|[^\s:[\]]+)(?::(\d{1,5}))?$/i;

/**
 * Reads a `REDIS_URL`; null where it has none of `REDIS_FORMS`. ioredis reads a URL for a single server only, so the
 * forms with `+sentinel` and `+cluster` are ours: the login before the `@` is that of the Redis servers, the one of the
 * sentinels comes as `?sentinel_username=…&sentinel_password=…`. Special characters are percent-encoded as in any URL.
 */
export function parseRedisUrl(url: string): RedisTarget | null {
  if (loginFault(url) !== null) return null;
  try {
    return /^rediss?:\/\//i.test(url) ? parseSingle(url) : parseSeveral(url);
  } catch {
    return null; // A broken percent-encoding, or no URL at all.
  }
}

function parseSingle(url: string): RedisTarget | null {
  const { hostname, pathname } = new URL(url);
  return hostname !== "" && /^\/?\d{0,4}$/.test(pathname) ? { mode: "single", url } : null;
}

function parseSeveral(url: string): RedisTarget | null {
  const parts = SEVERAL.exec(url);
  if (parts === null) return null;
  const [, tls, mode, userinfo = "", hosts = "", path = "", query = ""] = parts;
  const sentinel = mode?.toLowerCase() === "sentinel";
  const nodes = hosts.split(",").map((host) => parseNode(host, sentinel ? 26_379 : 6_379));
  const known = nodes.filter((node) => node !== null);
  if (known.length < nodes.length) return null;
  const [username = "", ...password] = userinfo.split(":");
  const login = { username: decoded(username), password: decoded(password.join(":")), tls: tls !== "" };

  if (!sentinel) return path.replace("/", "") === "" ? { mode: "cluster", nodes: known, ...login } : null;
  const [, name = "", db = "0", ...rest] = path.split("/");
  if (name === "" || !/^\d{1,4}$/.test(db) || rest.length > 0) return null;
  const options = new URLSearchParams(query);
  return {
    mode: "sentinel",
    sentinels: known,
    name: decodeURIComponent(name),
    db: Number(db),
    ...login,
    sentinelUsername: options.get("sentinel_username"),
    sentinelPassword: options.get("sentinel_password"),
  };
}

function parseNode(text: string, defaultPort: number): RedisNode | null {
  const [, host, port = String(defaultPort)] = NODE.exec(text) ?? [];
  if (host === undefined || Number(port) < 1 || Number(port) > 65_535) return null;
  return { host: host.replace(/^\[|\]$/g, ""), port: Number(port) };
}

function decoded(text: string): string | null {
  return text === "" ? null : decodeURIComponent(text);
}
