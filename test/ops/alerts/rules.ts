/** The alerts of deploy/prometheus as text, and what can be changed about them. */
import { readFileSync } from "node:fs";

const read = (name: string): string =>
  readFileSync(new URL(`../../../deploy/prometheus/${name}`, import.meta.url), "utf8");

export const ALERTS = read("alerts.yml");
export const TEST_FILES = ["alerts.test.yml", "alerts-days.test.yml"] as const;

export interface Rule {
  readonly alert: string;
  /** Its lines. */
  readonly text: string;
}

const [HEAD = "", ...RULES] = ALERTS.split(/^(?= {6}- alert: )/m);

export const rules: readonly Rule[] = RULES.map((text) => ({
  alert: /alert: (\w+)/.exec(text)?.[1] ?? "",
  text,
}));

/** The unit tests of one alert, each as a file of its own. */
export function testsOf(alert: string): readonly string[] {
  return TEST_FILES.flatMap((file) => {
    const [head = "", ...tests] = read(file).split(/^(?= {2}- name: )/m);
    return tests.filter((test) => test.includes(`alertname: ${alert}\n`)).map((test) => head + test);
  });
}

interface Mutant {
  readonly change: string;
  readonly text: string;
}

/** All mutants of a rule in one file, as alerts of the names `NAME_0`, `NAME_1` …: promtool then fills its storage once for all. */
export function fileOf(alert: string, mutants: readonly Mutant[]): string {
  return HEAD + mutants.map(({ text }, n) => text.replace(`alert: ${alert}`, `alert: ${alert}_${n}`)).join("");
}

/** A unit test of an alert, for each of its mutants. */
export function mutantTestOf(test: string, alert: string, count: number): string {
  return test.replaceAll(/^ {6}- eval_time:.*\n(?: {7,}.*\n)*/gm, (check) =>
    Array.from({ length: count }, (_, n) => check.replace(/alertname: \w+/, `alertname: ${alert}_${n}`))
      .join("")
      .repeat(check.includes(`alertname: ${alert}\n`) ? 1 : 0),
  );
}

/** The rule with one number, duration, label, matcher or severity changed, once for each. */
export function mutantsOf({ alert, text }: Rule): readonly Mutant[] {
  const [changeable = "", texts = ""] = text.split(/^(?= {8}annotations:)/m);
  const replace = (pattern: RegExp, others: (found: string) => readonly string[]) =>
    [...changeable.matchAll(pattern)].flatMap(({ 0: found, index }) =>
      others(found)
        .filter((other) => other !== found)
        .map((other) => ({
          change: `${alert}, at ${index}: ${found} → ${other}`,
          text: changeable.slice(0, index) + other + changeable.slice(index + found.length) + texts,
        })),
    );
  return [
    // Not the value of the watchdog, which says nothing; and a range of no time is none.
    ...replace(/(?<![\w.(])\d+(?=[mhd]?\b)/g, (number) => [
      String(Number(number) + 1),
      String(Number(number) - 1),
    ]).filter(({ text: mutant }) => !mutant.includes("[0")),
    ...replace(/(?<=\b(?:by|on) \()[\w, ]+(?=\))/g, (labels) => {
      const names = labels.split(", ");
      return names.map((dropped) => names.filter((name) => name !== dropped).join(", "));
    }),
    ...replace(/(?<=\w=")[^"]+(?=")/g, () => ["another"]),
    ...replace(/(?<=severity: )\w+/g, () => ["another"]),
    ...replace(/ [<>] /g, (sign) => [sign === " > " ? " < " : " > "]),
    ...replace(/ unless /g, () => [" and "]),
    ...replace(/\bmax\b/g, () => ["min"]),
  ];
}
