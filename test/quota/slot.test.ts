import { describe, expect, it } from "vitest";
import { slotMs } from "../../src/quota/slot.ts";

describe("the slot of a request", () => {
  it("is the quota's share of a minute and one per cent more", () => {
    expect([120, 60, 1].map(slotMs)).toEqual([505, 1_010, 60_600]);
  });

  it("keeps any rolling minute inside the quota", () => {
    for (let quota = 1; quota <= 120; quota += 1)
      expect(Math.floor(60_000 / slotMs(quota)) + 1).toBeLessThanOrEqual(quota);
  });
});
