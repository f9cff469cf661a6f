import { describe, expect, test } from "vitest";
import { parseRedisUrl } from "../../src/platform/redis-url.ts";

const NO_LOGIN = { username: null, password: null, tls: false };

describe("a REDIS_URL", () => {
  test.each(["redis://127.0.0.1", "rediss://user:p%40ss@redis.example.org:6380/2", "redis://[::1]:6379/"])(
    "of a single server is handed on as it is: %s",
    (url) => expect(parseRedisUrl(url)).toEqual({ mode: "single", url }),
  );

  test("of a sentinel group names the sentinels, the master and both logins", () => {
    const url =
      "rediss+sentinel://app:p%40s%2Fs@one.example.org,[::1]:26380/main/3?sentinel_username=s&sentinel_password=q%26";
    expect(parseRedisUrl(url)).toEqual({
      mode: "sentinel",
      sentinels: [
        { host: "one.example.org", port: 26379 },
        { host: "::1", port: 26380 },
      ],
      name: "main",
      db: 3,
      username: "app",
      password: "p@s/s",
      tls: true,
      sentinelUsername: "s",
      sentinelPassword: "q&",
    });
  });

  test("of a cluster names its nodes, port 6379 where none is named", () => {
    expect(parseRedisUrl("redis+cluster://one.example.org,two.example.org:7001")).toEqual({
      mode: "cluster",
      nodes: [
        { host: "one.example.org", port: 6379 },
        { host: "two.example.org", port: 7001 },
      ],
      ...NO_LOGIN,
    });
  });

  test("may give a password without a user", () => {
    expect(parseRedisUrl("redis+cluster://:secret@one.example.org")).toMatchObject({
      username: null,
      password: "secret",
    });
  });

  test.each([
    "",
    "redis.example.org:6379",
    "http://redis.example.org",
    "redis://",
    "redis://redis.example.org/name",
    "redis://redis.example.org:99999",
    "redis+sentinel://one.example.org",
    "redis+sentinel://one.example.org/main/db",
    "redis+sentinel://one.example.org/main/0/1",
    "redis+sentinel://one.example.org:0/main",
    "redis+sentinel://one.example.org,,two.example.org/main",
    "redis+cluster://one.example.org/0",
    "redis+cluster://%zz@one.example.org",
  ])("of no known form is refused: %j", (url) => expect(parseRedisUrl(url)).toBeNull());
});
