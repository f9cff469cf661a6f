import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

/** What refuses what a person typed. */
const ROOMS = ["src/commands", "src/outbox/operations", "src/outbox/intake/file", "src/report", "src/database/copy"];

it("is in French as well wherever a command refuses what a person typed", () => {
  const inRooms = ROOMS.flatMap((room) =>
    readdirSync(room, { recursive: true, encoding: "utf8" }).map((name) => join(room, name)),
  );
  const files = ["src/mirror/account.ts", ...inRooms.filter((name) => name.endsWith(".ts"))];
  const english = files.flatMap((file) =>
    [...readFileSync(file, "utf8").matchAll(/new UsageError\(\s*["`]([^"`]+)["`],\s*["`]/g)].map(
      ([, code]) => `${file}: ${code}`,
    ),
  );
  expect(english).toEqual([]);
});

it("is in French as well wherever a command refuses the value of an argument", () => {
  const files = readdirSync("src/commands", { recursive: true, encoding: "utf8" });
  const english = files.filter(
    (name) =>
      name.endsWith(".ts") &&
      name !== "usage.ts" &&
      readFileSync(join("src/commands", name), "utf8").includes("new InvalidArgumentError("),
  );
  expect(english).toEqual([]);
});
