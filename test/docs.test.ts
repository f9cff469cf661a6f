import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { SETTINGS } from "../src/config/settings.ts";
import { FIELD_NAMES, FIELDS, RESUME } from "../src/outbox/import/fields.ts";
import { fill, REASONS, reasonOf } from "../src/outbox/import/reasons.ts";
import { markdownTable, renewPage, ROOT } from "./support/docs.ts";

/** Built by `npm test` before it runs; `cli.js` loads it once. */
const PROGRAM = new URL("dist/commands/program.js", ROOT);
const PAGES = ["README.md", ...readdirSync(new URL("docs/", ROOT)).map((name) => `docs/${name}`)].map((path) => {
  const url = new URL(path, ROOT);
  return { path, url, text: readFileSync(url, "utf8") };
});

const execFileAsync = promisify(execFile);
const programHelp = helpOf([[]]).then(([help = ""]) => help);

test.for([
  ["docs/configuration.md", "settings", settingsTable],
  ["docs/commands.md", "commands", commandReference],
  ["docs/imports.md", "fields", fieldsTable],
  ["docs/reasons.md", "reasons", reasonsTables],
] as const)("%s is generated from the program (`npm run docs` writes it)", async ([path, part, generate]) => {
  const { text, file } = await renewPage(path, part, await generate());
  await expect(text).toMatchFileSnapshot(file);
});

test("the docs list every exit code that the help lists", async () => {
  const [, text = ""] = (await programHelp).split("Exit codes:");
  const codes = [...text.matchAll(/(?<=^|; | or ) ?(\d{1,3})(?= )/g)].map(([, code]) => code);
  const rows = pageOf("docs/commands.md").text.split("## Exit codes")[1] ?? "";
  const listed = [...rows.matchAll(/^\| (\d+)(?: or (\d+))? +\|/gm)].flatMap(([, one, other]) => [one, other]);
  expect(listed.filter((code) => code !== undefined)).toEqual(codes);
});

test("every command and script that the docs call exists", async () => {
  const all = PAGES.map(({ text }) => text).join("\n");
  const verbs = new Set([...all.matchAll(/npx applicant-sync ([a-z]+)/g)].map(([, verb]) => verb));
  expect(verbs.size).toBeGreaterThan(0);
  expect(commandNames(await programHelp)).toEqual(expect.arrayContaining([...verbs]));
  const scripts = Object.keys(JSON.parse(readFileSync(new URL("package.json", ROOT), "utf8")).scripts);
  const called = [...all.matchAll(/npm run ([\w:]+)/g)].map(([, script]) => script);
  expect(scripts).toEqual(expect.arrayContaining(called));
});

test("the README links to every page of the docs", () => {
  const linked = linksOf(pageOf("README.md").text).map(([file]) => file);
  expect(linked).toEqual(expect.arrayContaining(PAGES.map(({ path }) => path).filter((path) => path !== "README.md")));
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

function settingsTable(): string {
  const rows = SETTINGS.map(({ name, meaning, default: defaultValue }) => [
    `\`${name}\``,
    meaning,
    defaultValue === null ? "" : `\`${defaultValue}\``,
  ]);
  return markdownTable(["Variable", "Meaning", "Default"], rows);
}

function fieldsTable(): string {
  const fields = [...FIELD_NAMES.map((name) => [name, FIELDS[name]] as const), ["resume", RESUME] as const];
  const rows = fields.map(([name, { meaning, en, fr }]) => {
    return [`\`${name}\``, meaning, [en, fr].filter((names) => names !== "").join("; ")];
  });
  return markdownTable(["Field", "Meaning", "Other names of its column in a file"], rows);
}

/** Every reason, in English with what a person can do, then in French. */
function reasonsTables(): string {
  const facts = { id: "ID", campaign: "N", source: "NAME", reset: "applicant-sync imports release --all" };
  const together = {
    switch: "`imports release --all`",
    approval: "the approval of its source",
    campaign: "`imports release --campaign N`",
  };
  const rows = Object.keys(REASONS).flatMap((code) => {
    const reason = reasonOf(code);
    if (reason === null) return [];
    const { state, text, next = { en: "", fr: "" }, bulk, lifts } = reason;
    const release = [
      bulk === undefined ? [] : [`Released together by ${together[bulk]}.`],
      lifts ? ["A release lasts."] : [],
    ];
    return [{ code: `\`${code}\``, state, text: fill(text, facts), next: fill(next, facts), release: release.flat() }];
  });
  const english = rows.map(({ code, state, text, next, release }) => [
    code,
    `\`${state}\``,
    text.en,
    [next.en, ...release].filter((part) => part !== "").join(" "),
  ]);
  const french = rows.map(({ code, text, next }) => [code, text.fr, next.fr]);
  return [
    "## In English",
    markdownTable(["Code", "State", "Meaning", "What to do"], english),
    "## En français",
    markdownTable(["Code", "Signification", "Que faire"], french),
  ].join("\n\n");
}

/** The program's own help, in full: an overview, then each command and each command of `imports`. */
async function commandReference(): Promise<string> {
  const overview = await programHelp;
  const verbs = commandNames(overview).map((name) => [name]);
  const helps = await helpOf(verbs);
  const inner = verbs.flatMap((verb, index) => commandNames(helps[index] ?? "").map((name) => [...verb, name]));
  const innerHelps = await helpOf(inner);
  const section = (words: readonly string[], help = "") => `## ${words.join(" ")}\n\n${fenced(help)}`;
  const sections = verbs.flatMap((verb, index) => [
    section(verb, helps[index]),
    ...inner.flatMap((words, at) => (words[0] === verb[0] ? [section(words, innerHelps[at])] : [])),
  ]);
  return [fenced(overview), ...sections].join("\n\n");
}

function fenced(text: string): string {
  return `\`\`\`text\n${text}\n\`\`\``;
}

function commandNames(help: string): readonly string[] {
  const [, list = ""] = help.split("Commands:\n");
  return [...list.matchAll(/^ {2}(\w+)/gm)].map(([, name]) => name ?? "").filter((name) => name !== "help");
}

/** What the built program prints for each command with `--help`; in one process, because to start one needs a second. */
async function helpOf(commands: readonly (readonly string[])[]): Promise<readonly string[]> {
  const script = `for (const command of ${JSON.stringify(commands)}) {
    process.argv = ["node", ...command, "--help"]; // Under --eval there is no script's name.
    await import(${JSON.stringify(PROGRAM.href)} + "?" + command);
    console.log("\\f");
  }`;
  const { stdout } = await execFileAsync(process.execPath, ["--input-type=module", "--eval", script]);
  return stdout
    .split("\f")
    .slice(0, -1)
    .map((text) => text.trim());
}
