import { expect, it, onTestFinished } from "vitest";
import { freePort } from "../../src/database/embedded/port.ts";
import { parseRedisUrl } from "../../src/platform/redis-url.ts";
import { openBackend } from "../../src/queue/backend.ts";
import { createAuthority } from "../support/certificates.ts";
import { describeWithRedis, startRedis } from "../support/redis.ts";

const refusalOf = (url: string) =>
  openBackend({ databaseUrl: "", databaseKey: "test", redis: parseRedisUrl(url) }).then(
    () => null,
    (error: unknown) => error,
  );

describeWithRedis("a Redis that speaks TLS", () => {
  it("is refused with what to do where its certificate is not accepted, and where TLS is missing in the URL", async () => {
    const authority = createAuthority();
    const { keyFile, certFile } = authority.issue(["127.0.0.1"]);
    const secure = await freePort();
    const redis = await startRedis((port) => ({
      port,
      "tls-port": secure,
      "tls-cert-file": certFile,
      "tls-key-file": keyFile,
      "tls-ca-cert-file": authority.certFile,
      "tls-auth-clients": "no",
    }));
    onTestFinished(redis.stop);
    expect(await refusalOf(`rediss://:Zq9xJ@127.0.0.1:${secure}`)).toMatchObject({
      code: "redis_tls",
      message: expect.stringMatching(
        /It has a certificate of an authority that is not trusted here.*NODE_EXTRA_CA_CERTS in the environment, or unset/,
      ),
    });
    expect(await refusalOf(`redis://127.0.0.1:${secure}`)).toMatchObject({ message: expect.stringMatching(/rediss:/) });
  });
});
