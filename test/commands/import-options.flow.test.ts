import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { openWorld } from "../support/world.ts";

it("import takes the country, the columns, the encoding and people without offers as options, and ends with 2 where one is missing", async () => {
  const world = await openWorld({ kind: "jobboard" });
  const directory = await mkdtemp(join(tmpdir(), "applicant-sync-options-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  const path = join(directory, "candidats.csv");
  const imported = async (content: string | Buffer, ...options: readonly string[]) => {
    await writeFile(path, content);
    const ended = await world.run(["import", path, ...options]);
    const rows = await world.database.applicantImport.findMany({ orderBy: { id: "desc" }, take: 1 });
    return { ...ended, row: rows[0] };
  };

  const noOffer = "Courriel;Prénom;Société;Vacancy\nlea@example.org;Léa;1;1001\n";
  const refused = await imported(noOffer);
  expect(refused).toMatchObject({ code: 2, row: undefined });
  expect(refused.stderr).toMatch(/no column for the offer.*"Vacancy".*--map.*--without-offers/s);
  expect(await imported(noOffer, "--map", "Vacancy=campaign_id")).toMatchObject({
    code: 0,
    row: { email: "lea@example.org", campaignId: 1001n },
  });
  expect(await imported("Courriel;Société\nnoe@example.org;1\n", "--without-offers")).toMatchObject({
    code: 0,
    row: { email: "noe@example.org", campaignId: null },
  });
  const phone = "Courriel;Société;Téléphone\nana@example.org;1;0470 12 34 56\n";
  expect(await imported(phone, "--without-offers", "--country", "Belgique")).toMatchObject({
    code: 0,
    row: { phone_code: "32", phone_number: "470123456" },
  });
  // Half a word: in another encoding it would be another name.
  const name = Buffer.concat([
    Buffer.from("Courriel;company_id;Nom\nzoe@example.org;1;L"),
    Buffer.from([0x8e]),
    Buffer.from("a\n"),
  ]);
  expect(await imported(name, "--without-offers", "--encoding", "macintosh")).toMatchObject({
    code: 0,
    row: { last_name: "Léa" },
  });
});
