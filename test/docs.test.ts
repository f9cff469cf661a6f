import { existsSync, readFileSync } from "node:fs";
import type { Command } from "commander";
import { describe, expect, test } from "vitest";
import { createProgram } from "../src/commands/program.ts";
import { SETTINGS } from "../src/config/settings.ts";
import { FAMILIES } from "../src/ops/metrics/families.ts";
import { CONDITIONS } from "../src/ops/state/conditions.ts";
import { FAULTS } from "../src/outbox/import/fault-texts.ts";
import { NOTES } from "../src/outbox/import/note-texts.ts";
import { MEANINGS } from "../src/outbox/import/field-meanings.ts";
import { FIELD_NAMES, FIELDS, RESUME } from "../src/outbox/import/fields.ts";
import { OF_API } from "../src/outbox/import/reason.ts";
import { REASONS, reasonOf } from "../src/outbox/import/reasons.ts";
import { STEP_STATES, type StepState } from "../src/outbox/import/states.ts";
import { LISTED_STATES } from "../src/outbox/operations/filter.ts";
import { OF_STATE } from "../src/outbox/operations/next-step.ts";
import { releaseCommandOf } from "../src/outbox/operations/switch.ts";
import { fill, type Language, type Text } from "../src/platform/language.ts";
import { classesSection } from "./support/classes.ts";
import { markdownTable, PATHS, renewPage, ROOT } from "./support/docs.ts";

const PAGES = PATHS.map((path) => {
  const url = new URL(path, ROOT);
  return { path, url, text: readFileSync(url, "utf8") };
});

const program = await createProgram();

test.for([
  ["docs/configuration.md", { settings: settingsTable }],
  ["docs/commands.md", { commands: commandReference }],
  ["docs/metrics.md", { metrics: metricsTable }],
  ["docs/imports.md", { fields: fieldsTable }],
  ["docs/conditions.md", { conditions: conditionSections }],
  ["docs/personal-columns.md", { classes: () => classesSection("en") }],
  ["docs/fr/colonnes-personnelles.md", { classes: () => classesSection("fr") }],
  ["docs/reasons.md", { reasons: reasonsTables, faults: () => faultsTable("en") }],
  ["docs/fr/imports.md", { fields: champsTable, faults: () => faultsTable("fr") }],
  ["docs/fr/etats-des-imports.md", { reasons: motifsTable }],
] as const)("%s is generated from the program (`npm run docs` writes it)", async ([path, parts]) => {
  const contents = Object.entries<() => string>(parts).map(([part, generate]) => [part, generate()]);
  const { text, file } = await renewPage(path, Object.fromEntries(contents));
  await expect(text).toMatchFileSnapshot(file);
});

test("the docs list every exit code that the help lists", () => {
  const [, text = ""] = helpOf(program).split("Exit codes:");
  const codes = [...text.matchAll(/(?<=^|; | or ) ?(\d{1,3})(?= )/g)].map(([, code]) => code);
  const rows = pageOf("docs/commands.md").text.split("## Exit codes")[1] ?? "";
  const listed = [...rows.matchAll(/^\| (\d+)(?: or (\d+))? +\|/gm)].flatMap(([, one, other]) => [one, other]);
  expect(listed.filter((code) => code !== undefined)).toEqual(codes);
});

test("the README links to every page of the docs", () => {
  const linked = linksOf(pageOf("README.md").text).map(([file]) => file);
  expect(linked).toEqual(expect.arrayContaining(PAGES.map(({ path }) => path).filter((path) => path !== "README.md")));
});

test("the French page of states explains every state", () => {
  // The table of reasons below has a row `dismissed`, too.
  const [states = ""] = pageOf("docs/fr/etats-des-imports.md").text.split("## Décider");
  const explained = [...states.matchAll(/^\| `(\w+)` +\|/gm)].map(([, state]) => state);
  expect(explained).toEqual(expect.arrayContaining([...LISTED_STATES, ...STEP_STATES]));
});

test("the README has at most 200 lines", () => {
  expect(pageOf("README.md").text.split("\n").length - 1).toBeLessThanOrEqual(200);
});

describe.each(PAGES)("$path", ({ url, text }) => {
  test("names only files and directories that exist", () => {
    const named = [
      ...text.matchAll(/`((?:src|test|prisma|docs|\.ci)\/[\w./-]*|[\w.-]+\.(?:yml|example|config\.js))`/g),
    ];
    const paths = [
      ...linksOf(text).flatMap(([file]) => (file === "" ? [] : [new URL(file, url)])),
      ...named.map(([, name = ""]) => new URL(name, ROOT)),
    ];
    expect(paths.filter((path) => !existsSync(path)).map(String)).toEqual([]);
  });

  test("links only to headings that exist", () => {
    const broken = linksOf(text).filter(([file, heading]) => {
      if (heading === "") return false;
      const target = PAGES.find((page) => page.url.href === new URL(file, url).href) ?? { text };
      return !headingsOf(target.text).includes(heading);
    });
    expect(broken).toEqual([]);
  });
});

function pageOf(path: string): (typeof PAGES)[number] {
  const page = PAGES.find((one) => one.path === path);
  if (page === undefined) throw new Error(`${path} does not exist`);
  return page;
}

/** The links of a page to files of this repository: the file, empty for the page itself, and the heading, empty for none. */
function linksOf(text: string): readonly (readonly [file: string, heading: string])[] {
  return [...text.matchAll(/\]\((?!https?:)([^)#]*)#?([^)]*)\)/g)].map(([, file = "", heading = ""]) => [
    file,
    heading,
  ]);
}

function headingsOf(text: string): readonly string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = ""]) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

/** A section for each condition; its heading is the code, by which `docsOf` links to it. */
function conditionSections(): string {
  const reset = releaseCommandOf({ isRestored: false });
  const inWords = (text: Text) =>
    fill(text, {
      ...Object.fromEntries([...text.en.matchAll(/\{(\w+)/g)].map(([, name = ""]) => [name, name.toUpperCase()])),
      reset,
    }).en;
  return Object.entries(CONDITIONS)
    .map(([code, { colour, meaning, text, next }]) =>
      [
        `### ${code}`,
        `> ${colour === "red" ? "Red" : "Amber"}: ${inWords(text)}`,
        meaning,
        `**What to do:** ${inWords(next)}`,
      ].join("\n\n"),
    )
    .join("\n\n");
}

function settingsTable(): string {
  const rows = SETTINGS.map(({ name, meaning, default: defaultValue }) => [
    `\`${name}\``,
    meaning,
    defaultValue === null ? "" : `\`${defaultValue}\``,
  ]);
  return markdownTable(["Variable", "Meaning", "Default"], rows);
}

const fields = [...FIELD_NAMES.map((name) => [name, FIELDS[name]] as const), ["resume", RESUME] as const];

function metricsTable(): string {
  const rows = FAMILIES.map(({ name, type, help, labels }) => [
    `\`${name}\``,
    type,
    labels.map((label) => `\`${label}\``).join(", "),
    help,
  ]);
  return markdownTable(["Metric", "Type", "Labels", "Meaning"], rows);
}

function fieldsTable(): string {
  const rows = fields.map(([name, { en, fr }]) => [`\`${name}\``, MEANINGS[name].en, `${en}; ${fr}`]);
  return markdownTable(["Field", "Meaning", "Other names of its column in a file"], rows);
}

function champsTable(): string {
  const rows = fields.map(([name, { fr }]) => [`\`${name}\``, fr, MEANINGS[name].fr]);
  return markdownTable(["Champ", "Noms de colonne en français", "Sens"], rows);
}

/** What may follow the name of a field in a file of rejected lines. */
function faultsTable(language: Language): string {
  const rows = Object.entries(FAULTS).flatMap(([code, text]) => (Object.hasOwn(NOTES, code) ? [] : [[text[language]]]));
  return markdownTable([language === "fr" ? "Motif" : "Fault"], rows);
}

const FACTS = { id: "ID", campaign: "N", reset: "applicant-sync imports release --all" };
/** The states in which a person has something to do. */
const ASKING: readonly string[] = ["held", "needs_review", "rejected"] satisfies readonly StepState[];

/** Every reason, in English with what a person can do, then in French. */
function reasonsTables(): string {
  const together = {
    switch: "`imports release --all`",
    approval: "the approval of its source",
    campaign: "`imports release --campaign N`",
  };
  const rows = reasonRows().map(({ code, reason, text, next }) => {
    const { bulk, lifts } = reason;
    const release = [
      bulk === undefined ? [] : [`Released together by ${together[bulk]}.`],
      lifts ? ["A release lasts."] : [],
    ];
    const advice = [next.en, ...release.flat()].filter((part) => part !== "").join(" ");
    return [code, `\`${reason.state}\``, text.en, advice];
  });
  const english = markdownTable(["Code", "State", "Meaning", "What to do"], rows);
  return ["## In English", english, "## En français", motifsTable()].join("\n\n");
}

function motifsTable(): string {
  const rows = reasonRows().map(({ code, text, next }) => [code, text.fr, next.fr]);
  return markdownTable(["Code", "Signification", "Que faire"], rows);
}

function reasonRows() {
  const own = Object.keys(REASONS).map((code) => [code, reasonOf(code)] as const);
  return [...own, ["api_…", OF_API] as const].flatMap(([code, reason]) => {
    if (reason === null) return [];
    const next = reason.next ?? (ASKING.includes(reason.state) ? OF_STATE[reason.state] : { en: "", fr: "" });
    const filled = { en: fill(next, { ...FACTS, source: "NAME" }).en, fr: fill(next, { ...FACTS, source: "NOM" }).fr };
    return [{ code: `\`${code}\``, reason, text: fill(reason.text, FACTS), next: filled }];
  });
}

/** The program's own help, in full: an overview, then each command and each command of `imports`. */
function commandReference(): string {
  const section = (path: string, command: Command): readonly string[] => [
    `## ${path}\n\n${fenced(helpOf(command))}`,
    ...command.commands.flatMap((inner) => section(`${path} ${inner.name()}`, inner)),
  ];
  return [fenced(helpOf(program)), ...program.commands.flatMap((verb) => section(verb.name(), verb))].join("\n\n");
}

function fenced(text: string): string {
  return `\`\`\`text\n${text}\n\`\`\``;
}

/** What a command prints with `--help`. */
function helpOf(command: Command): string {
  let text = "";
  command.configureOutput({ writeOut: (part) => (text += part), getOutHelpWidth: () => 80 }).outputHelp();
  return text.trim();
}
