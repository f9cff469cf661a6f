/** Refuses writes that another site makes a browser send, by the rules of Go's `http.CrossOriginProtection`. */
import type { IncomingHttpHeaders } from "node:http";

const SAFE: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

export function isSafe(method: string): boolean {
  return SAFE.has(method);
}

/**
 * Whether a request may have been sent by a page of another origin. Browsers since 2023 say so in `Sec-Fetch-Site`; older ones
 * name the `Origin`, whose host must be that of the request. A request with neither comes from no browser.
 */
export function isCrossOrigin(method: string, headers: IncomingHttpHeaders): boolean {
  if (isSafe(method)) return false;
  const site = headers["sec-fetch-site"] ?? "";
  if (site !== "") return site !== "same-origin" && site !== "none";
  const origin = headers.origin ?? "";
  return origin !== "" && hostOf(origin) !== headers.host;
}

function hostOf(origin: string): string | null {
  return /^[a-z][a-z0-9+.-]*:\/\/([^/?#@]+)$/i.exec(origin)?.[1] ?? null;
}
