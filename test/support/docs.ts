import { readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { format, resolveConfig } from "prettier";

export const ROOT = new URL("../../", import.meta.url);

/** The README and every page of the docs, in each language. */
export const PATHS: readonly string[] = [
  "README.md",
  ...readdirSync(new URL("docs/", ROOT), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`)
    .toSorted(),
];

/** A page of the docs with its generated parts, by name. A test compares it with the file; `npm run docs` writes it. */
export async function renewPage(
  path: string,
  parts: Readonly<Record<string, string>>,
): Promise<{ readonly text: string; readonly file: string }> {
  const url = new URL(path, ROOT);
  let renewed = await readFile(url, "utf8");
  for (const [part, content] of Object.entries(parts)) {
    const start = `<!-- generated: ${part} -->`;
    const [before, rest] = renewed.split(start);
    const after = rest?.split("<!-- /generated -->").slice(1).join("<!-- /generated -->");
    if (before === undefined || after === undefined) throw new Error(`${path} lacks the markers of ${part}`);
    renewed = `${before}${start}\n\n${content}\n\n<!-- /generated -->${after}`;
  }
  const text = await format(renewed, { ...(await resolveConfig(url)), parser: "markdown" });
  return { text, file: fileURLToPath(url) };
}

/** A table of Markdown. */
export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(header), line(header.map(() => "---")), ...rows.map(line)].join("\n");
}
