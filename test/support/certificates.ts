import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

export interface Certificate {
  readonly key: string;
  /** PEM. */
  readonly cert: string;
  readonly keyFile: string;
  readonly certFile: string;
}

export interface Authority extends Certificate {
  /** A certificate of this authority for host names and addresses. `expired`: its time is over. */
  issue(names: readonly string[], expired?: boolean): Certificate;
}

const EC = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];

/** A certificate authority of the test's own, which nothing trusts; made with `openssl`, and removed with the test. */
export function createAuthority(): Authority {
  const directory = mkdtempSync(join(tmpdir(), "applicant-sync-ca-"));
  chmodSync(directory, 0o755);
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const openssl = (...args: readonly string[]): void => void execFileSync("openssl", args, { stdio: "ignore" });
  const files = (name: string) => ({
    keyFile: join(directory, `${name}.key`),
    certFile: join(directory, `${name}.pem`),
  });
  const read = ({ keyFile, certFile }: ReturnType<typeof files>): Certificate => ({
    keyFile,
    certFile,
    key: readFileSync(keyFile, "utf8"),
    cert: readFileSync(certFile, "utf8"),
  });

  const root = files("authority");
  openssl(
    "req",
    "-x509",
    ...EC,
    "-days",
    "3650",
    "-subj",
    "/CN=Test authority",
    "-keyout",
    root.keyFile,
    "-out",
    root.certFile,
  );
  let issued = 0;
  return {
    ...read(root),
    issue(names, expired = false) {
      const one = files(`server-${++issued}`);
      const request = join(directory, `server-${issued}.csr`);
      const extensions = join(directory, `server-${issued}.ext`);
      const altNames = names.map((name) => (/^[\d.]+$/.test(name) ? `IP:${name}` : `DNS:${name}`)).join(",");
      writeFileSync(extensions, `subjectAltName=${altNames}\n`);
      openssl("req", ...EC, "-subj", `/CN=${names[0]}`, "-keyout", one.keyFile, "-out", request);
      const by = ["-CA", root.certFile, "-CAkey", root.keyFile, "-CAcreateserial", "-extfile", extensions];
      openssl("x509", "-req", "-in", request, ...by, "-days", expired ? "-1" : "3650", "-out", one.certFile);
      return read(one);
    },
  };
}
