/** Which proxy leads to the API, by the variables that other programs of the machine read as well. */
import { loginFault } from "../platform/connection-url.ts";
import { isExempt } from "./no-proxy.ts";
import type { SettingFault, Settings, Values } from "./settings.ts";
import { readUrl } from "../platform/url.ts";

/** In the order in which they are asked; each also in lower case, as curl reads them. */
export const PROXY_VARIABLES = ["HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY"] as const;
const PROXIES = ["HTTPS_PROXY", "HTTP_PROXY"] as const;
const FORM = "http://[user:password@]host:port of an HTTP proxy, special characters percent-encoded";

export interface ProxySettings {
  readonly url: string;
  /** The variable that names it. */
  readonly setting: string;
}

/** The proxy for `apiUrl`; null: none. Plain http is allowed on this machine alone, and never goes through a proxy. */
export function proxyFor(apiUrl: string, read: Pick<Settings, (typeof PROXY_VARIABLES)[number]>): ProxySettings | null {
  const setting = PROXIES.find((name) => read[name] !== undefined);
  const { protocol, hostname, port } = new URL(apiUrl);
  if (setting === undefined || protocol !== "https:") return null;
  return isExempt(hostname, port || "443", read.NO_PROXY ?? "")
    ? null
    : { url: withScheme(read[setting] ?? ""), setting };
}

const HOSTS: SettingFault = { name: "NO_PROXY", right: "names of hosts separated by commas, without http://" };

/** The proxies that could not be used, where `apiUrl` would need one. */
export function proxyFaults(apiUrl: string, values: Values): readonly SettingFault[] {
  if (/^http:/i.test(apiUrl)) return [];
  return [
    ...PROXIES.flatMap((name) => {
      const right = proxyFault(values[name]);
      return right === null ? [] : [{ name, right }];
    }),
    ...(values.NO_PROXY?.includes("://") === true ? [HOSTS] : []),
  ];
}

function proxyFault(value: string | undefined): string | null {
  if (value === undefined) return null;
  const url = withScheme(value);
  if (/^socks/i.test(url)) return `${FORM}: SOCKS is not supported`;
  // A browser reads it as a slash, and DOMAIN as the host.
  if (url.includes("\\")) return `${FORM}: \\ as %5C, as in http://DOMAIN%5Cuser:password@proxy.example.org:3128`;
  const fault = loginFault(url);
  if (fault !== null) return fault;
  return /^https?:\/\/[^/?]+\/?$/i.test(url) && readUrl(url) !== null ? null : FORM;
}

/** curl also accepts a proxy without a scheme. */
function withScheme(proxy: string): string {
  return proxy.includes("://") ? proxy : `http://${proxy}`;
}
