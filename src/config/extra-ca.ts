/** NODE_EXTRA_CA_CERTS: the authorities that Node trusts besides its own. Node reads it at its start, and only warns of a wrong file. */
import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { EXTRA_CA } from "../platform/certificates.ts";
import { UsageError } from "../platform/errors.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Throws `extra_ca_in_file` where the `.env` at `path` sets it to what the environment does not: Node has started without it. An
 * empty variable hides the one of the file, as for every setting.
 */
export function refuseExtraCaOf(path: string, file: Environment, environment: Environment): void {
  const [wanted = "", used] = [file[EXTRA_CA], environment[EXTRA_CA]];
  if (wanted === "" || used === "" || used === wanted) return;
  const other = used === undefined ? "" : ` (there it is ${used})`;
  throw new UsageError(
    "extra_ca_in_file",
    `${path} sets ${EXTRA_CA}, which Node reads from the environment alone, when it starts${other}. Remove it from the file and set it in the environment: export ${EXTRA_CA}=${wanted} in a shell, Environment= in a service unit, environment: in a compose file.`,
  );
}

/** A line for a file that holds no certificate that Node can read. */
export function extraCaFaults(environment: Environment): readonly string[] {
  const path = environment[EXTRA_CA] ?? "";
  if (path === "") return [];
  const fault = faultOf(path);
  return fault === null ? [] : [`${EXTRA_CA} is ${JSON.stringify(path)}: ${fault}`];
}

function faultOf(path: string): string | null {
  let text: string;
  try {
    text = readFileSync(path, "latin1");
  } catch {
    return "the path of a file that this user may read; there is none";
  }
  if (!text.includes("-----BEGIN CERTIFICATE-----")) {
    return "a file of certificates in PEM, which begin with -----BEGIN CERTIFICATE-----; openssl x509 -inform der -in FILE -out FILE.pem converts one in DER";
  }
  try {
    void new X509Certificate(text).subject;
    return null;
  } catch {
    return "a file of certificates in PEM: its first one cannot be read, export it again";
  }
}
