import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { format, resolveConfig } from "prettier";
import { expect } from "vitest";

export const ROOT = new URL("../../", import.meta.url);

/** Expects the generated part of a page of the docs to be `content`; with `--update` (`npm run docs`) it is written. */
export async function expectGenerated(path: string, part: string, content: string): Promise<void> {
  const url = new URL(path, ROOT);
  const start = `<!-- generated: ${part} -->`;
  const [before, rest] = (await readFile(url, "utf8")).split(start);
  const after = rest?.split("<!-- /generated -->").slice(1).join("<!-- /generated -->");
  if (before === undefined || after === undefined) throw new Error(`${path} lacks the markers of ${part}`);
  const renewed = `${before}${start}\n\n${content}\n\n<!-- /generated -->${after}`;
  const formatted = await format(renewed, { ...(await resolveConfig(url)), parser: "markdown" });
  await expect(formatted).toMatchFileSnapshot(fileURLToPath(url));
}

/** A table of Markdown. */
export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(header), line(header.map(() => "---")), ...rows.map(line)].join("\n");
}
