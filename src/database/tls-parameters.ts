/** The parameters of a Postgres URL about TLS: pg takes an unknown mode, and a file without a certificate, without a word. */
import { readFileSync } from "node:fs";
import { codeOf } from "../platform/errors.ts";
import { readUrl } from "../platform/url.ts";

const MODES = ["disable", "prefer", "require", "verify-ca", "verify-full", "no-verify"];
const CERTIFICATE = "CERTIFICATE";
/** What each file holds, as its PEM says. */
const FILES = { sslrootcert: CERTIFICATE, sslcert: CERTIFICATE, sslkey: "PRIVATE KEY" } as const;

/** The first parameter that is wrong, and what to write, as the end of a sentence about the URL; null: none is. */
export function tlsParameterFault(url: string): string | null {
  const searchParams = readUrl(url)?.searchParams;
  if (searchParams === undefined) return null;
  const mode = searchParams.get("sslmode");
  if (mode !== null && !MODES.includes(mode)) return `sslmode=${mode}: write one of ${MODES.join(", ")}`;
  for (const [name, content] of Object.entries(FILES)) {
    const path = searchParams.get(name);
    const fault = path === null ? null : faultOfFile(path, content);
    if (fault !== null) return `${name}=${path}, ${fault}`;
  }
  const [one, other] = ["sslcert", "sslkey"].map((name) => searchParams.has(name));
  return one === other ? null : `only one of sslcert and sslkey: add the other one`;
}

function faultOfFile(path: string, content: string): string | null {
  if (path === "system")
    return "which cannot be read: remove it: the authorities that Node knows are trusted by themselves";
  try {
    const text = readFileSync(path, "latin1");
    if (text.includes("ENCRYPTED"))
      return "which asks for a passphrase: write the path of a key without, as openssl pkey makes";
    if (new RegExp(`-----BEGIN [A-Z ]*${content}-----`).test(text)) return null;
    return `which holds no ${content.toLowerCase()} in PEM: write the path of a file that does`;
  } catch (error) {
    return `which cannot be read (${codeOf(error) ?? "error"}): write the path of a file that this user may read`;
  }
}
