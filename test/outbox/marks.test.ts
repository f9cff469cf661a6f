import { cp, mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { directoryIdOf } from "../../src/database/copy/mark.ts";
import { createFileMarks } from "../../src/outbox/restore/marks.ts";

async function directory(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), "applicant-sync-marks-"));
  onTestFinished(() => rm(made, { recursive: true, force: true }));
  return made;
}

it("marks of several processes in one directory only grow, each by its name", async () => {
  const path = join(await directory(), "not", "there", "yet");
  const [one, other] = [createFileMarks(path), createFileMarks(path)];
  expect(await one.read("a default")).toBeNull();
  await Promise.all([one.raise("a default", 3n), other.raise("a default", 10n), one.raise("b default", 1n)]);
  await one.raise("a default", 9n);
  expect([await other.read("a default"), await other.read("b default"), await other.read("c")]).toEqual([
    10n,
    1n,
    null,
  ]);
});

it("a copied data directory is distinguished from its original, a moved one is not", async () => {
  const path = await directory();
  const [original, copy, moved] = ["original", "copy", "moved"].map((name) => join(path, name));
  if (original === undefined || copy === undefined || moved === undefined) throw new Error("no paths");
  await mkdir(join(original, "global"), { recursive: true });
  await writeFile(join(original, "global", "pg_control"), "content");
  const mark = await directoryIdOf(original);
  await cp(original, copy, { recursive: true, preserveTimestamps: true });
  expect(await directoryIdOf(copy)).not.toBe(mark);
  await rename(original, moved);
  expect(await directoryIdOf(moved)).toBe(mark);
});
