import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";

it("has one French word for a run: synchronisation", async () => {
  const files = await Promise.all(
    ["src/ops/page", "src/sync/conclusion"].map(async (root) =>
      (await readdir(root, { recursive: true })).filter((name) => name.endsWith(".ts")).map((name) => join(root, name)),
    ),
  );
  const texts = await Promise.all(files.flat().map(async (file) => [file, await readFile(file, "utf8")] as const));
  expect(texts.filter(([, text]) => /\b(lecture|exécution)s?\b/i.test(text)).map(([file]) => file)).toEqual([]);
  expect(texts.some(([, text]) => text.includes("synchronisation"))).toBe(true);
});
