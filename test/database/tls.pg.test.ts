import { chown, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, it, onTestFinished, vi } from "vitest";
import { createDatabase } from "../../src/database/client.ts";
import { withClient } from "../../src/database/connect.ts";
import { unprivilegedAccount, weAreRoot } from "../../src/database/embedded/account.ts";
import { createAuthority, type Certificate } from "../support/certificates.ts";
import { describeWithPostgres15, startPostgres15 } from "../support/postgres-15.ts";

const HBA = "hostssl all all 127.0.0.1/32 trust\nhostssl all all ::1/128 trust\n";

/** A server that speaks TLS with this certificate and admits nobody without; of `clientsOf` are the certificates that it takes. Returns where it is. */
async function startTlsServer({ keyFile, certFile }: Certificate, clientsOf?: string): Promise<string> {
  const account = weAreRoot() ? await unprivilegedAccount() : null;
  if (account !== null) await chown(keyFile, account.uid, account.gid);
  const hba = join(dirname(keyFile), "pg_hba.conf");
  await writeFile(hba, HBA);
  const ofClients = clientsOf === undefined ? {} : { ssl_ca_file: clientsOf };
  const ssl = { ssl: "on", ssl_cert_file: certFile, ssl_key_file: keyFile, hba_file: hba, ...ofClients };
  const server = await startPostgres15({ settings: ssl });
  onTestFinished(server.remove);
  return server.url;
}

async function failureOf(url: string): Promise<string> {
  try {
    await withClient(url, async (client) => client.query("select 1"));
  } catch (error) {
    if (error instanceof Error) return error.message;
  }
  return "";
}

describeWithPostgres15("a Postgres that demands TLS", () => {
  it("is reached where its authority is named, and otherwise the message names what to write", async () => {
    const warnings = vi.spyOn(process, "emitWarning");
    onTestFinished(() => warnings.mockRestore());
    const authority = createAuthority();
    const url = await startTlsServer(authority.issue(["127.0.0.1", "db.example.org"]));
    const known = `sslrootcert=${authority.certFile}`;
    for (const mode of ["verify-full", "require", "verify-ca", "prefer"]) {
      expect(await failureOf(`${url}?sslmode=${mode}&${known}`)).toBe("");
    }
    expect(await failureOf(`${url}?sslmode=require&uselibpqcompat=true`)).toBe("");
    const database = createDatabase(`${url}?${known}&sslmode=require`, { connections: 1 });
    expect(await database.$queryRaw`select ssl from pg_stat_ssl where pid = pg_backend_pid()`).toEqual([{ ssl: true }]);
    await database.$disconnect();

    expect(await failureOf(url)).toMatch(
      /demands TLS: add \?sslmode=verify-full to DATABASE_URL, or does not admit user postgres from this machine to database postgres: .*pg_hba\.conf$/,
    );
    expect(await failureOf(`${url}?application_name=x`)).toMatch(/: add &sslmode=verify-full to DATABASE_URL, or /);
    expect(await failureOf(`${url}?sslmode=disable`)).toMatch(
      /: write sslmode=verify-full in DATABASE_URL, in place of sslmode=disable, or /,
    );
    expect(await failureOf(`${url}?sslmode=require`)).toMatch(
      /authority that is not trusted here.*\(UNABLE_TO_\w+\): name the PEM file of that authority with sslrootcert in DATABASE_URL, or with NODE_EXTRA_CA_CERTS/,
    );
    expect(await failureOf(`${url.replace("127.0.0.1", "localhost")}?sslmode=verify-full&${known}`)).toMatch(
      /certificate for another name \(Host: localhost\. is not in the cert's altnames: .*DNS:db\.example\.org/,
    );
    expect(await failureOf(`${url}?sslmode=verify-full&sslrootcert=/no/such.pem`)).toMatch(
      /DATABASE_URL has sslrootcert=\/no\/such\.pem, which cannot be read \(ENOENT\): write the path/,
    );
    expect(await failureOf(`${url}?sslmode=verify-full&sslrootcert=system`)).toMatch(/remove it/);
    expect(await failureOf(`${url}?sslrootcert=${dirname(authority.certFile)}`)).toMatch(/cannot be read \(EISDIR\)/);
    expect(await failureOf(`${url}?sslrootcert=${authority.keyFile}`)).toMatch(/which holds no certificate in PEM/);
    expect(await failureOf(`${url}?sslmode=full`)).toMatch(/has sslmode=full: write one of disable, prefer, require/);
    expect(await failureOf(`${url}?sslcert=${authority.certFile}`)).toMatch(/only one of sslcert and sslkey/);
    const ours = createAuthority();
    const pair = (key: string) => `${url}?${known}&sslcert=${ours.certFile}&sslkey=${key}`;
    expect(await failureOf(pair(ours.keyFile))).toBe("");
    expect(await failureOf(pair(authority.keyFile))).toMatch(/sslkey in DATABASE_URL does not belong to sslcert/);
    expect(warnings).not.toHaveBeenCalled();
  });

  it("says of a self-signed and of an expired certificate what they are", async () => {
    const authority = createAuthority();
    expect(await failureOf(`${await startTlsServer(authority)}?sslmode=verify-full`)).toMatch(
      /self-signed certificate \(DEPTH_ZERO_SELF_SIGNED_CERT\): name its PEM file with sslrootcert in DATABASE_URL/,
    );
    const other = createAuthority();
    const url = await startTlsServer(other.issue(["127.0.0.1"], true));
    expect(await failureOf(`${url}?sslmode=verify-full&sslrootcert=${other.certFile}`)).toMatch(
      /has expired \(CERT_HAS_EXPIRED\)/,
    );
  });

  it("that knows other authorities refuses our certificate, and the error lists its names where it is reached by its address", async () => {
    const authority = createAuthority();
    const certificate = authority.issue(["db.example.org"]);
    const url = await startTlsServer(certificate, authority.certFile);
    const other = createAuthority();
    const [known, ours] = [`sslrootcert=${authority.certFile}`, `&sslcert=${other.certFile}&sslkey=${other.keyFile}`];
    expect(await failureOf(`${url}?sslmode=verify-full&${known}`)).toMatch(
      /another name \(it is of DNS:db\.example\.org\)/,
    );
    expect(await failureOf(`${url}?sslmode=no-verify${ours}`)).toMatch(
      /refuses our certificate \(ERR_SSL_\w+\): name one that its authority has issued/,
    );
  });

  it("does not blame the password where pg_hba.conf admits nobody", async () => {
    const authority = createAuthority();
    const url = await startTlsServer(authority.issue(["127.0.0.1"]));
    await writeFile(join(dirname(authority.keyFile), "pg_hba.conf"), HBA.replaceAll("all all", "other all"));
    await withClient(`${url}?sslmode=verify-full&sslrootcert=${authority.certFile}`, (client) =>
      client.query("select pg_reload_conf()"),
    );
    await expect
      .poll(() => failureOf(`${url}?sslmode=verify-full&sslrootcert=${authority.certFile}`))
      .toMatch(/does not admit user postgres from this machine to database postgres.*pg_hba\.conf/);
  });
});

describeWithPostgres15("a Postgres without TLS", () => {
  it("says so where TLS is wanted", async () => {
    const server = await startPostgres15({});
    onTestFinished(server.remove);
    expect(await failureOf(`${server.url}?sslmode=require`)).toMatch(/speaks no TLS: remove sslmode from DATABASE_URL/);
  });
});
