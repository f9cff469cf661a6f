import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { importPeople } from "../support/imports.ts";
import { lead, statesOf } from "../support/outbox.ts";
import { openWorld } from "../support/world.ts";

it("imports resolve --from verifies each id that a person found, settles what is right, and says which is not", async () => {
  const world = await openWorld();
  const [there] = world.sandbox.data.applicants.all();
  const added = await importPeople(world, [
    { email: there?.email, last_name: "Found" },
    { email: "noe@example.org" },
    { email: "zoe@example.org" },
    { email: "ana@example.org" },
  ]);
  for (const { id } of added) await lead(world, id, ["sending", "unknown", "needs_review"]);
  const [found, other, dropped, left] = added.map(({ id }) => id);
  const csv = join(world.env["DATA_DIR"] ?? "", "found.csv");
  await writeFile(
    csv,
    `id;applicant_id;decision\n${found};${there?.id};\n${other};${there?.id};\n${dropped};;abandonner\n${left};;\n`,
  );
  const { code, stdout } = await world.run(["imports", "resolve", "--from", csv]);
  expect(stdout).toMatch(/^Imports without an answer in the file, left as they are: 1\./);
  expect(stdout).toMatch(new RegExp(`Import ${found}: it is there as applicant ${there?.id}\\.`));
  expect(stdout).toMatch(new RegExp(`Import ${other}: nothing was done: applicant ${there?.id} is another person`));
  expect(stdout).toMatch(/Imports changed: 2 of 3\./);
  expect(code).toBe(1);
  expect(await statesOf(world)).toEqual(["done (reported)", "needs_review", "rejected (dropped)", "needs_review"]);
});
