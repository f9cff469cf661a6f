import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { expect, it, onTestFinished } from "vitest";
import { portOf } from "../../api/support/server.ts";
import { createAuthority } from "../../support/certificates.ts";
import { startCli } from "../../support/cli.ts";

/** Leads to this machine, and is none of its names: a login needs TLS. */
const HOST = "0.0.0.0";
const PASSWORD = "p%40ss-of-a-relay";

/** A mail server that notes the logins it receives, and whether they came through TLS. */
async function startServer(options: SMTPServerOptions) {
  const logins: string[] = [];
  const server = new SMTPServer({
    authOptional: true,
    allowInsecureAuth: true,
    onAuth: ({ password }, { secure }, done) => {
      logins.push(`${password} ${secure ? "through TLS" : "in the clear"}`);
      if (password === decodeURIComponent(PASSWORD)) done(null, { user: "relay" });
      else done(new Error(`wrong password ${password}`));
    },
    onData: (stream, _session, done) => void stream.resume().on("end", () => done(null)),
    ...options,
  });
  server.on("error", () => {});
  server.listen(0, HOST);
  await once(server.server, "listening");
  onTestFinished(() => new Promise((resolve) => server.close(() => resolve())));
  return { logins, port: portOf(server.server.address()) };
}

it("a login is sent through TLS alone: upgraded or from the start, to a server that proves who it is", async () => {
  const authority = createAuthority();
  const { key, cert } = authority.issue([HOST]);
  const other = authority.issue(["mail.example.org"]);
  const directory = await mkdtemp(join(tmpdir(), "applicant-sync-mail-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const notify = async (url: string, ca: string | null = authority.certFile) => {
    const env = { SMTP_URL: url, NOTIFY_EMAIL: "hr@example.org", ...(ca === null ? {} : { NODE_EXTRA_CA_CERTS: ca }) };
    const { code, stdout, stderr } = await startCli(["notify", "test"], env, directory).ended;
    expect(stdout + stderr).not.toMatch(/ss-of-a-relay|wrong-one/);
    return { code, said: stdout + stderr };
  };
  const upgraded = await startServer({ key, cert });
  const secure = await startServer({ key, cert, secure: true });
  const plain = await startServer({ disabledCommands: ["STARTTLS"] });
  const named = await startServer({ key: other.key, cert: other.cert });
  const at = (scheme: string, { port }: { readonly port: number }, password = PASSWORD) =>
    `${scheme}://relay:${password}@${HOST}:${port}`;
  const answers = await Promise.all([
    notify(at("smtp", upgraded)),
    notify(at("smtps", secure)),
    notify(at("smtp", upgraded, "wrong-one")),
    notify(at("smtp", plain)),
    notify(at("smtp", named)),
    notify(at("smtps", secure), null),
  ]);
  expect(answers.map(({ code }) => code)).toEqual([0, 0, 1, 1, 1, 1]);
  const password = decodeURIComponent(PASSWORD);
  expect(upgraded.logins.toSorted()).toEqual([`${password} through TLS`, "wrong-one through TLS"]);
  expect([secure.logins, plain.logins, named.logins]).toEqual([[`${password} through TLS`], [], []]);
  const [, , wrong, none, foreign, untrusted] = answers.map(({ said }) => said);
  expect(wrong).toMatch(/wrong password \*\*\*/);
  expect(none).toMatch(/TLS/);
  expect(foreign).toMatch(/certificate/);
  expect(untrusted).toMatch(/certificate/);
});
