import { describe, expect, it } from "vitest";
import { notOffered } from "../../src/mirror/embed-offers.ts";
import { countPendingDetails } from "../../src/mirror/pending-details.ts";
import { resources } from "../../src/sync/resources.ts";
import { useDatabase } from "../support/database.ts";
import { openReader, type Reader } from "../support/list-double.ts";

const database = useDatabase();
const ROWS = 60;
const PER_RUN = 40;
const { table } = resources.campaigns;
const EMBEDS = resources.campaigns.embed.customer;
let accounts = 0;

type Fields = (id: number) => object;
interface Campaigns extends Reader {
  readonly account: string;
  /** What the list and the endpoint of single rows bring of each row; null: that endpoint answers 404. */
  readonly bring: (listed: Fields, shown: Fields | null) => void;
  readonly waiting: () => Promise<number>;
  /** The names of what is not offered; null: single rows. */
  readonly missing: () => Promise<readonly (string | null)[]>;
  /** Makes the last trial a week old. */
  readonly age: () => Promise<void>;
}

/** A customer's list of campaigns, whose ids are 60 to 1, the newest first. */
async function openCampaigns(detailsPerRun = PER_RUN): Promise<Campaigns> {
  const account = `embeds-${(accounts += 1)}`;
  const reader = await openReader(database(), account, { detailsPerRun });
  const at = { account, resource: "campaigns" };
  return {
    ...reader,
    account,
    bring(listed, shown) {
      reader.source.items = Array.from({ length: ROWS }, (_, i) =>
        JSON.stringify({ id: ROWS - i, ...listed(ROWS - i) }),
      );
      reader.source.show = (id) => (shown === null ? 404 : JSON.stringify({ id: Number(id), ...shown(Number(id)) }));
    },
    waiting: async () => (await countPendingDetails(database(), account, [table]))(table),
    missing: async () => (await notOffered(database(), account))(at.resource).map(({ embed }) => embed),
    age: async () => {
      const date = new Date(Date.now() - 8 * 86_400_000);
      await database().embedOffer.updateMany({
        where: { ...at, notOfferedSince: { not: null } },
        data: { notOfferedSince: date, triedAt: date },
      });
    },
  };
}

const ALL = Object.fromEntries(EMBEDS.map((embed) => [embed, null]));
const { tags: _, ...REST } = ALL;
const BUT_TAGS = { ...REST, name: "a" };
const nothing = () => ({});

describe("an embed that neither the list nor the endpoint of single rows brings", () => {
  it("counts as not offered after five rows without it, and no further row is asked for", async () => {
    const campaigns = await openCampaigns();
    campaigns.bring(
      () => BUT_TAGS,
      () => BUT_TAGS,
    );
    expect(await campaigns.read("campaigns")).toMatchObject({
      state: "proven",
      details: { selected: PER_RUN, completed: 5 },
    });
    expect(campaigns.shown()).toHaveLength(5);
    expect(await campaigns.missing()).toEqual(["tags"]);
    expect(await campaigns.waiting()).toBe(0);
    campaigns.bring(
      (id) => ({ ...BUT_TAGS, name: `changed ${id}` }),
      () => BUT_TAGS,
    );
    expect(await campaigns.read("campaigns")).toMatchObject({
      state: "proven",
      updated: ROWS,
      details: { selected: 0 },
    });
    await campaigns.read("campaigns", "incremental");
    expect(campaigns.shown()).toHaveLength(5);
  });

  it("is tried again with one row a week", async () => {
    const campaigns = await openCampaigns();
    campaigns.bring(
      () => BUT_TAGS,
      () => BUT_TAGS,
    );
    await campaigns.read("campaigns");
    await campaigns.age();
    expect(await campaigns.read("campaigns")).toMatchObject({
      state: "proven",
      details: { selected: 1, completed: 1 },
    });
    await campaigns.read("campaigns");
    await campaigns.read("campaigns", "incremental");
    expect(campaigns.shown()).toHaveLength(6);
    expect(await campaigns.missing()).toEqual(["tags"]);
  });

  it("is asked for of every row once a trial has brought it", async () => {
    const campaigns = await openCampaigns();
    campaigns.bring(
      () => BUT_TAGS,
      () => BUT_TAGS,
    );
    await campaigns.read("campaigns");
    campaigns.bring(
      () => BUT_TAGS,
      (id) => ({ ...BUT_TAGS, tags: [`tag ${id}`] }),
    );
    await campaigns.age();
    await campaigns.read("campaigns");
    expect(await campaigns.missing()).toEqual([]);
    await campaigns.read("campaigns");
    await campaigns.read("campaigns");
    const rows = await database().campaign.findMany({ where: { account: campaigns.account } });
    expect(rows.filter(({ id, tags }) => tags[0] !== `tag ${id}`)).toEqual([]);
    expect(await campaigns.waiting()).toBe(0);
    expect(campaigns.shown()).toHaveLength(5 + ROWS);
  });

  it("counts as offered again as soon as a list brings it", async () => {
    const campaigns = await openCampaigns();
    campaigns.bring(
      () => BUT_TAGS,
      () => BUT_TAGS,
    );
    await campaigns.read("campaigns");
    campaigns.bring(
      () => ({ ...ALL, tags: ["listed"] }),
      () => ALL,
    );
    expect(await campaigns.read("campaigns")).toMatchObject({ state: "proven", details: { selected: 0 } });
    expect(await campaigns.missing()).toEqual([]);
    const where = { account: campaigns.account, tags: { has: "listed" } };
    expect(await database().campaign.count({ where })).toBe(ROWS);
    expect(campaigns.shown()).toHaveLength(5);
  });

  it("does not keep rows from being completed with those that single rows bring", async () => {
    const campaigns = await openCampaigns();
    campaigns.bring(nothing, (id) => ({ ...REST, address: { city: `city ${id}` } }));
    expect(await campaigns.read("campaigns")).toMatchObject({ details: { selected: PER_RUN, completed: PER_RUN } });
    expect(await campaigns.read("campaigns")).toMatchObject({
      details: { selected: ROWS - PER_RUN, completed: ROWS - PER_RUN },
    });
    expect(await campaigns.missing()).toEqual(["tags"]);
    const rows = await database().campaign.findMany({ where: { account: campaigns.account } });
    expect(rows.filter(({ id, city }) => city !== `city ${id}`)).toEqual([]);
    await campaigns.read("campaigns");
    expect(campaigns.shown()).toHaveLength(ROWS);
  });
});

describe("an embed that only some rows have", () => {
  it("is empty where it is absent: no row is asked for where the list brings it for others", async () => {
    const campaigns = await openCampaigns();
    campaigns.bring(
      (id) => (id % 60 === 0 ? { ...BUT_TAGS, tags: ["rare"] } : BUT_TAGS),
      () => BUT_TAGS,
    );
    expect(await campaigns.read("campaigns")).toMatchObject({ state: "proven", details: { selected: 0 } });
    await campaigns.read("campaigns");
    await campaigns.read("campaigns", "incremental");
    expect(campaigns.shown()).toEqual([]);
    expect(await campaigns.waiting()).toBe(0);
  });

  it("is asked for once a row where single rows alone bring it", async () => {
    const campaigns = await openCampaigns();
    campaigns.bring(
      () => BUT_TAGS,
      (id) => (id % 10 === 0 ? { ...BUT_TAGS, tags: ["rare"] } : BUT_TAGS),
    );
    await campaigns.read("campaigns");
    await campaigns.read("campaigns");
    await campaigns.read("campaigns");
    expect(campaigns.shown()).toHaveLength(ROWS);
    expect(new Set(campaigns.shown()).size).toBe(ROWS);
    expect(await database().campaign.count({ where: { account: campaigns.account, tags: { has: "rare" } } })).toBe(
      ROWS / 10,
    );
    expect(await campaigns.missing()).toEqual([]);
  });

  it("is asked for again of a row that changed, once lists have stopped to bring it", async () => {
    const campaigns = await openCampaigns();
    campaigns.bring(
      () => ({ ...ALL, tags: ["old"] }),
      () => ({ ...ALL, tags: ["old"] }),
    );
    await campaigns.read("campaigns");
    campaigns.bring(
      (id) => ({ ...REST, name: id === ROWS ? "changed" : undefined }),
      (id) => ({ ...ALL, name: id === ROWS ? "changed" : undefined, tags: ["new"] }),
    );
    await campaigns.read("campaigns", "incremental");
    await campaigns.read("campaigns");
    expect(campaigns.shown()).toEqual([String(ROWS)]);
    const row = await database().campaign.findFirst({ where: { account: campaigns.account, id: ROWS } });
    expect(row).toMatchObject({ name: "changed", tags: ["new"] });
  });
});

describe("an endpoint of single rows that answers for none", () => {
  it.each([404, 403])(
    "counts as not offered after five answers of %i, and is tried again once a week",
    async (status) => {
      const campaigns = await openCampaigns();
      campaigns.bring(nothing, nothing);
      campaigns.source.show = () => status;
      for (let run = 1; run <= 4; run += 1) await campaigns.read("campaigns");
      expect(campaigns.shown()).toHaveLength(6);
      expect(await campaigns.missing()).toEqual([null]);
      expect(await campaigns.waiting()).toBe(ROWS);
      await campaigns.age();
      await campaigns.read("campaigns");
      await campaigns.read("campaigns");
      expect(campaigns.shown()).toHaveLength(7);
    },
  );

  it("completes the rows that wait once it answers again", async () => {
    const campaigns = await openCampaigns();
    campaigns.bring(nothing, null);
    for (let run = 1; run <= 3; run += 1) await campaigns.read("campaigns");
    campaigns.bring(nothing, (id) => ({ ...ALL, tags: [`tag ${id}`] }));
    await campaigns.age();
    for (let run = 1; run <= 3; run += 1) await campaigns.read("campaigns");
    expect(await campaigns.missing()).toEqual([]);
    const left = campaigns.waiting();
    expect(await left).toBeLessThanOrEqual(6);
  });
});

describe("a row that is shown with a value that nobody can keep", () => {
  it("goes to quarantine and is not asked for again", async () => {
    const campaigns = await openCampaigns();
    const deep = `${"[".repeat(20_000)}${"]".repeat(20_000)}`;
    campaigns.bring(nothing, () => ALL);
    const { show } = campaigns.source;
    campaigns.source.show = (id) => (id === "60" ? `{"id":60,"tags":${deep}}` : show(id));
    await campaigns.read("campaigns");
    await campaigns.read("campaigns");
    expect(campaigns.shown().filter((id) => id === "60")).toHaveLength(1);
    const kept = await database().quarantine.findMany({ where: { account: campaigns.account } });
    expect(kept).toMatchObject([{ rowId: 60n, reason: "nested too deep" }]);
  });
});
