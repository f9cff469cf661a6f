import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { loadConfig } from "../../src/config/config.ts";
import { dryRunFile } from "../../src/outbox/intake/file/dry-run.ts";
import { importFile } from "../../src/outbox/intake/file/import-file.ts";
import { openImportFile } from "../../src/outbox/intake/file/rows.ts";
import { conditionOf } from "../../src/outbox/operations/filter.ts";
import { writeSheet } from "../../src/outbox/operations/sheet/write.ts";
import { outboxOptionsOf } from "../../src/outbox/context.ts";
import { importPeople } from "../support/imports.ts";
import { lead, worldWith } from "../support/outbox.ts";

const AGREED = {
  is_legals_accepted_by_manager: true,
  consent_at: "2025-11-24T10:32:11+01:00",
  consent_how: "form; of the site",
  consent_wording: "=v1\nof 2025",
};
const LEA = { email: "lea@example.org", first_name: "Léa", phone: "+33 6 42 42 42 42", iso_country: "FR", ...AGREED };

/** One rejected import with an agreement, and what importing a file would do and does. */
async function openRejected() {
  const { world, ids, deps } = await worldWith([LEA]);
  const [id = 0n] = ids;
  await lead(world, id, ["rejected"]);
  const directory = await mkdtemp(join(tmpdir(), "applicant-sync-again-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  const path = join(directory, "list.csv");
  const settings = outboxOptionsOf(loadConfig(world.env, { keys: true }));
  const more = { source: "file", directory, errors: null, signal: new AbortController().signal };
  const options = { ...settings, ...more, requestsPerMinute: 120 };
  const submit = async (text: string) => {
    await writeFile(path, text);
    const planned = await dryRunFile(world.database, await openImportFile(path), options);
    return { planned, done: await importFile(world.database, await openImportFile(path), options) };
  };
  const list = async () => {
    const condition = await conditionOf(world.database, world.account, {});
    await writeSheet(deps, condition, { path, limit: 100, language: "fr", timezone: "Europe/Paris" });
    const text = await readFile(path, "utf8");
    await rm(path);
    return text;
  };
  const stored = () => world.database.applicantImport.findUniqueOrThrow({ where: { id } });
  return { world, submit, list, stored };
}

it("a file of imports list is imported again without a change", async () => {
  const { submit, list, stored } = await openRejected();
  const before = await stored();
  const { planned, done } = await submit(await list());
  expect(planned).toMatchObject({ knownImports: 1, resubmitted: 0, applicants: 0, rejected: 0 });
  expect(done).toMatchObject({ known: 1, resubmitted: 0, rejected: 0 });
  expect(await stored()).toEqual(before);
});

it("a corrected file of imports list corrects the import, and keeps the agreement of the person", async () => {
  const { submit, list, stored } = await openRejected();
  const corrected = (await list()).replace("Léa", "Léonie").replace(";true;", ";VRAI;");
  const { planned, done } = await submit(corrected);
  const none = { noAgreement: 0, noEvidence: 0 };
  expect(planned).toMatchObject({ knownImports: 0, resubmitted: 1, applicants: 1, requests: 1, mails: none });
  expect(done).toMatchObject({ known: 0, resubmitted: 1, ready: 1 });
  expect(await stored()).toMatchObject({
    state: "ready",
    first_name: "Léonie",
    phone_number: "642424242",
    ...AGREED,
    consent_at: new Date(AGREED.consent_at),
  });
});

it("a file that is silent about the agreement keeps it, and one that says no withdraws it", async () => {
  const { world, submit, stored } = await openRejected();
  const silent = await submit("email;first_name;accord;consent_how\nlea@example.org;Léonie;;\n");
  expect(silent.planned).toMatchObject({ resubmitted: 1, mails: { noAgreement: 0, noEvidence: 0 } });
  const { id, ...kept } = await stored();
  expect(kept).toMatchObject({ first_name: "Léonie", ...AGREED, consent_at: new Date(AGREED.consent_at) });
  await lead(world, id, ["rejected"]);
  const [again] = await importPeople(world, [{ email: "lea@example.org", first_name: "Lea" }]);
  expect(again).toMatchObject({ outcome: "resubmitted", emailExpected: false });
  await lead(world, id, ["rejected"]);
  const withdrawn = await submit("email;first_name;accord\nlea@example.org;Lea;non\n");
  expect(withdrawn.planned).toMatchObject({ resubmitted: 1, mails: { noAgreement: 1, noEvidence: 0 } });
  expect(await stored()).toMatchObject({ is_legals_accepted_by_manager: false, consent_at: null, consent_how: null });
});
