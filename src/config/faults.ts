/** Reports wrong settings: all at once, and without secrets. */
import { HIDDEN, redactUrl } from "../platform/redact.ts";
import { SETTINGS, type SettingFault, type SettingName, type Values } from "./settings.ts";

/** One line for every fault, in the order of the settings table, then one for every `KELIO_` variable that does not exist. */
export function describeFaults(values: Values, faults: readonly SettingFault[], unknown: readonly string[]): string {
  const lines = SETTINGS.flatMap(({ name }) =>
    faults.filter((fault) => fault.name === name).map(({ right }) => `${name} ${got(name, values)}: ${right}`),
  );
  const all = [...lines, ...unknown];
  const title = all.length === 1 ? "One setting is wrong. Fix it" : `${all.length} settings are wrong. Fix them`;
  return [`${title} in the environment or in .env (.env.example lists them all):`, ...all].join("\n  ");
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
  // The whole login is hidden, wherever a character of the password seems to begin another part of the URL.
  const shown = redactUrl(value.replace(/(:\/\/).*@/s, `$1${HIDDEN}@`));
  return `is ${JSON.stringify(shown.length > 100 ? `${shown.slice(0, 100)}…` : shown)}`;
}

/** Former names of settings, which would have no effect: this one keeps people from being e-mailed. */
const RENAMED: Readonly<Record<string, SettingName>> = { FIRST_N_APPROVAL: "SOURCE_APPROVAL" };

/** A line for every former name and for every unknown `KELIO_` variable, which would have no effect. */
export function unknownSettings(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  const names: readonly string[] = SETTINGS.map(({ name }) => name);
  const renamed = Object.entries(RENAMED).flatMap(([former, name]) =>
    (env[former] ?? "") === "" ? [] : [`${former} is now called ${name}: rename it`],
  );
  const unknown = Object.entries(env)
    .filter(([name, value]) => /^kelio_/i.test(name) && !names.includes(name) && value !== undefined && value !== "")
    .map(([name]) => {
      const near = nearestSetting(name, 6);
      return `${name} does not exist: ${near === null ? "remove it" : `did you mean ${near}?`}`;
    });
  return [...renamed, ...unknown];
}

/** The setting that comes nearest to a name, by at most so many letters; null: none, or it is one. */
export function nearestSetting(name: string, most: number): string | null {
  const [near] = SETTINGS.map(({ name: known }) => ({ known, distance: editDistance(name.toUpperCase(), known) }))
    .filter(({ distance }) => distance <= most)
    .toSorted((a, b) => a.distance - b.distance);
  return near === undefined || near.known === name ? null : near.known;
}

/** The Levenshtein distance: how many letters must be added, dropped or changed to turn `a` into `b`. */
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
