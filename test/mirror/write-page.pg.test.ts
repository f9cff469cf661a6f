import { beforeEach, describe, expect, it } from "vitest";
import { inTransaction } from "../../src/database/client.ts";
import { Prisma } from "../../src/generated/prisma/client.ts";
import { mapItems } from "../../src/mirror/items/item.ts";
import { writeItems } from "../../src/mirror/write-page.ts";
import { sortItems } from "../../src/sync/reading/answer.ts";
import { resources } from "../../src/sync/resources.ts";
import { entities, managers, units } from "../../src/mirror/tables.ts";
import { useDatabase } from "../support/database.ts";
import { waitFor } from "../support/wait-for.ts";

const ACCOUNT = "default";
const campaigns = resources.campaigns.table;
const applicants = resources.applicants.table;

const database = useDatabase();
beforeEach(async () => {
  await database()
    .$executeRaw`truncate public.campaign, public.application, public.applicant, public.manager, public.entity, public.unit, public.change`;
});

function write(values: readonly unknown[], table = campaigns, account = ACCOUNT) {
  return inTransaction(database(), (tx) => writeItems(tx, { account, run: null }, table, mapItems(values).items));
}

describe("a page write", () => {
  it("inserts what is new, updates what changed and leaves the rest alone", async () => {
    expect(
      await write([
        { id: 1, name: "a" },
        { id: 2, name: "b" },
      ]),
    ).toEqual({ inserted: 2, updated: 0, restored: 0, unchanged: 0, written: ["1", "2"] });
    expect(
      await write([
        { id: 1, name: "a" },
        { id: 2, name: "B" },
        { id: 3, name: "c" },
      ]),
    ).toEqual({
      inserted: 1,
      updated: 1,
      restored: 0,
      unchanged: 1,
      written: ["2", "3"],
    });
    const rows = await database().campaign.findMany({ orderBy: { id: "asc" }, select: { id: true, name: true } });
    expect(rows).toEqual([
      { id: 1n, name: "a" },
      { id: 2n, name: "B" },
      { id: 3n, name: "c" },
    ]);
  });

  it("does not touch an unchanged row", async () => {
    await write([{ id: 1, name: "a" }]);
    const version = () => database().$queryRaw`select xmin::text, changed_at from public.campaign`;
    const before = await version();
    await write([{ id: 1, name: "a" }]);
    expect(await version()).toEqual(before);
  });

  it("moves changed_at and keeps first_seen_at when a row changes", async () => {
    await write([{ id: 1, name: "a" }]);
    const first = await database().campaign.findFirstOrThrow();
    await write([{ id: 1, name: "b" }]);
    const second = await database().campaign.findFirstOrThrow();
    expect(second.first_seen_at).toEqual(first.first_seen_at);
    expect(second.changed_at.getTime()).toBeGreaterThan(first.changed_at.getTime());
  });

  it("copies parts of an item as they are, null for one that is missing or null", async () => {
    const comments = [{ text: "\"'\\ é œ 你" }];
    await write([{ id: 1, comments, status_history: null }, { id: 2 }], resources.applications.table);
    const select = { comments: true, status_history: true };
    expect(await database().application.findMany({ orderBy: { id: "asc" }, select })).toEqual([
      { comments, status_history: null },
      { comments: null, status_history: null },
    ]);
    const nulls = await database().application.count({ where: { status_history: { equals: Prisma.DbNull } } });
    expect(nulls).toBe(2);
  });

  it("keeps accounts apart", async () => {
    await write([{ id: 1, name: "a" }]);
    expect(await write([{ id: 1, name: "b" }], campaigns, "other")).toMatchObject({ inserted: 1 });
    expect(await database().campaign.count()).toBe(2);
  });

  it("fills every typed column and the raw item", async () => {
    await write([
      {
        id: 9,
        name: "Conseiller de vente (H/F)",
        status: "online",
        created_at: "2026-09-08T14:18:19.744Z",
        remote_level: 2,
        stages: ["survey", "resume"],
        salary_min: "1800.50",
        is_draft: false,
        address: { name: "Rue des Halles, 75001 Paris", city: "Paris", lat: 48.8595699, lon: 2.3468647 },
        entity: { id: 47, name: "Atelier" },
        tags: [{ name: "urgent" }],
        unforeseen: { kept: true },
      },
    ]);
    const row = await database().campaign.findFirstOrThrow();
    expect(row).toMatchObject({
      status: "online",
      created_at: new Date("2026-09-08T14:18:19.744Z"),
      remote_level: "2",
      stages: ["survey", "resume"],
      is_draft: false,
      city: "Paris",
      latitude: 48.8595699,
      entity_id: 47n,
      tags: ["urgent"],
      deleted_at: null,
    });
    expect(row.salary_min?.toString()).toBe("1800.5");
    expect(row.raw).toMatchObject({ unforeseen: { kept: true } });
  });

  it("stores texts that Postgres would refuse as they came", async () => {
    expect(await write([{ id: 1, name: "a\0b\ud800", deep: ["\0"] }])).toMatchObject({ inserted: 1 });
    expect(await database().campaign.findFirstOrThrow()).toMatchObject({ name: "a\uFFFDb\uFFFD" });
  });

  it("keeps an embed that the list no longer brings, and writes nothing for that", async () => {
    const bare = { id: 1, name: "a" };
    await write([{ ...bare, tags: ["urgent"], address: { city: "Lyon" } }]);
    expect(await write([bare])).toMatchObject({ unchanged: 1 });
    expect(await database().campaign.findFirstOrThrow()).toMatchObject({ tags: ["urgent"], city: "Lyon" });
    expect(await write([{ ...bare, name: "b" }])).toMatchObject({ updated: 1 });
    expect(await database().campaign.findFirstOrThrow()).toMatchObject({ name: "b", city: "Lyon" });
  });

  it("empties an embed that the list brings as empty", async () => {
    await write([{ id: 1, tags: ["urgent"] }]);
    await write([{ id: 1, tags: [], address: null }]);
    expect(await database().campaign.findFirstOrThrow()).toMatchObject({ tags: [], city: null });
  });

  it("does not lose a person's fields when another answer shows less of them", async () => {
    await write([{ id: 5, email: "lea@example.com", phone_number: "600000000" }], applicants);
    await write([{ id: 5, email: "lea@example.org" }], applicants);
    expect(await database().applicant.findFirstOrThrow()).toMatchObject({
      email: "lea@example.org",
      phone_number: "600000000",
    });
  });

  it("accepts a person whole and light in turn, and writes only what has changed", async () => {
    const light = { id: 5, email: "lea@example.com", first_name: "Lea" };
    const whole = { ...light, phone_number: "600000000", address: { city: "Lyon", lat: 45.76 }, pools: ["bakers"] };
    expect(await write([light], applicants)).toMatchObject({ inserted: 1 });
    expect(await write([whole], applicants)).toMatchObject({ updated: 0, unchanged: 1, written: ["5"] });
    expect(await write([light], applicants)).toMatchObject({ unchanged: 1, written: [] });
    expect(await write([whole], applicants)).toMatchObject({ unchanged: 1 });
    expect(await write([{ ...light, first_name: "Léa" }], applicants)).toMatchObject({ updated: 1 });
    expect(await write([{ ...whole, first_name: "Léa", pools: [] }], applicants)).toMatchObject({ updated: 1 });
    const expected = { first_name: "Léa", phone_number: "600000000", city: "Lyon", latitude: 45.76, pools: [] };
    expect(await database().applicant.findFirstOrThrow()).toMatchObject(expected);
  });

  it("writes to the history only what has changed, not what no answer had reported before", async () => {
    await write([{ id: 5, email: "lea@example.com", locale: null }], applicants);
    await write([{ id: 5, email: "lea@example.com", phone_number: "6", address: { city: "Lyon" } }], applicants);
    expect(await database().change.findMany({ where: { kind: "updated" } })).toEqual([]);
    const known = { id: 5, locale: "fr", address: { city: "Paris" } };
    expect(await write([{ ...known, pools: ["a"], company: { id: 9 } }], applicants)).toMatchObject({ updated: 1 });
    expect(await write([{ ...known, pools: ["b"] }], applicants)).toMatchObject({ updated: 1 });
    const changes = {
      orderBy: { id: "asc" },
      where: { kind: "updated" },
      select: { before: true, after: true },
    } as const;
    expect(await database().change.findMany(changes)).toEqual([
      { before: { locale: null, city: "Lyon" }, after: { locale: "fr", city: "Paris" } },
      { before: { pools: ["a"] }, after: { pools: ["b"] } },
    ]);
    await write([{ id: 6, entity: { id: 47 } }]);
    expect(await write([{ id: 6, entity: { id: 48 }, entity_id: 48 }])).toMatchObject({ updated: 1 });
    expect(await database().change.findMany({ ...changes, where: { kind: "updated", rowId: 6 } })).toEqual([
      { before: { entity_id: 47 }, after: { entity_id: 48 } },
    ]);
  });

  it("loses nothing where a whole and a light answer bring the same new person at the same time", async () => {
    const light = { id: 5, email: "lea@example.com" };
    const whole = { ...light, phone_number: "600000000" };
    const { second } = await inTransaction(database(), async (tx) => {
      await writeItems(tx, { account: ACCOUNT, run: null }, applicants, mapItems([whole]).items);
      const writing = write([light], applicants);
      await waitFor("a second writer that waits for the first", async () => {
        const waiting = await database().$queryRaw<unknown[]>`
          select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
        return waiting.length > 0;
      });
      return { second: writing };
    });
    expect(await second).toMatchObject({ unchanged: 1 });
    expect(await database().applicant.findFirst()).toMatchObject({ phone_number: "600000000" });
  });

  it("fills the tables of the organisation", async () => {
    const created = { created_at: "2026-01-02T03:04:05.678Z" };
    await write([{ id: 1, email: "m@example.org", credentials: 3, company_id: 9, ...created }], managers);
    await write([{ id: 2, name: "Atelier", reference: "A", color: "#515A53", ...created }], entities);
    await write([{ id: 3, entity_id: 2, name: "Nord", ...created }], units);
    const at = new Date(created.created_at);
    expect(await database().manager.findFirst()).toMatchObject({ credentials: "3", company_id: 9n, created_at: at });
    expect(await database().entity.findFirst()).toMatchObject({ name: "Atelier", color: "#515A53", created_at: at });
    expect(await database().unit.findFirst()).toMatchObject({ entity_id: 2n, name: "Nord", created_at: at });
  });

  it("lets two writers of the same rows in different order finish", async () => {
    const values = Array.from({ length: 50 }, (_, i) => ({ id: i + 1, name: "a" }));
    await Promise.all(
      Array.from({ length: 8 }, (_, n) =>
        write((n % 2 === 0 ? values : values.toReversed()).map((value) => ({ ...value, name: `writer ${n}` }))),
      ),
    );
    expect(await database().campaign.count()).toBe(50);
  });
});

describe("the items of an applications page", () => {
  it("go to two tables, each applicant once", () => {
    const person = { id: 5, email: "lea@example.com" };
    const { main, parts, invalid } = sortItems(resources.applications, [
      { id: 1, applicant: person },
      { id: 2, applicant: person },
      { id: 3, applicant: null },
      { id: 4, applicant: { email: "nobody@example.com" } },
    ]);
    expect(main.items.map(({ raw }) => raw["applicant_id"])).toEqual([5, 5, undefined, undefined]);
    expect(parts.map(({ items }) => items.map(({ id }) => id))).toEqual([["5"]]);
    expect(invalid.map(({ reason }) => reason)).toEqual(["id is missing or not a whole number"]);
  });
});
