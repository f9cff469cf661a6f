import { ENVIRONMENTS, isBaseUrl, isLoopback, isVendor, targetFaults, VENDOR_QUOTA } from "./api-target.ts";
import { scopesOf } from "../kelio.ts";
import { HIDDEN, redactUrl } from "../platform/redact.ts";
import { SETTINGS, type SettingFault, type SettingName, type Values } from "./settings.ts";

/** The keys printed in `.env.example` and in the vendor's documentation. */
const EXAMPLE_KEYS: ReadonlySet<string | null> = new Set([
  ...SETTINGS.map(({ example }) => example),
  "123ab456-1a12-123a-a123-12a34b5c6789",
  "abcDEfgH123abCDef12345ABcd",
]);
const PLACEHOLDER = /^(<.*>|\[.*\]|x{3,}|\*+|\.{3}|(your|change|replace|todo)\b.*)$/i;
const UUID_LIKE = /^[0-9a-z]{8}(-[0-9a-z]{4}){3}-[0-9a-z]{12}$/i;

/** Whether a key is only an example. A sandbox of ours on this machine accepts any key, examples included. */
export function isExampleKey(key: string, apiUrl: string | undefined): boolean {
  return !isLoopback(apiUrl ?? "") && (EXAMPLE_KEYS.has(key) || PLACEHOLDER.test(key));
}

/** Both keys there, no longer the example, and each where it belongs. */
function keyFaults(values: Values): readonly SettingFault[] {
  const names = ["KELIO_PRIVATE_KEY", "KELIO_SECRET_KEY"] as const;
  const faults: SettingFault[] = names.flatMap((name) => {
    const key = values[name];
    if (key === undefined) return [{ name, right: "the key that the vendor sent you by e-mail" }];
    if (isExampleKey(key, values.KELIO_API_URL)) {
      return [{ name, right: "the key that the vendor sent you by e-mail: this is still the example" }];
    }
    return /[^\x21-\x7e]/.test(key) ? [{ name, right: "one word of plain characters, pasted whole" }] : [];
  });
  const { KELIO_PRIVATE_KEY: privateKey = "", KELIO_SECRET_KEY: secretKey = "" } = values;
  if (faults.length > 0 || isLoopback(values.KELIO_API_URL ?? "")) return faults;
  if (privateKey === secretKey) {
    return [{ name: "KELIO_SECRET_KEY", right: "the second of the two keys: it is the same as KELIO_PRIVATE_KEY" }];
  }
  if (UUID_LIKE.test(secretKey) && !UUID_LIKE.test(privateKey)) {
    return [
      {
        name: "KELIO_SECRET_KEY",
        right: "not the key that looks like a UUID: that one is the private key; swap the two",
      },
    ];
  }
  return [];
}

/** Where the kind is wrong, too, a scope is wrong that neither kind has. */
function scopeFaults(values: Values): readonly SettingFault[] {
  if (values.KELIO_SCOPES === undefined) return [];
  const kind = values.KELIO_ACCOUNT_KIND?.toLowerCase();
  const [owner, known]: readonly [string, readonly string[]] =
    kind === "customer" || kind === "jobboard"
      ? [`a ${kind} key`, scopesOf(kind)]
      : ["a key of either kind", [...new Set([...scopesOf("customer"), ...scopesOf("jobboard")])]];
  const scopes = scopeList(values.KELIO_SCOPES);
  const wrong = scopes.filter((scope) => !known.includes(scope));
  if (wrong.length === 0 && scopes.length > 0) return [];
  const why = wrong.length > 0 ? ` (${owner} has no ${wrong.join(", no ")})` : "";
  return [{ name: "KELIO_SCOPES", right: `some of ${known.join(", ")}${why}` }];
}

/** A URL that is wrong may have been meant for the vendor, whose cap then holds. */
function quotaFaults(values: Values): readonly SettingFault[] {
  const url = values.KELIO_API_URL ?? ENVIRONMENTS.sandbox.url;
  if (!(Number(values.KELIO_REQUESTS_PER_MINUTE) > VENDOR_QUOTA) || (isBaseUrl(url) && !isVendor(url))) return [];
  const host = isVendor(url) ? "this host" : "the vendor's host";
  const right = `at most ${VENDOR_QUOTA} for ${host}: over it the vendor may close your access without warning`;
  return [{ name: "KELIO_REQUESTS_PER_MINUTE", right }];
}

/** The server has nothing to offer without the token, and the token nothing to open without the server. */
function httpFaults({ HTTP_PORT: port, IMPORT_TOKEN: token }: Values): readonly SettingFault[] {
  if ((port === undefined) === (token === undefined)) return [];
  const name = port === undefined ? "HTTP_PORT" : "IMPORT_TOKEN";
  const other = port === undefined ? "IMPORT_TOKEN" : "HTTP_PORT";
  return [{ name, right: `set together with ${other}, or neither of them` }];
}

/** The faults that show only when several settings are seen together. */
export function faultsTogether(values: Values, need: { readonly keys: boolean }): readonly SettingFault[] {
  return [
    ...(need.keys ? keyFaults(values) : []),
    ...targetFaults({
      environment: values.KELIO_ENVIRONMENT?.toLowerCase(),
      url: values.KELIO_API_URL,
      audience: values.KELIO_AUDIENCE,
    }),
    ...scopeFaults(values),
    ...quotaFaults(values),
    ...httpFaults(values),
  ];
}

/** The names of a list separated by commas, without spaces and empty entries. */
export function scopeList(text: string): readonly string[] {
  return text
    .split(",")
    .map((scope) => scope.trim())
    .filter((scope) => scope !== "");
}

/** One line for every fault, in the order of the settings table, then one for every `KELIO_` variable that does not exist. */
export function describeFaults(values: Values, faults: readonly SettingFault[], unknown: readonly string[]): string {
  const lines = SETTINGS.flatMap(({ name }) =>
    faults.filter((fault) => fault.name === name).map(({ right }) => `${name} ${got(name, values)}: ${right}`),
  );
  const all = [...lines, ...unknown];
  const title = all.length === 1 ? "One setting is wrong" : `${all.length} settings are wrong`;
  return [`${title}. Fix it in the environment or in .env (.env.example lists them all):`, ...all].join("\n  ");
}

function got(name: SettingName, values: Values): string {
  const value = values[name];
  if (value === undefined) return "is not set";
  const scheme = /^[a-z][a-z0-9+.-]{0,20}:\/\//i.exec(value)?.[0];
  if (SETTINGS.find((setting) => setting.name === name)?.secret !== false) {
    return scheme === undefined
      ? `is a text of ${value.length} characters, not shown`
      : `is a ${scheme}… URL, not shown`;
  }
  // All of a login, wherever its password lets a URL's other parts begin.
  const shown = redactUrl(value.replace(/(:\/\/).*@/s, `$1${HIDDEN}@`));
  return `is ${JSON.stringify(shown.length > 100 ? `${shown.slice(0, 100)}…` : shown)}`;
}

/** A line for every set variable that begins like ours and is none: a typing error that would otherwise do nothing. */
export function unknownSettings(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  const names: readonly string[] = SETTINGS.map(({ name }) => name);
  return Object.entries(env)
    .filter(([name, value]) => /^kelio_/i.test(name) && !names.includes(name) && value !== undefined && value !== "")
    .map(([name]) => {
      const [near] = names
        .map((known) => ({ known, distance: editDistance(name.toUpperCase(), known) }))
        .filter(({ distance }) => distance <= 6)
        .toSorted((a, b) => a.distance - b.distance);
      return `${name} does not exist: ${near === undefined ? "remove it" : `did you mean ${near.known}?`}`;
    });
}

/** How many letters must be added, dropped or changed to turn `a` into `b`. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of Array.from(a).entries()) {
    const next = [i + 1];
    for (const [j, other] of Array.from(b).entries()) {
      const [left = 0, above = 0, diagonal = 0] = [next[j], row[j + 1], row[j]];
      next.push(Math.min(left + 1, above + 1, diagonal + (letter === other ? 0 : 1)));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
