import { hasCode, codeOf } from "../platform/errors.ts";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { SETTINGS, type SettingName } from "./settings.ts";

type Environment = Readonly<Record<string, string | undefined>>;

interface WithSecrets {
  /** The environment without the names of the files. */
  readonly env: Environment;
  /** The secrets that were read: as they are, every character. */
  readonly secrets: Readonly<Partial<Record<SettingName, string>>>;
  /** A line for each secret that could not be read: its name, what its file is, and what would be right. */
  readonly faults: ReadonlyMap<SettingName, string>;
}

/**
 * Reads the secrets that stand in files of their own, as containers and service managers hand them over: `NAME_FILE` names
 * the file of a secret setting `NAME`. A relative path begins in `directory`.
 */
export function withSecretFiles(env: Environment, directory: string): WithSecrets {
  const others: Record<string, string | undefined> = { ...env };
  const secrets: Partial<Record<SettingName, string>> = {};
  const faults = new Map<SettingName, string>();
  for (const { name, example } of SETTINGS.filter(({ secret }) => secret)) {
    const variable = `${name}_FILE`;
    const file = env[variable]?.trim() ?? "";
    delete others[variable];
    if (file === "") continue;
    const set = env[name]?.trim() ?? "";
    const isSet = set !== "" && set !== example;
    const found = isSet
      ? { fault: `${name} is set as well: remove one of the two` }
      : readSecret(resolve(directory, file));
    if ("fault" in found) faults.set(name, `${variable} is ${JSON.stringify(file)}: ${found.fault}`);
    else secrets[name] = found.secret;
  }
  return { env: others, secrets, faults };
}

/** The one line of a file, without its end, or what is wrong with it. */
function readSecret(path: string): { readonly secret: string } | { readonly fault: string } {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (hasCode(error, "ENOENT")) return { fault: "there is no such file" };
    if (hasCode(error, "EISDIR")) return { fault: "a file, not a directory" };
    return { fault: `a file that this user may read (${codeOf(error) ?? "unreadable"})` };
  }
  const secret = text.replace(/^\uFEFF/, "").replace(/(\r?\n)+$/, "");
  if (secret.trim() === "") return { fault: "the file is empty" };
  return /[\r\n\0\uFFFD]/.test(secret)
    ? { fault: "a text file in UTF-8 with the secret as its only line" }
    : { secret };
}
