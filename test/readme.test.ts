import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { format, resolveConfig } from "prettier";
import { expect, test } from "vitest";
import { SETTINGS } from "../src/config/settings.ts";

const README = new URL("../README.md", import.meta.url);
const PACKAGE = new URL("../package.json", import.meta.url);
/** Built by `npm test` before it runs; `cli.js` loads it once. */
const PROGRAM = new URL("../dist/commands/program.js", import.meta.url);

const execFileAsync = promisify(execFile);
const programHelp = helpOf([[]]);

test("the settings and commands of the README are those of the program", async () => {
  const readme = await readFile(README, "utf8");
  const generated = { settings: settingsTable(), commands: await commandReference() };
  const renewed = Object.entries(generated).reduce(replacePart, readme);
  const formatted = await format(renewed, { ...(await resolveConfig(README)), parser: "markdown" });
  // `--update` writes it.
  await expect(formatted).toMatchFileSnapshot(fileURLToPath(README));
  const shown = [...generated.commands.matchAll(/^Usage: applicant-sync (\w+)/gm)].map(([, name]) => name);
  expect(shown).toEqual(commandNames(await programHelp));
});

test("the README tells every exit code that the help tells", async () => {
  const [, text = ""] = (await programHelp).split("Exit codes:");
  const codes = [...text.matchAll(/(?<=^|; | or ) ?(\d{1,3})(?= )/g)].map(([, code]) => code);
  const rows = (await readFile(README, "utf8")).split("### Exit codes")[1]?.split("\n## ")[0] ?? "";
  const listed = [...rows.matchAll(/^\| (\d+)(?: or (\d+))? +\|/gm)].flatMap(([, one, other]) => [one, other]);
  expect(listed.filter((code) => code !== undefined)).toEqual(codes);
});

test("every command that the README calls exists", async () => {
  const readme = await readFile(README, "utf8");
  const verbs = new Set([...readme.matchAll(/npx applicant-sync (\w+)/g)].map(([, verb]) => verb));
  expect(verbs.size).toBeGreaterThan(0);
  expect(commandNames(await programHelp)).toEqual(expect.arrayContaining([...verbs]));
  const scripts = Object.keys(JSON.parse(await readFile(PACKAGE, "utf8")).scripts);
  const called = [...readme.matchAll(/npm (?:run )?(test|demo|start|check|build)\b/g)].map(([, script]) => script);
  expect(scripts).toEqual(expect.arrayContaining(called));
});

test("every file that the README links to or runs exists", async () => {
  const readme = await readFile(README, "utf8");
  const links = [...readme.matchAll(/\]\((?!https?:|#)([^)#]+)\)/g)].map(([, path]) => path ?? "");
  const named = [...readme.matchAll(/`((?:src|test|\.ci)\/[\w./-]+|[\w.-]+\.(?:yml|example))`/g)];
  const paths = [...links, ...named.map(([, name]) => name ?? "")];
  expect(paths.filter((path) => !existsSync(new URL(`../${path}`, import.meta.url)))).toEqual([]);
});

test("every heading that the README links to exists", async () => {
  const readme = await readFile(README, "utf8");
  const headings = [...readme.matchAll(/^#+ (.+)$/gm)].map(([, title = ""]) =>
    title.toLowerCase().replaceAll(" ", "-"),
  );
  const anchors = [...readme.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor]) => anchor);
  expect(headings).toEqual(expect.arrayContaining(anchors));
});

function replacePart(readme: string, [name, content]: readonly [string, string]): string {
  const start = `<!-- generated: ${name} -->`;
  const [before, rest] = readme.split(start);
  const after = rest?.split("<!-- /generated -->").slice(1).join("<!-- /generated -->");
  if (before === undefined || after === undefined) throw new Error(`README.md lacks the markers of ${name}`);
  return `${before}${start}\n\n${content}\n\n<!-- /generated -->${after}`;
}

function settingsTable(): string {
  const rows = SETTINGS.map(({ name, meaning, default: defaultValue }) => {
    const cells = [`\`${name}\``, meaning, defaultValue === null ? "" : `\`${defaultValue}\``];
    return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  });
  return ["| Variable | Meaning | Default |", "| --- | --- | --- |", ...rows].join("\n");
}

/** The program's own help, in full: what a reader would see. */
async function commandReference(): Promise<string> {
  const help = await programHelp;
  return [
    fenced(help),
    "<details><summary>Arguments, options and examples of each command</summary>",
    fenced(await helpOf(commandNames(help).map((name) => [name]))),
    "</details>",
  ].join("\n\n");
}

function fenced(text: string): string {
  return `\`\`\`text\n${text}\n\`\`\``;
}

function commandNames(help: string): readonly string[] {
  const [, list = ""] = help.split("Commands:\n");
  return [...list.matchAll(/^ {2}(\w+)/gm)].map(([, name]) => name ?? "").filter((name) => name !== "help");
}

/** What the built program prints for each command with `--help`; in one process, because to start one needs a second. */
async function helpOf(commands: readonly (readonly string[])[]): Promise<string> {
  const script = `for (const command of ${JSON.stringify(commands)}) {
    process.argv = ["node", ...command, "--help"]; // Under --eval there is no script's name.
    await import(${JSON.stringify(PROGRAM.href)} + "?" + command);
    console.log();
  }`;
  const { stdout } = await execFileAsync(process.execPath, ["--input-type=module", "--eval", script]);
  return stdout.trim();
}
