/** The lines for a shell in the docs, those too that no test runs: systemd, Docker, secrets, an update. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { createProgram } from "../src/commands/program.ts";
import { PATHS, ROOT } from "./support/docs.ts";

const PAGES = PATHS.map((path) => ({ path, text: readFileSync(new URL(path, ROOT), "utf8") }));
const ALL = PAGES.map(({ text }) => text).join("\n");
const BLOCKS = PAGES.flatMap(({ path, text }) =>
  [...text.matchAll(/^ *```(?:sh|bash)\n(.+?)^ *```/gms)].map(([, block = ""]) => ({ path, block })),
);
const SCRIPTS = BLOCKS.map(({ block }) => block).join("\n");
const program = await createProgram();

test("every block for a shell can be parsed by one", () => {
  const faults = BLOCKS.flatMap(({ path, block }) => {
    const { status, stderr } = spawnSync("bash", ["-n"], { input: block, encoding: "utf8" });
    return status === 0 ? [] : [`${path}: ${stderr}`];
  });
  expect(BLOCKS.length).toBeGreaterThan(15);
  expect(faults).toEqual([]);
});

test("every command and script that the docs call exists", () => {
  // Without --no, npx fetches whatever has that name in the registry where ours is not installed.
  expect([...ALL.matchAll(/(?<=^|`|["'] )npx (?!--no )[^`\n]*/gm)].map(([call]) => call)).toEqual([]);
  const { scripts } = JSON.parse(readFileSync(new URL("package.json", ROOT), "utf8"));
  const called = [...ALL.matchAll(/npm run ([\w:]+)/g)].map(([, script]) => script);
  expect(Object.keys(scripts)).toEqual(expect.arrayContaining(called));
});

test("every command and option of ours that the docs call exists, however the program is started", () => {
  const called = /(?:npx --no applicant-sync|node \S*dist\/cli\.js|`applicant-sync) (?!COMMAND\b)([^`\n;&|)#]+)/g;
  const lines = [...new Set([...ALL.matchAll(called)].map(([, line = ""]) => line.trim()))];
  const unknown = lines.flatMap((line) => {
    const words = (line.match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replaceAll('"', ""));
    let command = program;
    for (const word of words) command = command.commands.find((one) => one.name() === word) ?? command;
    return command === program ? [line] : command.parseOptions(words).unknown.map((option) => `${line}: ${option}`);
  });
  expect(lines.length).toBeGreaterThan(30);
  expect(unknown).toEqual([]);
});

test("the services, secrets and units that the docs name are those of compose and systemd", () => {
  const compose = readFileSync(new URL("docker-compose.yml", ROOT), "utf8");
  const [, services = "", secrets = ""] = /^services:\n(.+?)^secrets:\n(.+?)(?=^\S|(?![^]))/ms.exec(compose) ?? [];
  const named = (text: string) => [...text.matchAll(/^ {2}(\w+):$/gm)].map(([, name = ""]) => name);
  const used = [...SCRIPTS.matchAll(/^docker compose (?:exec|logs|run --rm(?: -v \S+)?) (\w+)/gm)];
  expect(used.length).toBeGreaterThan(3);
  expect(named(services)).toEqual(expect.arrayContaining(used.map(([, service]) => service)));
  const made = [...SCRIPTS.matchAll(/> (secrets\/\w+)$/gm)].map(([, file]) => file);
  const read = [...secrets.matchAll(/file: \.\/(\S+)/g)].map(([, file]) => file);
  expect(new Set(read)).toEqual(new Set(made));
  const units = [...SCRIPTS.matchAll(/systemctl (?:stop|start|(?:en|dis)able --now) (\S+)/g)].map(([, unit]) => unit);
  expect(new Set(units)).toEqual(new Set(["applicant-sync"]));
  const copied = [...SCRIPTS.matchAll(/(?<=\s)(?:deploy\/[\w.-]+|\.env\.example)/g)].map(([file]) => file);
  expect(copied.filter((file) => !existsSync(new URL(file, ROOT)))).toEqual([]);
});
