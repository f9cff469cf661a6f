/** Rules between settings. */
import { environmentOf, environments, QUOTA_PER_MINUTE, scopesOf } from "../api/kelio.ts";
import { namesOf } from "./formats.ts";
import { proxyFaults } from "./proxy.ts";
import { SETTINGS, type SettingFault, type SettingName, type Values } from "./settings.ts";
import { readUrl } from "../platform/url.ts";

/** The keys printed in `.env.example` and in the vendor's documentation. */
const EXAMPLE_KEYS: ReadonlySet<string | null> = new Set([
  ...SETTINGS.map(({ example }) => example),
  "123ab456-1a12-123a-a123-12a34b5c6789",
  "abcDEfgH123abCDef12345ABcd",
]);
/** A placeholder begins with one of these and goes on with words of the second list only: `Change-2024!` may be a password. */
const FIRST_WORDS = "your|change|replace|todo|fixme|tbd|placeholder|votre|vos|à[-_ ]?remplacer";
const OTHER_WORDS =
  "me|this|it|with|by|the|own|real|new|here|of|more|than|24|characters|private|secret|encryption|import|metrics|database|db|redis|api|" +
  "key|password|passwd|token|value|url|host|hostname|user|username|name|id|account|" +
  "clé|privée|secrète|mot|de|du|la|le|passe|jeton|valeur|base|hôte|nom|compte|ici";
const PLACEHOLDER = new RegExp(
  String.raw`^(<[\p{L}\d _.-]+>|\[[\p{L}\d _.-]+\]|x{3,}|\*{2,}|\.{3}|(${FIRST_WORDS})([-_ .]*(${OTHER_WORDS}))*)$`,
  "iu",
);
/** `keyFaults` and `isExampleKey` decide on the keys. Hosts may stand in brackets or begin with dots. */
const NO_PLACEHOLDERS: ReadonlySet<SettingName> = new Set(["KELIO_PRIVATE_KEY", "KELIO_SECRET_KEY", "NO_PROXY"]);
const UUID_LIKE = /^[0-9a-z]{8}(-[0-9a-z]{4}){3}-[0-9a-z]{12}$/i;

/** The fault of a setting; none unless `isWrong`. */
function faultIf(isWrong: boolean, name: SettingName, right: string): readonly SettingFault[] {
  return isWrong ? [{ name, right }] : [];
}

/** The faults of several settings together. `need.keys`: the command calls the API. */
export function faultsTogether(values: Values, need: { readonly keys: boolean }): readonly SettingFault[] {
  return [
    ...(need.keys ? [...keyFaults(values), ...proxyFaults(values.KELIO_API_URL ?? "", values)] : []),
    ...addressFaults(values),
    ...pairFaults(values, "KELIO_API_URL", "KELIO_AUDIENCE"),
    ...environmentFaults(values),
    ...scopeFaults(values),
    ...quotaFaults(values),
    ...pageFaults(values),
    ...passwordFaults(values),
    ...noticeFaults(values, need.keys),
  ];
}

/** Whether a key is only an example. A sandbox on this machine accepts any key, examples included. */
export function isExampleKey(key: string, apiUrl: string | undefined): boolean {
  return !isLoopback(readUrl(apiUrl ?? "")) && (EXAMPLE_KEYS.has(key) || PLACEHOLDER.test(key));
}

/** Both keys must be set, in the right variable, and not be examples. */
function keyFaults(values: Values): readonly SettingFault[] {
  const faults = (["KELIO_PRIVATE_KEY", "KELIO_SECRET_KEY"] as const).flatMap((name): readonly SettingFault[] => {
    const key = values[name];
    if (key === undefined) return [{ name, right: "the key that the vendor sent you by e-mail" }];
    if (isExampleKey(key, values.KELIO_API_URL)) {
      return [{ name, right: "the key that the vendor sent you by e-mail: this is still the example" }];
    }
    return /[^\x21-\x7e]/.test(key) ? [{ name, right: "one word of plain characters, pasted whole" }] : [];
  });
  const { KELIO_PRIVATE_KEY: privateKey = "", KELIO_SECRET_KEY: secretKey = "" } = values;
  if (faults.length > 0 || isLoopback(readUrl(values.KELIO_API_URL ?? ""))) return faults;
  const name = "KELIO_SECRET_KEY";
  if (privateKey === secretKey) {
    return [{ name, right: "the second of the two keys: it is the same as KELIO_PRIVATE_KEY" }];
  }
  if (!UUID_LIKE.test(secretKey) || UUID_LIKE.test(privateKey)) return [];
  return [{ name, right: "not the key that looks like a UUID: that one is the private key; swap the two" }];
}

/** A placeholder left where a value or its password belongs. */
export function placeholderFaults(values: Values): readonly SettingFault[] {
  return SETTINGS.flatMap(({ name }) => {
    const value = values[name];
    if (value === undefined || NO_PLACEHOLDERS.has(name)) return [];
    const password = /^[a-z+]+:\/\/[^/]*?:([^/]+)@/i.exec(value)?.[1] ?? "";
    if (!PLACEHOLDER.test(value) && !PLACEHOLDER.test(password)) return [];
    return [{ name, right: "a value of your own, or nothing: this is still a placeholder" }];
  });
}

/** The base URL and the audience. A token must never be sent over a network in the clear. */
function addressFaults({ KELIO_API_URL: url, KELIO_AUDIENCE: audience }: Values): readonly SettingFault[] {
  const such = (example: string) => `such as ${example}; https:// (http:// only on this machine)`;
  const { sandbox } = environments;
  const base = `the base URL with its path and nothing else, ${such(sandbox.url)}`;
  const origin = `an origin without path or slash at its end, ${such(sandbox.audience)}`;
  return [
    ...faultIf(url !== undefined && !isBaseUrl(url), "KELIO_API_URL", base),
    ...faultIf(audience !== undefined && !isOrigin(audience), "KELIO_AUDIENCE", origin),
  ];
}

/** Two settings of which neither works without the other. */
function pairFaults(values: Values, one: SettingName, other: SettingName): readonly SettingFault[] {
  const [missing, set] = values[one] === undefined ? [one, other] : [other, one];
  const isWrong = values[missing] === undefined && values[set] !== undefined;
  return faultIf(isWrong, missing, `set together with ${set}, or neither of them`);
}

/** What opens a part of the HTTP server needs the server, and nobody is operator by the password of viewers. */
function pageFaults(values: Values): readonly SettingFault[] {
  const { OPS_PASSWORD: operator, OPS_VIEWER_PASSWORD: viewer } = values;
  const isSame = operator !== undefined && operator === viewer;
  return [
    ...neededFaults(values, "HTTP_PORT", ["IMPORT_TOKEN", "METRICS_TOKEN", "OPS_PASSWORD"]),
    ...neededFaults(values, "OPS_PASSWORD", ["OPS_VIEWER_PASSWORD", "OPS_USER_HEADER"]),
    ...faultIf(isSame, "OPS_VIEWER_PASSWORD", "another password than OPS_PASSWORD"),
  ];
}

/** A setting without which some others have no effect. */
function neededFaults(values: Values, name: SettingName, by: readonly SettingName[]): readonly SettingFault[] {
  const set = by.find((one) => values[one] !== undefined);
  return faultIf(
    values[name] === undefined && set !== undefined,
    name,
    `set, because ${set} is set; or leave both unset`,
  );
}

/** A password of its own needs a URL that names its user, and has no password. */
function passwordFaults({ DATABASE_URL: url, DATABASE_PASSWORD: password }: Values): readonly SettingFault[] {
  const login = url === undefined ? null : readUrl(url);
  if (password === undefined || (url !== undefined && login === null)) return [];
  if (login !== null && login.username !== "" && login.password === "") return [];
  const right = "the password of the user whom DATABASE_URL names, and the URL without a password";
  return [{ name: "DATABASE_PASSWORD", right }];
}

const SIGNED = "set together with NOTIFY_SECRET, which signs what is sent there";

/** `proxiesChecked`: those that cannot be used have been reported already. */
function noticeFaults(values: Values, proxiesChecked: boolean): readonly SettingFault[] {
  const { NOTIFY_URL: url, NOTIFY_SECRET: secret, HEARTBEAT_URL: heartbeat } = values;
  const web = [url, heartbeat].find((one) => /^(\w+\+)?https:/i.test(one ?? ""));
  const isChecked = proxiesChecked && !/^http:/i.test(values.KELIO_API_URL ?? "");
  return [
    ...pairFaults(values, "SMTP_URL", "NOTIFY_EMAIL"),
    ...faultIf(secret !== undefined && url === undefined, "NOTIFY_URL", SIGNED),
    ...(web === undefined || isChecked ? [] : proxyFaults("https:", values)),
  ];
}

/** Keys of one environment must never be sent to the other. */
function environmentFaults(values: Values): readonly SettingFault[] {
  const ofUrl = environmentOf(values.KELIO_API_URL ?? "");
  const ofAudience = environmentOf(values.KELIO_AUDIENCE ?? "");
  const chosen = ofUrl ?? ofAudience;
  const environment = values.KELIO_ENVIRONMENT?.toLowerCase() ?? "";
  const name = ofUrl === null ? "KELIO_AUDIENCE" : "KELIO_API_URL";
  const isTorn = ofUrl !== null && ofAudience !== null && ofUrl !== ofAudience;
  const isOther = chosen !== null && Object.hasOwn(environments, environment) && chosen !== environment;
  return [
    ...faultIf(isTorn, "KELIO_AUDIENCE", `the audience of the ${ofUrl} environment, as KELIO_API_URL is of it`),
    ...faultIf(isOther, "KELIO_ENVIRONMENT", `${chosen}, as ${name} is of it; or change ${name}`),
  ];
}

/** If the kind is wrong too, a scope is wrong only if neither kind has it. */
function scopeFaults(values: Values): readonly SettingFault[] {
  if (values.KELIO_SCOPES === undefined) return [];
  const kind = values.KELIO_ACCOUNT_KIND?.toLowerCase();
  const [owner, known]: readonly [string, readonly string[]] =
    kind === "customer" || kind === "jobboard"
      ? [`a ${kind} key`, scopesOf(kind)]
      : ["a key of either kind", [...new Set([...scopesOf("customer"), ...scopesOf("jobboard")])]];
  const scopes = namesOf(values.KELIO_SCOPES);
  const wrong = scopes.filter((scope) => !known.includes(scope));
  if (wrong.length === 0 && scopes.length > 0) return [];
  const why = wrong.length > 0 ? ` (${owner} has no ${wrong.join(", no ")})` : "";
  return [{ name: "KELIO_SCOPES", right: `some of ${known.join(", ")}${why}` }];
}

/** A URL that is wrong may have been meant for the vendor, whose quota then holds. */
function quotaFaults(values: Values): readonly SettingFault[] {
  const url = values.KELIO_API_URL ?? environments.sandbox.url;
  const isVendor = environmentOf(url) !== null;
  if (!(Number(values.KELIO_REQUESTS_PER_MINUTE) > QUOTA_PER_MINUTE) || (isBaseUrl(url) && !isVendor)) return [];
  const host = isVendor ? "this host" : "the vendor's host";
  const right = `at most ${QUOTA_PER_MINUTE} for ${host}: over it the vendor may close your access without warning`;
  return [{ name: "KELIO_REQUESTS_PER_MINUTE", right }];
}

function isBaseUrl(url: string): boolean {
  const parts = readUrl(url);
  if (parts === null) return false;
  const { username, password, search, hash } = parts;
  return username === "" && password === "" && search === "" && hash === "" && isSafe(parts);
}

function isOrigin(audience: string): boolean {
  const parts = readUrl(audience);
  return parts !== null && parts.origin === audience && isSafe(parts);
}

function isSafe(url: URL): boolean {
  return url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url));
}

/** Whether `url` leads to this machine: a local sandbox, where nothing is at stake. */
function isLoopback(url: URL | null): boolean {
  return url !== null && /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|\[::1\])\.?$/i.test(url.hostname);
}
