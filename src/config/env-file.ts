/** The file `.env`: NAME=value lines, as Node reads them. What Node would drop or change without a word is refused. */
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { hasCode, UsageError } from "../platform/errors.ts";
import { nearestSetting } from "./faults.ts";
import { SETTINGS } from "./settings.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Returns the variables of the `.env` in a directory; none without such a file. `over`: what stands over them, whose values count. */
export function readEnvFile(directory: string, over: Environment): Environment {
  const path = join(directory, ".env");
  const text = readText(path);
  if (text === null) return {};
  const values = parseEnv(text);
  const faults = [...faultsOfLines(text), ...faultsOfValues(text, values, over)];
  if (faults.length > 0) throw new UsageError("bad_env_file", [`Fix ${path}:`, ...faults].join("\n  "));
  return values;
}

/** What is no fault of the `.env` in a directory, and yet should be changed: a line for each. */
export function envFileWarnings(directory: string): readonly string[] {
  const path = join(directory, ".env");
  const text = readText(path);
  if (text === null) return [];
  const values = parseEnv(text);
  const isSecret = SETTINGS.some(({ name, secret, example }) => secret && (values[name] ?? example) !== example);
  // Windows has no such modes.
  const isOpen = process.platform !== "win32" && (statSync(path).mode & 0o004) !== 0;
  const chmod = `${path} holds secrets, and every user of this machine can read it. Run: chmod 600 ${path}`;
  return [
    ...(isSecret && isOpen ? [chmod] : []),
    ...misspeltIn(values).map(([name, near]) => `${path}: ${name} is no setting. Did you mean ${near}?`),
    ...repeatedIn(text).map(
      ({ name, numbers }) => `${path} sets ${name} twice (lines ${numbers.join(", ")}): keep one`,
    ),
  ];
}

/** The most letters in which a name differs from the setting that was meant: other programs may read the file, too. */
const MOST_WRONG = 2;

/** Without those that are refused (`unknownSettings`), and proxies, of which other programs read more. */
function misspeltIn(values: Environment): readonly (readonly [name: string, near: string])[] {
  return Object.keys(values)
    .filter((name) => !/^kelio_|_proxy$/i.test(name))
    .flatMap((name) => {
      const near = nearestSetting(name, MOST_WRONG);
      // SMTP_HOST is not meant for HTTP_HOST.
      return near === null || near[0] !== name[0]?.toUpperCase() ? [] : [[name, near] as const];
    });
}

function readText(path: string): string | null {
  try {
    return decode(readFileSync(path));
  } catch (error) {
    if (hasCode(error, "ENOENT")) return null;
    const message = `${path} cannot be read. Make it a text file in UTF-8 that this user may read, or remove it.`;
    throw new UsageError("unreadable_env_file", message, { cause: error });
  }
}

/** PowerShell writes UTF-16, some editors begin a file with U+FEFF, and lines may end with CR. Throws on other bytes. */
function decode(bytes: Uint8Array): string {
  const mark = Buffer.from(bytes.subarray(0, 2)).toString("hex");
  const encoding = mark === "fffe" ? "utf-16le" : mark === "feff" ? "utf-16be" : "utf-8";
  const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
  if (text.includes("\0")) throw new TypeError("The file holds zero bytes.");
  return text.replaceAll(/\r\n?/g, "\n");
}

interface Assignment {
  readonly number: number;
  /** Null: the line is no assignment. */
  readonly name: string | null;
  /** As written, quotation marks included; only its first line. */
  readonly value: string;
}

/** The lines of a file except blank ones, comments, and those inside a value in quotation marks. */
function assignmentsOf(text: string): readonly Assignment[] {
  let open: string | null = null;
  return text.split("\n").flatMap((line, n): readonly Assignment[] => {
    if (open !== null) {
      if (line.includes(open)) open = null;
      return [];
    }
    if (/^\s*(#|$)/.test(line)) return [];
    const [, name = null, value = ""] = /^\s*(?:export\s+)?([A-Za-z_][\w.-]*)\s*=\s*(.*)$/.exec(line) ?? [];
    const quote = /^["'`]/.exec(value)?.[0];
    if (quote !== undefined && !value.slice(1).includes(quote))
      open = text
        .split("\n")
        .slice(n + 1)
        .some((next) => next.includes(quote))
        ? quote
        : null;
    return [{ number: n + 1, name, value: value.trim() }];
  });
}

/** Names that are assigned more than once. */
function repeatedIn(
  text: string,
): readonly { readonly name: string; readonly numbers: readonly number[]; readonly differ: boolean }[] {
  const all = assignmentsOf(text);
  const names = new Set(all.flatMap(({ name }) => name ?? []));
  return [...names].flatMap((name) => {
    const own = all.filter((one) => one.name === name);
    const differ = new Set(own.map(({ value }) => value)).size > 1;
    return own.length < 2 ? [] : [{ name, numbers: own.map(({ number }) => number), differ }];
  });
}

/** Node joins a line without = to the next one, and takes the last of two values. No content is shown: it may be a secret. */
function faultsOfLines(text: string): readonly string[] {
  return [
    ...assignmentsOf(text).flatMap(({ number, name }) => (name === null ? [`Line ${number} is not NAME=value`] : [])),
    ...repeatedIn(text).flatMap(({ name, numbers, differ }) =>
      differ ? [`${name} is set twice, to different values (lines ${numbers.join(", ")}): keep one of them`] : [],
    ),
  ];
}

/** Faults of what a setting would get. No setting has several lines. */
function faultsOfValues(text: string, values: Environment, over: Environment): readonly string[] {
  const names = SETTINGS.map(({ name }) => name).filter((name) => over[name] === undefined);
  return names.flatMap((name) => {
    const value = values[name] ?? "";
    // Of an unquoted password with a #, the beginning would be read as a port.
    if (new RegExp(`^\\s*(export\\s+)?${name}\\s*=\\s*[^\\s"'\`#]\\S*#`, "m").test(text)) {
      return [
        `The value of ${name} ends at a #, which begins a comment. Put it in double quotes; in a URL, write %23 for #`,
      ];
    }
    if (value.includes("\n") || /^(["'`])(?!.*\1$)/.test(value)) {
      return [`The value of ${name} opens a quotation mark that nothing closes on its line`];
    }
    return /^[“”„«»‘’]/.test(value) ? [`The value of ${name} is in typographic quotation marks: write " or none`] : [];
  });
}
