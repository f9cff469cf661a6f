/** Where notices go: which form a receiver wants, and how a mail server is reached. */
import { loginFault } from "../platform/connection-url.ts";
import { readUrl } from "../platform/url.ts";

/** The forms of a notice: ours as JSON, and those of chat programs. */
const FORMS = ["json", "slack", "teams", "discord", "googlechat", "mattermost", "ntfy"] as const;
export type NoticeForm = (typeof FORMS)[number];

/** The hosts of services, and where a program of one's own is often found. Any other gets JSON, or the form before its scheme. */
const BY_ADDRESS: readonly (readonly [Exclude<NoticeForm, "json">, RegExp])[] = [
  ["slack", /^hooks\.slack(-gov)?\.com\//],
  [
    "teams",
    /^([\w-]+\.webhook\.office\.com|outlook\.office(365)?\.com|[\w.-]+\.(logic\.azure|api\.powerplatform)\.com)\//,
  ],
  ["discord", /^([\w-]+\.)?discord(app)?\.com\/api\//],
  ["googlechat", /^chat\.googleapis\.com\//],
  ["mattermost", /^mattermost\.|\/hooks\/[a-z0-9]{26}$/],
  ["ntfy", /^ntfy\./],
];

export interface NotifyTarget {
  readonly form: NoticeForm;
  /** `http://` or `https://`. Whoever knows it can post there, so it is a secret. */
  readonly url: string;
}

export const NOTIFY_FORM =
  "the URL of a webhook, such as https://hooks.example.org/applicant-sync; before its scheme its form, if the host does not show it: " +
  `${FORMS.map((form) => `${form}+`).join(", ")}, as in mattermost+https://chat.example.org/hooks/…; of ntfy with the topic alone as its path`;

export function parseNotifyUrl(text: string): NotifyTarget | undefined {
  const [, prefix, address = ""] = /^(?:([a-z]+)\+)?(https?:\/\/\S+)$/i.exec(text) ?? [];
  if (!isWebUrl(address)) return undefined;
  const { hostname, pathname } = new URL(address);
  const chosen = FORMS.find((form) => form === prefix?.toLowerCase());
  if (prefix !== undefined && chosen === undefined) return undefined;
  const form = chosen ?? BY_ADDRESS.find(([, pattern]) => pattern.test(hostname + pathname))?.[0] ?? "json";
  if (form === "ntfy" && !/^\/[\w-]+\/?$/.test(pathname)) return undefined;
  return { form, url: address };
}

export const HEARTBEAT_FORM =
  "the URL of a check, such as https://hc-ping.com/your-uuid or https://uptime.example.org/api/push/your-token";

export function parseHeartbeatUrl(text: string): string | undefined {
  return isWebUrl(text) ? text : undefined;
}

/** Plain http as well: such programs often run in the same network. */
function isWebUrl(text: string): boolean {
  return /^https?:\/\/[^\s\\]+$/i.test(text) && readUrl(text) !== null && !/\p{Cc}/u.test(text);
}

export interface SmtpServer {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte on; else STARTTLS where the server offers it. */
  readonly isSecure: boolean;
  readonly login: { readonly user: string; readonly password: string } | null;
  /** The sender; null: the user of the login if that is an address, else the first recipient. */
  readonly from: string | null;
}

export const SMTP_FORM =
  "smtp://user:password@host:587 (smtps:// for TLS from the start, port 465), special characters percent-encoded; a sender of its own as ?from=address";

export function parseSmtpUrl(text: string): SmtpServer | undefined {
  const [, scheme = "", address = "", query = ""] = /^(smtps?):\/\/([^?]+)(\?.*)?$/is.exec(text) ?? [];
  const url = `${scheme}://${address}`;
  const parts = scheme === "" || loginFault(url) !== null ? null : readUrl(url);
  if (parts === null) return undefined;
  const { hostname, port, username, password, pathname } = parts;
  const from = /^\?from=([^&]+)$/i.exec(query)?.[1];
  const sender = from === undefined ? null : decoded(from);
  if (hostname === "" || !/^\/?$/.test(pathname) || (query !== "" && !isAddress(sender ?? ""))) return undefined;
  if ((username === "") !== (password === "")) return undefined;
  const isSecure = scheme.toLowerCase() === "smtps";
  return {
    host: hostname.replace(/^\[(.*)\]$/, "$1"),
    port: Number(port) || (isSecure ? 465 : 587),
    isSecure,
    login: username === "" ? null : { user: decodeURIComponent(username), password: decodeURIComponent(password) },
    from: sender,
  };
}

export const ADDRESSES_FORM = "one or several e-mail addresses, separated by commas, such as hr@example.org";

export function parseAddresses(text: string): readonly string[] | undefined {
  const addresses = text.split(",").map((one) => one.trim());
  return addresses.every(isAddress) ? addresses : undefined;
}

export function isAddress(text: string): boolean {
  return text.length <= 254 && /^[\w.!#$&'*+/=?^{|}~%-]+@[\p{L}\d]([\p{L}\d.-]*[\p{L}\d])?$/u.test(text);
}

/** A secret of Standard Webhooks: 24 to 64 bytes in base64. */
export function isWebhookSecret(text: string): boolean {
  const [, base64 = ""] = /^whsec_([A-Za-z\d+/]+={0,2})$/.exec(text) ?? [];
  const bytes = Buffer.from(base64, "base64");
  return bytes.length >= 24 && bytes.length <= 64 && bytes.toString("base64") === base64;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}
