/** What to do about a TLS connection that fails: one sentence for each kind of fault, whoever the server is. */
import { z } from "zod";
import { codeOf } from "./errors.ts";

const UNKNOWN_AUTHORITY =
  /^(UNABLE_TO_GET_ISSUER_CERT(_LOCALLY)?|UNABLE_TO_VERIFY_LEAF_SIGNATURE|SELF_SIGNED_CERT_IN_CHAIN|CERT_UNTRUSTED)$/;

/** The variable that Node reads at its start. */
export const EXTRA_CA = "NODE_EXTRA_CA_CERTS";

/**
 * What is wrong with the certificate or the TLS of a server and what to do, as the end of a sentence about it; null: the error
 * is about something else. `trustedBy`: the settings that name the PEM file of an authority.
 */
export function tlsFault(error: unknown, trustedBy: string = `${EXTRA_CA} in the environment`): string | null {
  const code = codeOf(error) ?? "";
  const message = error instanceof Error ? error.message : "";
  if (UNKNOWN_AUTHORITY.test(code)) {
    return `has a certificate of an authority that is not trusted here, such as one of your company or of a proxy that inspects TLS (${code}): name the PEM file of that authority with ${trustedBy}`;
  }
  if (code === "DEPTH_ZERO_SELF_SIGNED_CERT") {
    return `has a self-signed certificate (${code}): name its PEM file with ${trustedBy}`;
  }
  if (code === "CERT_HAS_EXPIRED") {
    return `has a certificate that has expired (${code}): it must be renewed there; check the clock of this machine, too`;
  }
  if (code === "CERT_NOT_YET_VALID") {
    return `has a certificate that is not valid yet (${code}): check the clock of this machine`;
  }
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") {
    return `has a certificate for another name (${namesIn(error, message)}): write the name of its certificate instead of the present host`;
  }
  if (/wrong.version.number|packet length too long|http.request/i.test(`${code} ${message}`)) {
    return "does not speak TLS on this port: check the port, or whether TLS is wanted";
  }
  if (
    /^(ERR_SSL_|ERR_TLS_|CERT_|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED|EPROTO)/.test(code)
  ) {
    const reason = /:SSL routines:[^:]*:([^:]+)/.exec(message)?.[1] ?? message;
    return `cannot be talked to by TLS (${code}: ${reason.trim()}): see its log, and check its certificate`;
  }
  return null;
}

/** What Node adds to the error. */
const withNames = z.object({ cert: z.object({ subjectaltname: z.string() }) });

/**
 * What Node says of the host: `Host: localhost. is not in the cert's altnames: DNS:db.example.org`; of an address it names addresses only.
 */
function namesIn(error: unknown, message: string): string {
  const said = /altnames: (Host: .*)$/s.exec(message)?.[1];
  if (said !== undefined) return said;
  const { data } = withNames.safeParse(error);
  return data === undefined ? message : `it is of ${data.cert.subjectaltname}`;
}
