import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { blockImports } from "../../support/import-gate.ts";
import { waitFor } from "../../support/wait-for.ts";
import { openWorld, type World } from "../../support/world.ts";

const report = z.object({
  ignoredColumns: z.array(z.string()),
  imported: z
    .object({
      lines: z.int(),
      queued: z.int(),
      known: z.int(),
      resubmitted: z.int(),
      rejected: z.int(),
      ready: z.int(),
      held: z.record(z.string(), z.int()),
      faults: z.array(z.object({ line: z.int(), field: z.string(), reason: z.string() })),
    })
    .nullable(),
  dryRun: z
    .object({
      lines: z.int(),
      rejected: z.int(),
      duplicates: z.int(),
      knownImports: z.int(),
      resubmitted: z.int(),
      knownPeople: z.int(),
      applicants: z.int(),
      applications: z.int(),
      mails: z.object({ noAgreement: z.int(), noEvidence: z.int() }),
      requests: z.int(),
      seconds: z.int(),
    })
    .nullable(),
  workers: z.int().nullable(),
});

/** The file stands where the program runs. */
const pathIn = (world: World, name: string) => join(world.env["DATA_DIR"] ?? "", name);

/** `import FILE --json`; without keys, for it needs none. */
async function importFile(world: World, name: string, ...options: readonly string[]) {
  const env = { KELIO_PRIVATE_KEY: "", KELIO_SECRET_KEY: "" };
  const { code, stdout, stderr } = await world.run(["import", name, "--json", ...options], env);
  return { code, stderr, report: stdout === "" ? null : report.parse(JSON.parse(stdout)) };
}

const rows = (world: World) => world.database.applicantImport.count({ where: { account: world.account } });

describe("import FILE", () => {
  it("accepts the good lines, writes the bad ones with their reasons, and accepts those once they are fixed", async () => {
    const world = await openWorld();
    const lines = [
      "Prénom;Nom;Adresse e-mail;Téléphone;Remarque",
      "Léa;Martin;lea@example.org;+33 6 42 42 42 42;x",
      "Noé;Petit;noe.example.org;;x",
      `"Zoé;Zola;zoe@example.org;;x`,
      "=1+1;Max;max@example.org;+33 6 42 42 42 43;x",
      "Ana;Dias;ana@example.org;;x",
      "Ana;Dias;ANA@example.org;;x",
    ];
    await writeFile(pathIn(world, "people.csv"), lines.join("\r\n"));
    const first = await importFile(world, "people.csv", "--errors", "rejected.csv");
    expect(first.code).toBe(1);
    expect(first.report).toMatchObject({
      ignoredColumns: ["Remarque"],
      imported: { lines: 6, queued: 2, known: 1, rejected: 3, ready: 2, held: {} },
      workers: 0,
    });
    expect(first.report?.imported?.faults.map(({ line, field }) => `${line} ${field}`)).toEqual([
      "3 email",
      "4 line",
      "5 first_name",
    ]);
    expect(first.stderr).not.toContain("example.org");

    const rejected = await readFile(pathIn(world, "rejected.csv"), "utf8");
    expect(rejected).toContain("line 3: email must be an e-mail address");
    expect(rejected).toContain("'=1+1");
    expect(rejected).toContain("'+33 6 42 42 42 43");
    const fixed = rejected
      .replace("noe.example.org", "noe@example.org")
      .replace("'=1+1", "Théo")
      .replace(/"""Zoé;Zola;zoe@example.org;;x"/, "Zoé;Zola;zoe@example.org;;x")
      .replace(/x;;;;;line 4/, "x;line 4");
    await writeFile(pathIn(world, "fixed.csv"), fixed);
    const second = await importFile(world, "fixed.csv");
    expect(second.report?.imported).toMatchObject({ lines: 3, queued: 3, known: 0, rejected: 0 });
    expect(second.code).toBe(0);

    const again = await importFile(world, "people.csv");
    expect(again.report?.imported).toMatchObject({ lines: 6, queued: 0, known: 3, rejected: 3 });
    expect(await rows(world)).toBe(5);
    const max = await world.database.applicantImport.findFirst({ where: { email: "max@example.org" } });
    expect(max).toMatchObject({
      first_name: "Théo",
      phone_code: "33",
      phone_number: "642424243",
      intake: "file",
    });
  });

  it("writes rejected lines of JSONL as JSONL", async () => {
    const world = await openWorld();
    const lines = [`{"email":"lea@example.org"}`, `{"email":"noe","first_name":"Noé"}`, `{"email`];
    await writeFile(pathIn(world, "people.jsonl"), lines.join("\n"));
    const first = await importFile(world, "people.jsonl", "--errors", "rejected.jsonl", "--source", "old system");
    expect(first).toMatchObject({ code: 1, report: { imported: { lines: 3, queued: 1, rejected: 2 } } });
    const rejected = await readFile(pathIn(world, "rejected.jsonl"), "utf8");
    const [noe, broken] = rejected.trim().split("\n");
    expect(JSON.parse(noe ?? "")).toEqual({
      email: "noe",
      first_name: "Noé",
      import_errors: "line 2: email must be an e-mail address",
    });
    expect(JSON.parse(broken ?? "")).toEqual({ line: `{"email`, import_errors: "line 3: line is not JSON" });
    await writeFile(pathIn(world, "fixed.jsonl"), (noe ?? "").replace(`"noe"`, `"noe@example.org"`));
    expect(await importFile(world, "fixed.jsonl")).toMatchObject({ code: 0, report: { imported: { queued: 1 } } });
    const sources = await world.database.applicantImport.findMany({ orderBy: { id: "asc" }, select: { source: true } });
    expect(sources.map(({ source }) => source)).toEqual(["old system", "file"]);
  });

  it("reports in a dry run what the import would do, and writes nothing", async () => {
    const world = await openWorld({ kind: "jobboard" });
    await world.sync();
    const [known] = await world.database.$queryRaw<{ email: string; company: string; campaign: string }[]>`
      select p.email, c.company_id::text as company, c.id::text as campaign
      from public.application a join public.applicant p on p.account = a.account and p.id = a.applicant_id
        join public.campaign c on c.account = a.account and c.id = a.campaign_id
      where p.email is not null and c.company_id is not null and p.company_id is not distinct from c.company_id limit 1`;
    if (known === undefined) throw new Error("The mirror knows nobody who applied.");
    const { company, campaign } = known;
    await writeFile(pathIn(world, "before.csv"), `email;company_id\nimported@example.org;${company}\n`);
    await importFile(world, "before.csv");
    const agreed = "true;2026-01-01;form;terms of 2026";
    await writeFile(
      pathIn(world, "people.csv"),
      [
        "email;company_id;campaign_id;accord;consent_at;consent_how;consent_wording",
        `new@example.org;${company};${campaign};;;;`,
        `new@example.org;${company};${campaign};;;;`,
        `new@example.org;${company};;;;;`,
        `agreed@example.org;;${campaign};${agreed}`,
        `claims@example.org;;${campaign};true;;;`,
        `imported@example.org;${company};;;;;`,
        `imported@example.org;${company};${campaign};;;;`,
        `${known.email};${company};${campaign};;;;`,
        `nowhere@example.org;;;;;;`,
      ].join("\n"),
    );
    const before = await rows(world);
    const { code, report: said } = await importFile(world, "people.csv", "--dry-run");
    expect(code).toBe(1);
    expect(said?.dryRun).toEqual({
      lines: 9,
      rejected: 1,
      duplicates: 1,
      knownImports: 1,
      resubmitted: 0,
      knownPeople: 3,
      applicants: 3,
      applications: 4,
      mails: { noAgreement: 1, noEvidence: 1 },
      requests: 7,
      seconds: 1,
    });
    expect(await rows(world)).toBe(before);
  });

  it("reports that imports wait for the kill switch", async () => {
    const world = await openWorld();
    await writeFile(pathIn(world, "people.csv"), "email\nlea@example.org\n");
    await world.run(["imports", "hold", "--all"]);
    const { stdout } = await world.run(["import", "people.csv"]);
    expect(stdout).toContain("\n1 held: it waits because all imports are held.\n");
    expect(stdout).toContain('imports list --state held --file "people.csv"');
  });

  it("refuses a wrong file or option before it reads anything", async () => {
    const world = await openWorld();
    await writeFile(pathIn(world, "good.csv"), "email\nlea@example.org\n");
    await writeFile(pathIn(world, "bad.csv"), "nom\nMartin\n");
    const refused: readonly (readonly string[])[] = [
      ["absent.csv"],
      ["."],
      ["bad.csv"],
      ["good.csv", "--errors", "good.csv"],
      ["good.csv", "--errors", "bad.csv"],
      ["good.csv", "--errors", "no/such/directory.csv"],
      ["good.csv", "--source", "a\nb"],
      [],
    ];
    for (const [name = "", ...options] of refused) {
      const { code, stderr } = await importFile(world, name, ...options);
      expect({ name, options, code }).toEqual({ name, options, code: 2 });
      expect(stderr).not.toBe("");
    }
    expect(await rows(world)).toBe(0);
    expect(await readFile(pathIn(world, "good.csv"), "utf8")).toBe("email\nlea@example.org\n");
  });

  it("keeps what was stored when it is stopped, and continues from there", async () => {
    const world = await openWorld();
    // Four batches, in the second of which the import hangs until it has been asked to stop.
    const people = Array.from({ length: 2_000 }, (_, n) => `person${n}@example.org`);
    await writeFile(pathIn(world, "people.csv"), ["email", ...people].join("\n"));
    const gate = await blockImports(world.database, "person700@example.org");
    const child = world.cli(["import", "people.csv"]);
    await waitFor("the second batch", async () => (await gate.waiting()) > 0);
    child.kill("SIGINT");
    await gate.release();
    const { code, stdout } = await child.ended;
    const kept = await rows(world);
    expect({ code, kept: kept > 0 && kept < people.length }).toEqual({ code: 130, kept: true });
    expect(stdout).toContain(`Stopped. ${kept.toLocaleString("en")} lines`);
    const rest = await importFile(world, "people.csv");
    expect(rest.report?.imported).toMatchObject({ lines: 2_000, queued: 2_000 - kept, known: kept });
    expect(await rows(world)).toBe(2_000);
  });
});
