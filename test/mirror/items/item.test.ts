import { describe, expect, it } from "vitest";
import { canonical, hashOf } from "../../../src/mirror/items/canonical.ts";
import { completed, mapItems } from "../../../src/mirror/items/item.ts";

describe("the items of an answer", () => {
  it("are known by a whole number, written as a number or as text", () => {
    expect(mapItems([{ id: 7 }, { id: "8" }, { id: " 9 " }]).items.map(({ id }) => id)).toEqual(["7", "8", "9"]);
  });

  it.each([
    ["no object", 42, "not an object"],
    ["an array", [{ id: 1 }], "not an object"],
    ["null", null, "not an object"],
    ["no id", { name: "x" }, "id is missing or not a whole number"],
    ["a null id", { id: null }, "id is missing or not a whole number"],
    ["a word for an id", { id: "abc" }, "id is missing or not a whole number"],
    ["a fraction for an id", { id: 1.5 }, "id is missing or not a whole number"],
    ["a negative id", { id: -1 }, "id is missing or not a whole number"],
    ["an id that no bigint holds", { id: "99999999999999999999" }, "id is missing or not a whole number"],
    ["an id whose digits JSON has lost", { id: 2 ** 60 }, "id is missing or not a whole number"],
  ])("go to quarantine with the reason where there is %s", (_, value, reason) => {
    const { items, invalid } = mapItems([value]);
    expect(items).toEqual([]);
    expect(invalid).toEqual([{ reason, raw: value }]);
  });

  it("stand once however often an answer repeats them, as they stood first", () => {
    const { items } = mapItems([
      { id: 1, status: "new" },
      { id: 1, status: "old" },
    ]);
    expect(items.map(({ raw }) => raw)).toEqual([{ id: 1, status: "new" }]);
  });

  it("keep of an embedded object its id alone, also where the id stands nowhere else", () => {
    const links = { campaign: "campaign_id", applicant: "applicant_id" };
    const { items } = mapItems([{ id: 1, campaign: { id: 5, name: "Vendeur" }, applicant: null }], links);
    expect(items[0]?.raw).toEqual({ id: 1, campaign_id: 5 });
  });

  it("have the same hash whether a linked object is embedded or not", () => {
    const links = { campaign: "campaign_id" };
    const [bare] = mapItems([{ id: 1, campaign_id: 5 }], links).items;
    const [embedded] = mapItems([{ id: 1, campaign_id: 5, campaign: { id: 5, name: "Vendeur" } }], links).items;
    expect(embedded?.hash).toBe(bare?.hash);
  });
});

describe("an item completed by an older one", () => {
  const light = () => mapItems([{ id: 1, name: "a" }]).items[0] ?? expect.fail("no item");

  it("is the same, hash included, as if it had come whole, in whatever order the older one's keys stand", () => {
    const [whole] = mapItems([{ id: 1, name: "a", address: { city: "Lyon", zip: "69" } }]).items;
    expect(completed(light(), { name: "old", id: 1, address: { zip: "69", city: "Lyon" } })).toEqual(whole);
  });

  it("stays as it is where it left nothing out", () => {
    expect(completed(light(), { id: 1, name: "old" })).toEqual(light());
  });
});

describe("the canonical form", () => {
  it("is the same whatever the order of the keys", () => {
    expect(hashOf(canonical({ a: 1, b: { c: 2, d: 3 } }))).toBe(hashOf(canonical({ b: { d: 3, c: 2 }, a: 1 })));
  });

  it("differs where a value, its type or the order of a list differs", () => {
    const hashes = [{ a: 1 }, { a: "1" }, { a: null }, {}, { a: [1, 2] }, { a: [2, 1] }].map((one) =>
      hashOf(canonical(one)),
    );
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  it("holds no text that Postgres refuses", () => {
    expect(canonical({ "k\0": "a\0b", lone: "\ud800" })).toEqual({ "k\uFFFD": "a\uFFFDb", lone: "\uFFFD" });
  });

  it("keeps a field that is named like a part of every object", () => {
    expect(JSON.stringify(canonical(JSON.parse('{"__proto__":{"a":1}}')))).toBe('{"__proto__":{"a":1}}');
  });
});
