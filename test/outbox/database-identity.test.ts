import { describe, expect, it } from "vitest";
import { compareIdentity, type Identity, type Progress } from "../../src/outbox/restore/database-identity.ts";

const KNOWN: Identity = {
  system: "7",
  database: 16_384n,
  timeline: "00000001",
  version: 150_004,
  directoryId: "12:34",
};
const AT: Progress = { seen: 5n, steps: 5n };
const UNSEEN: Progress = { seen: null, steps: 5n };

describe("a database", () => {
  it.each<[string, Partial<Identity>, Progress, string]>([
    ["that nothing has happened to", {}, AT, "own"],
    ["that nothing is remembered of, as with a new DATA_DIR", {}, UNSEEN, "own"],
    ["in which other workers went on", {}, { seen: 5n, steps: 9n }, "own"],
    ["that shows less than was seen", {}, { seen: 6n, steps: 5n }, "older"],
    ["that was restored into another server, and shows less", { system: "8" }, { seen: 6n, steps: 5n }, "older"],
    ["of another server", { system: "8" }, AT, "copied"],
    [
      "of another server with a newer version that stands where it stood, as after pg_upgrade",
      { system: "8", version: 160_001, timeline: "00000001" },
      AT,
      "adopt",
    ],
    [
      "of another server with a newer version that nothing is remembered of",
      { system: "8", version: 160_001 },
      UNSEEN,
      "copied",
    ],
    [
      "of another server with a newer version that has gone on elsewhere",
      { system: "8", version: 160_001 },
      { seen: 5n, steps: 6n },
      "copied",
    ],
    [
      "of another server with a newer version in which nothing was ever sent",
      { system: "8", version: 160_001 },
      { seen: 0n, steps: 0n },
      "copied",
    ],
    ["that is a clone in the same server", { database: 16_999n }, AT, "copied"],
    ["in a copied directory", { directoryId: "99:34" }, AT, "copied"],
    ["after a failover that lost nothing", { timeline: "00000002" }, AT, "adopt"],
    ["after a failover of which nobody knows what it lost", { timeline: "00000002" }, UNSEEN, "copied"],
    ["after a failover that lost a step", { timeline: "00000002" }, { seen: 6n, steps: 5n }, "older"],
    ["after a minor upgrade", { version: 150_010 }, AT, "adopt"],
    ["whose server tells nothing of itself any more", { system: null, timeline: null }, UNSEEN, "own"],
    ["that is reached by its URL instead of its directory", { directoryId: null }, UNSEEN, "own"],
  ])("%s", (_, changed, progress, verdict) => {
    expect(compareIdentity(KNOWN, { ...KNOWN, ...changed }, progress)).toBe(verdict);
  });

  it("whose server reported nothing about itself is known by what it reports now", () => {
    const silent = { ...KNOWN, system: null, timeline: null, directoryId: null };
    expect(compareIdentity(silent, KNOWN, UNSEEN)).toBe("adopt");
  });
});
