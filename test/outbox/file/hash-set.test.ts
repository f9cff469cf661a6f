import { describe, expect, it } from "vitest";
import { createHashSet } from "../../../src/outbox/intake/file/hash-set.ts";

describe("a hash set", () => {
  it("tells new texts from known ones, and their owners apart, however much it grows", () => {
    const set = createHashSet(1);
    const texts = Array.from({ length: 5_000 }, (_, n) => `text ${n}`);
    expect(texts.filter((text) => set.add(text, `owner of ${text}`) !== "new")).toEqual([]);
    expect(texts.filter((text) => set.add(text, `owner of ${text}`) !== "same")).toEqual([]);
    expect(texts.filter((text) => set.add(text, "another") !== "other")).toEqual([]);
    expect(set.add("without an owner")).toBe("new");
    expect(set.add("without an owner")).toBe("same");
  });
});
