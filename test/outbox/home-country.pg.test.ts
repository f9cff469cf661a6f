import { describe, expect, it } from "vitest";
import { loadConfig } from "../../src/config/config.ts";
import { createHomes } from "../../src/outbox/import/home-country.ts";
import { addImports } from "../../src/outbox/intake/add.ts";
import { admitDrafts } from "../../src/outbox/intake/sql/drafts.ts";
import { checkImport } from "../../src/outbox/import/check.ts";
import { holdSource, releaseImport, releaseSource } from "../../src/outbox/operations/hold.ts";
import { spellingsOf } from "../../src/outbox/operations/sources.ts";
import { outboxOptionsOf } from "../../src/outbox/context.ts";
import { importPeople } from "../support/imports.ts";
import { outboxDepsOf, statesOf } from "../support/outbox.ts";
import { openWorld, type World } from "../support/world.ts";
import { openImports } from "./http/support.ts";

const optionsOf = (world: World) => outboxOptionsOf(loadConfig(world.env, { keys: true }));

async function campaigns(world: World, places: readonly (readonly [iso: string | null, country: string | null])[]) {
  const { account, database } = world;
  await database.campaign.createMany({
    data: places.map(([iso_country, country], n) => {
      return { account, id: BigInt(n + 1), company_id: 42n, iso_country, country, raw: {}, hash: `${n}` };
    }),
  });
}

describe("the country of a phone number that names none", () => {
  const phone = "06 12 34 56 78";
  const homesIn = async (world: World, rows: readonly unknown[]) => {
    const homeOf = await createHomes(optionsOf(world), (read) => read(world.database))(rows);
    return rows.map(homeOf);
  };

  it("is DEFAULT_COUNTRY, else that of the campaign, by its code or its name", async () => {
    const world = await openWorld({ kind: "jobboard" });
    await campaigns(world, [
      ["BE", null],
      [null, "Suisse"],
      [null, null],
    ]);
    const rows = [1, "2", 3, 99, null].map((campaign_id) => ({ campaign_id, phone }));
    expect(await homesIn(world, rows)).toEqual(["BE", "CH", null, null, null]);
    const french = { ...world, env: { ...world.env, DEFAULT_COUNTRY: "France" } };
    expect(await homesIn(french, rows)).toEqual(rows.map(() => "FR"));
  });

  it("is the one in which all campaigns of the account are, where an import names none", async () => {
    const world = await openWorld();
    await campaigns(world, [
      ["FR", "France"],
      ["FR", null],
      [null, "France"],
    ]);
    expect(await homesIn(world, [{ phone }, { phone_number: 612345678 }, { campaign_id: 1, phone }])).toEqual([
      "FR",
      "FR",
      "FR",
    ]);
  });

  it("counts for rows that are inserted by SQL", async () => {
    const world = await openWorld({ kind: "jobboard" });
    await campaigns(world, [["FR", null]]);
    const { account, database } = world;
    await database.$executeRaw`
      insert into public.import_inbox (account, email, campaign_id, phone_number, iso_country, locale, source)
      values (${account}, 'lea@example.org', 1, '06 12 34 56 78', 'Royaume-Uni', 'Français', 'Bouche-à-oreille')`;
    await admitDrafts(outboxDepsOf(world));
    expect(await database.applicantImport.findFirstOrThrow()).toMatchObject({
      state: "ready",
      phone_code: "33",
      phone_number: "612345678",
      iso_country: "GB",
      locale: "fr",
      source: "Bouche-à-oreille",
    });
  });

  it("counts for rows that are posted over HTTP, and the answer says so of those alone where it was assumed", async () => {
    const world = await openWorld();
    await campaigns(world, [["FR", null]]);
    const { account, database } = world;
    const server = await openImports(database, { account });
    const { status, body } = await server.post([
      { email: "lea@example.org", phone },
      { email: "zoe@example.org", phone: "+33 6 12 34 56 78" },
      { email: "noe@example.org", phone_number: "02 512 34 56", iso_country: "Belgique" },
    ]);
    expect(status).toBe(202);
    const inFrance = [{ field: "phone", reason: "names no country: it was read as a number of FR" }];
    expect(body["imports"]).toEqual([
      expect.objectContaining({ index: 0, notes: inFrance }),
      expect.not.objectContaining({ notes: expect.anything() }),
      expect.not.objectContaining({ notes: expect.anything() }),
    ]);
    const rows = await database.applicantImport.findMany({ where: { account }, orderBy: { id: "asc" } });
    expect(rows.map(({ phone_code, phone_number }) => `+${phone_code} ${phone_number}`)).toEqual([
      "+33 612345678",
      "+33 612345678",
      "+32 25123456",
    ]);
  });
});

it("names the offer that is unknown, missing, without a company, or of another one", async () => {
  const world = await openWorld({ kind: "jobboard" });
  const { account, database } = world;
  await campaigns(world, [["FR", null]]);
  await database.campaign.create({ data: { account, id: 2n, raw: {}, hash: "2" } });
  const options = optionsOf(world);
  const rows = [{ campaign_id: 127 }, {}, { campaign_id: 2 }, { campaign_id: 1, company_id: 43 }].map(
    (submitted, n) => {
      const checked = checkImport({ email: `p${n}@example.org`, ...submitted }, options);
      if (!checked.ok) throw new Error("A person of the test is not valid.");
      return { input: checked.input, resume: null };
    },
  );
  const added = await addImports(database, options, { intake: "http", bulk: false }, rows);
  const reasons = added.map((one) => ("fault" in one ? `${one.fault.field} ${one.fault.reason.en}` : "added"));
  expect(reasons).toEqual([
    expect.stringMatching(/^campaign_id names offer 127, which is not known here/),
    expect.stringMatching(/^campaign_id is missing: name the offer/),
    expect.stringMatching(/^campaign_id names offer 2, whose company is not known here/),
    "campaign_id is offer 1 of company 42, not of company 43",
  ]);
});

describe("two spellings of a source", () => {
  const person = (n: number, source: string) => ({ email: `p${n}@example.org`, source });

  it("are one for its approval", async () => {
    const world = await openWorld({ env: { SOURCE_APPROVAL: "1" } });
    const deps = outboxDepsOf(world);
    const [first] = await importPeople(world, [person(1, "Site carrière")]);
    await importPeople(world, [person(2, "SITE  CARRIÈRE"), person(3, "Site carrie\u0300re")]);
    expect(await statesOf(world)).toEqual([
      "held (source_approval)",
      "held (awaits_source_approval)",
      "held (awaits_source_approval)",
    ]);
    await releaseImport(deps, first?.id ?? 0n);
    expect(await statesOf(world)).toEqual(Array(3).fill("ready (released)"));
    await importPeople(world, [person(4, "site carrière")]);
    expect((await statesOf(world)).at(-1)).toBe("ready");
  });

  it("are one for who holds and releases it", async () => {
    const world = await openWorld();
    const deps = outboxDepsOf(world);
    await importPeople(world, [person(1, "Site carrière"), person(2, "SITE CARRIÈRE"), person(3, "autre")]);
    expect(await spellingsOf(world.database, world.account, ["site carrie\u0300re"])).toHaveLength(2);
    expect(await holdSource(deps, "site  carrière")).toBe(2);
    expect(await releaseSource(deps, "Site Carrière")).toMatchObject({ released: 2 });
  });
});
