import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { databaseErrorOf } from "../../src/database/errors.ts";

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

it("is in French as well where Postgres refuses something", () => {
  const denied = "permission denied for table campaign";
  const thrown = databaseErrorOf(Object.assign(new Error(denied), { code: "42501" }));
  expect(thrown?.text.fr).toBe(
    `Il manque un droit au rôle de DATABASE_URL : faites-en le propriétaire de la base, ou accordez-lui ce droit (${denied})`,
  );
  const states = "55P03 25006 53300 53100 08006 40001 53200 57014 57P01 58030".split(" ");
  for (const code of states) {
    const { en, fr } = databaseErrorOf(Object.assign(new Error("said"), { code }))?.text ?? { en: code, fr: code };
    expect(fr).not.toBe(en);
  }
});
