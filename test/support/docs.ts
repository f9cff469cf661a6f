import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { format, resolveConfig } from "prettier";

export const ROOT = new URL("../../", import.meta.url);

/** A page of the docs with `content` as its generated part. A test compares it with the file; `npm run docs` writes it. */
export async function renewPage(
  path: string,
  part: string,
  content: string,
): Promise<{ readonly text: string; readonly file: string }> {
  const url = new URL(path, ROOT);
  const start = `<!-- generated: ${part} -->`;
  const [before, rest] = (await readFile(url, "utf8")).split(start);
  const after = rest?.split("<!-- /generated -->").slice(1).join("<!-- /generated -->");
  if (before === undefined || after === undefined) throw new Error(`${path} lacks the markers of ${part}`);
  const renewed = `${before}${start}\n\n${content}\n\n<!-- /generated -->${after}`;
  const text = await format(renewed, { ...(await resolveConfig(url)), parser: "markdown" });
  return { text, file: fileURLToPath(url) };
}

/** A table of Markdown. */
export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(header), line(header.map(() => "---")), ...rows.map(line)].join("\n");
}
