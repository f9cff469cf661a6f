import { readdir, readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { because, codesWith, REASONS, reasonCodeOf, reasonOf } from "../../src/outbox/import/reasons.ts";
import { isWaived } from "../../src/outbox/import/waivers.ts";
import { fill } from "../../src/platform/language.ts";
import { explain } from "../../src/outbox/operations/next-step.ts";

const codes = Object.keys(REASONS);

function explained(reasonCode: string | null, state: string) {
  const row = { id: 5n, applicantState: state, applicationState: null, reasonCode, notBefore: null };
  return explain({ ...row, email: "lea@example.org", source: "careers", campaignId: 7n }, "the reset command");
}

describe("each reason of an import", () => {
  it.each(codes)("says what happened and what is next in English and in French, without a gap: %s", (code) => {
    const { reason, next } = explained(code, reasonOf(code)?.state ?? "");
    for (const text of [reason, next]) {
      expect(text?.en).toMatch(/^[^{}]+$/);
      expect(text?.fr).toMatch(/^[^{}]+$/);
      expect(text?.fr).not.toBe(text?.en);
    }
  });

  it("can be lifted by a release only where a check gives it", () => {
    expect(codesWith(({ lifts }) => lifts === true).every((code) => reasonOf(code)?.state === "held")).toBe(true);
  });
});

describe("the next step of an import", () => {
  it("is that of its reason, else that of its state", () => {
    expect(explained("kill_switch", "held").next.en).toBe("All imports are held: the reset command");
    expect(explained("by_hand", "held").next.en).toMatch(/^Check it, then: applicant-sync imports release 5, or /);
    expect(explained("kill_switch", "ready").next.en).toBe("A worker sends it next.");
    expect(explained("api_invalid", "rejected").next.en).toMatch(/imports retry 5$/);
    expect(explained("invalid", "rejected").next.en).toBe("Fix what the reason names, and import it again.");
  });
});

describe("because", () => {
  it("leads to the state of the reason, with its text or with other words", () => {
    const move = { to: "held", reasonCode: "campaign_not_online" };
    expect(because("campaign_not_online", { campaign: "7" })).toEqual({
      ...move,
      reason: "Campaign 7 is not online, as far as the mirror knows. Release it to send it anyway.",
    });
    expect(because("campaign_not_online", "It is elsewhere.")).toEqual({ ...move, reason: "It is elsewhere." });
  });
});

it("keeps a code of the API, and calls one that nobody knows internal", () => {
  expect([reasonCodeOf("api_invalid"), reasonCodeOf("no_such"), reasonCodeOf(null)]).toEqual([
    "api_invalid",
    "internal",
    null,
  ]);
  expect(reasonOf("no_such")).toBeNull();
  expect(fill({ en: "{a} {b}", fr: "{b}" }, { a: "1" })).toEqual({ en: "1 {b}", fr: "{b}" });
});

it("counts a release for the campaign that it was for", () => {
  expect(isWaived({ campaignId: 7n, waived: ["deleted_there:7"] }, "deleted_there")).toBe(true);
  expect(isWaived({ campaignId: 8n, waived: ["deleted_there:7"] }, "deleted_there")).toBe(false);
  expect(isWaived({ waived: ["deleted_there"] }, "deleted_there")).toBe(true);
});

it("has a row for every reason code that a statement of the outbox names", async () => {
  const files = (await readdir("src/outbox", { recursive: true })).filter((name) => name.endsWith(".ts"));
  const sources = await Promise.all(files.map((name) => readFile(`src/outbox/${name}`, "utf8")));
  const named = sources.flatMap((source) =>
    [...source.matchAll(/reason_code(?: =| in|:) [("]*'([a-z_]+)'(?:, '([a-z_]+)')?/g)].flatMap(
      ([, ...found]) => found,
    ),
  );
  const used = new Set(named.filter((code) => code !== undefined));
  expect([...used].filter((code) => !codes.includes(code))).toEqual([]);
  expect(used.size).toBeGreaterThan(5);
});
