import { readdir, readFile } from "node:fs/promises";
import { Client } from "pg";
import { expect, onTestFinished, test } from "vitest";
import { createTestDatabase } from "./support/postgres.ts";

test("every statement of the README and the docs runs in a migrated database", async () => {
  const docs = await readdir(new URL("../docs/", import.meta.url));
  const paths = ["README.md", ...docs.map((name) => `docs/${name}`)];
  const pages = await Promise.all(paths.map((path) => readFile(new URL(`../${path}`, import.meta.url), "utf8")));
  const blocks = [...pages.join("\n").matchAll(/^```sql\n(.+?)^```/gms)].map(([, block = ""]) => block);
  expect(blocks).not.toHaveLength(0);
  const database = await createTestDatabase();
  onTestFinished(database.drop);
  const client = new Client({ connectionString: database.url });
  await client.connect();
  onTestFinished(() => client.end());
  for (const block of blocks) {
    // A role belongs to the whole server: it must not outlive the test.
    await client.query("begin");
    await client.query(block);
    await client.query("rollback");
  }
});
