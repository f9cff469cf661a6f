import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";

/** The files and packages that a file of `src` loads before it does anything: imports of types and `import()` do not count. */
async function loadedBy(path: string, seen = new Set<string>()): Promise<ReadonlySet<string>> {
  if (seen.has(path)) return seen;
  seen.add(path);
  if (!path.startsWith("src/")) return seen;
  const text = await readFile(path, "utf8");
  for (const [, names = "", target = ""] of text.matchAll(/^(?:import|export) (?!type )([^;]*?)from "([^"]+)";/gm)) {
    if (/^\{\s*(type [^,]+,?\s*)+\}\s*$/.test(names)) continue;
    await loadedBy(target.startsWith(".") ? join(dirname(path), target) : target, seen);
  }
  return seen;
}

const PRISMA = "src/generated/prisma/client.ts";

test.each([
  ["imports/hold.ts", [PRISMA, "bullmq", "axios", "libphonenumber-js/max"]],
  ["imports/release.ts", [PRISMA, "bullmq", "axios", "libphonenumber-js/max"]],
  ["imports/list.ts", ["bullmq", "axios", "csv-parse/sync", "libphonenumber-js/max"]],
  ["database-where.ts", [PRISMA, "bullmq", "axios"]],
  ["status.ts", ["axios", "csv-parse/sync", "file-type", "ioredis", "libphonenumber-js/max"]],
])("%s loads no package that it does not need", async (file, unneeded) => {
  const loaded = await loadedBy(`src/commands/${file}`);
  expect(loaded).toContain("zod");
  expect(unneeded.filter((name) => loaded.has(name))).toStrictEqual([]);
});
