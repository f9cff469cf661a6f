import { mkdtemp, readFile, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { addCanary, CANARY, PERSON_IDS, remains } from "../support/person.ts";
import { openWorld } from "../support/world.ts";

const KEY = { PRIVACY_KEY: "k".repeat(32) };
const ID = String(PERSON_IDS.applicant);

it("a person is shown by counts and ids, and exported in full to new files that only their user may read", async () => {
  const { database, account, run } = await openWorld({ env: KEY });
  await addCanary(database, account);
  const shown = await run(["people", "show", "--applicant", ID]);
  expect(shown).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/applicant_import +1 .*\n[^]*applicant +first seen/),
  });
  expect(shown.stdout).not.toContain(CANARY);

  const directory = await mkdtemp(join(tmpdir(), "people-"));
  const [json, page] = [join(directory, "data.json"), join(directory, "data.html")];
  const files = ["--json", json, "--html", page, "--language", "fr"];
  expect(await run(["people", "export", "--applicant", ID, ...files])).toMatchObject({ code: 0 });
  expect((await stat(json)).mode & 0o777).toBe(0o600);
  const text = await readFile(json, "utf8");
  expect(text).toContain(CANARY);
  expect(JSON.parse(text)).toMatchObject({
    words: { columns: { email: "adresse e-mail" }, values: { intake: { http: "HTTP" } } },
  });
  expect(await readFile(page, "utf8")).toMatch(/lang="fr"[^]*adresse e-mail/);
  expect(await run(["people", "export", "--applicant", ID, ...files])).toMatchObject({ code: 2 });
  const audit = await database.audit.findMany({ orderBy: { id: "asc" } });
  expect(audit.map(({ what }) => what)).toEqual(["person_shown", "person_exported"]);
});

it("a program erases a person with --yes, and they are listed until the vendor has them no more", async () => {
  const { database, account, run } = await openWorld({ env: KEY });
  await addCanary(database, account);
  expect(await run(["people", "erase", "--applicant", ID])).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/--yes/),
  });
  expect(await remains(database)).not.toEqual([]);
  const erased = await run(["people", "erase", "--applicant", ID, "--yes", "--ticket", "DPO-7", "--json"]);
  expect(erased).toMatchObject({ code: 0 });
  expect(JSON.parse(erased.stdout)).toMatchObject({ applicants: [ID], atVendor: [ID], rows: { applicant: 1 } });
  expect(await remains(database)).toEqual([]);
  expect((await run(["people", "show", "--applicant", ID])).stdout).toMatch(/erased\n *17 .* \d{4}-\d\d-\d\d /);

  expect((await run(["people", "pending"])).stdout).toMatch(/17 .*DPO-7 +1/);
  await database.applicant.updateMany({ data: { deleted_at: new Date() } });
  await database.application.updateMany({ data: { deleted_at: new Date() } });
  expect((await run(["people", "pending", "--json"])).stdout).toMatch(/"pending": \[\]/);
  const rows = await database.audit.findMany({ where: { what: { startsWith: "person_" } }, orderBy: { id: "asc" } });
  expect(rows.map(({ what, subjects }) => [what, subjects[0]])).toEqual([
    ["person_erased", `applicant ${ID}`],
    ["person_shown", `applicant ${ID}`],
  ]);
});

it("an e-mail as an argument is refused with the reason, and a person of whom nothing is kept is an error", async () => {
  const { run } = await openWorld({ env: KEY });
  const ways = ["show", "export", "erase", "suppress", "unsuppress"].flatMap((verb) =>
    [["lea.martin@example.org"], ["--email", "lea.martin@example.org"]].map((who) => ["people", verb, ...who]),
  );
  for (const way of ways) {
    const said = await run(way);
    expect(said).toMatchObject({ code: 2, stderr: expect.stringMatching(/list of processes/) });
    expect(said.stderr).not.toContain("lea.martin");
  }
  expect(await run(["people", "erase", "--applicant", "99", "--yes"])).toMatchObject({ code: 1 });
});
