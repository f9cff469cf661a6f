/** `npm run bench -- house`: how large the source is, and how its rooms (the directories and files of `src`) import each other. */
import { readdir, readFile } from "node:fs/promises";
import { join, normalize } from "node:path";
import { table } from "../../src/platform/text.ts";
import type { Report } from "./support/bench.ts";

const SRC = "src";
const GENERATED = join(SRC, "generated");

interface Source {
  readonly path: string;
  readonly text: string;
}

export async function measureHouse(): Promise<Report> {
  const sources = await readSources();
  const rooms = new Set(sources.map(({ path }) => roomOf(path)));
  const arrows = arrowsOf(sources);
  const linesOf = async (path: string) => lineCount(await readFile(path, "utf8"));
  const looseIn = (directory: string) =>
    sources.filter(({ path }) => path.startsWith(join(directory, "/")) && depthOf(path) === depthOf(directory) + 1)
      .length;
  const measures: readonly (readonly [name: string, figure: number, bar: number | null])[] = [
    ["lines of src", sources.reduce((sum, { text }) => sum + lineCount(text), 0), null],
    ["files of src", sources.length, null],
    ["rooms", rooms.size, 20],
    ["arrows between rooms", arrows.length, 60],
    ["rooms in a circle", circlesOf(arrows).length, 0],
    ["files directly in src", looseIn(SRC), 5],
    ["files directly in src/outbox", looseIn(join(SRC, "outbox")), 3],
    ["files directly in src/sandbox", looseIn(join(SRC, "sandbox")), 3],
    ["lines of README.md", await linesOf("README.md"), 200],
    ["lines of oxlint.config.js", await linesOf("oxlint.config.js"), 150],
  ];
  const text = table(
    ["measure", "figure", "at most"],
    measures.map(([name, figure, bar]) => [name, figure, bar ?? ""]),
  );
  const inCircle = circlesOf(arrows);
  const missed = measures.flatMap(([name, figure, bar]) =>
    bar === null || figure <= bar ? [] : [`${name}: ${figure}, more than ${bar}`],
  );
  return { text, missed: inCircle.length === 0 ? missed : [...missed, `a circle: ${inCircle.join(", ")}`] };
}

async function readSources(): Promise<readonly Source[]> {
  const names = await readdir(SRC, { recursive: true });
  const paths = names.map((name) => join(SRC, name)).filter((path) => path.endsWith(".ts") && !isGenerated(path));
  return Promise.all(paths.map(async (path) => ({ path, text: await readFile(path, "utf8") })));
}

function isGenerated(path: string): boolean {
  return path.startsWith(join(GENERATED, "/"));
}

function lineCount(text: string): number {
  return text.split("\n").length - 1;
}

function depthOf(path: string): number {
  return path.split("/").length;
}

function roomOf(path: string): string {
  return path.split("/")[1] ?? path;
}

/** Which room imports which, once each; imports of types count. */
function arrowsOf(sources: readonly Source[]): readonly (readonly [from: string, to: string])[] {
  const arrows = sources.flatMap(({ path, text }) =>
    [...text.matchAll(/(?:from|import)\s*\(?\s*"(\.{1,2}\/[^"]+\.ts)"/g)]
      .map(([, target = ""]) => normalize(join(path, "..", target)))
      .filter((target) => !isGenerated(target))
      .map((target) => [roomOf(path), roomOf(target)] as const)
      .filter(([from, to]) => from !== to),
  );
  return [...new Map(arrows.map((arrow) => [arrow.join(" "), arrow])).values()];
}

/** The rooms that are reached from themselves. */
function circlesOf(arrows: readonly (readonly [from: string, to: string])[]): readonly string[] {
  const reachedFrom = (start: string): ReadonlySet<string> => {
    const reached = new Set<string>();
    const waiting = [start];
    for (let room = waiting.pop(); room !== undefined; room = waiting.pop()) {
      for (const [from, to] of arrows) {
        if (from !== room || reached.has(to)) continue;
        reached.add(to);
        waiting.push(to);
      }
    }
    return reached;
  };
  return [...new Set(arrows.map(([from]) => from))].filter((room) => reachedFrom(room).has(room));
}
