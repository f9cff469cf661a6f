import type { SettingFault } from "./settings.ts";

/** Base URL and audience of the vendor's two environments (API reference, section 3). */
export const ENVIRONMENTS = {
  sandbox: { url: "https://sandbox.talentview.fr/v2", audience: "https://sandbox.talentview.fr" },
  production: { url: "https://api.talentview.fr/v2", audience: "https://api.talentview.fr" },
} as const;
export type Environment = keyof typeof ENVIRONMENTS;

/** Requests a minute over which the vendor may close the access for good (API reference, section 6). */
export const VENDOR_QUOTA = 120;

const VENDOR_DOMAINS = ["talentview.fr", "talentview.io", "kelio-ats.com"];

/** Whether `url` leads to the vendor, whose quota and charter bind us. False for what is no URL. */
export function isVendor(url: string): boolean {
  const host = hostOf(url);
  return VENDOR_DOMAINS.some((domain) => host === domain || host.endsWith(`.${domain}`));
}

/** Whether `url` leads to this machine: a sandbox of ours, where nothing is at stake. */
export function isLoopback(url: string): boolean {
  return /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostOf(url));
}

/** Which of the vendor's environments `url` belongs to; null for any other host. */
function environmentOf(url: string): Environment | null {
  if (!isVendor(url)) return null;
  return /(^|[.-])sandbox[.-]/.test(hostOf(url)) ? "sandbox" : "production";
}

interface Target {
  readonly environment: string | undefined;
  readonly url: string | undefined;
  readonly audience: string | undefined;
}

/**
 * What is wrong with base URL and audience, each alone and both together: keys of one environment must never be sent to
 * the other, and a token must never cross a network in the clear.
 */
export function targetFaults({ environment, url, audience }: Target): readonly SettingFault[] {
  const faults: SettingFault[] = [];
  if (url !== undefined && !isBaseUrl(url)) {
    faults.push({
      name: "KELIO_API_URL",
      right: `the base URL with its path and nothing else, ${https(ENVIRONMENTS.sandbox.url)}`,
    });
  }
  if (audience !== undefined && !isOrigin(audience)) {
    faults.push({
      name: "KELIO_AUDIENCE",
      right: `an origin without path or slash at its end, ${https(ENVIRONMENTS.sandbox.audience)}`,
    });
  }
  if (url !== undefined && audience === undefined) {
    faults.push({ name: "KELIO_AUDIENCE", right: "set together with KELIO_API_URL, or neither of them" });
  }
  if (audience !== undefined && url === undefined) {
    faults.push({ name: "KELIO_API_URL", right: "set together with KELIO_AUDIENCE, or neither of them" });
  }
  const ofUrl = environmentOf(url ?? "");
  const ofAudience = environmentOf(audience ?? "");
  if (ofUrl !== null && ofAudience !== null && ofUrl !== ofAudience) {
    faults.push({
      name: "KELIO_AUDIENCE",
      right: `the audience of the ${ofUrl} environment, as KELIO_API_URL is of it`,
    });
  }
  const chosen = ofUrl ?? ofAudience;
  if (chosen !== null && (environment === "sandbox" || environment === "production") && chosen !== environment) {
    const name = ofUrl === null ? "KELIO_AUDIENCE" : "KELIO_API_URL";
    faults.push({ name: "KELIO_ENVIRONMENT", right: `${chosen}, as ${name} is of it; or change ${name}` });
  }
  return faults;
}

/** Whether `url` can be what requests are sent to. */
export function isBaseUrl(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { username, password, search, hash } = new URL(url);
  return username === "" && password === "" && search === "" && hash === "" && isSafe(url);
}

function isOrigin(audience: string): boolean {
  return URL.canParse(audience) && new URL(audience).origin === audience && isSafe(audience);
}

function isSafe(url: string): boolean {
  const { protocol } = new URL(url);
  return protocol === "https:" || (protocol === "http:" && isLoopback(url));
}

function https(example: string): string {
  return `such as ${example}; https:// (http:// only on this machine)`;
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname.toLowerCase().replace(/\.$/, "") : "";
}
