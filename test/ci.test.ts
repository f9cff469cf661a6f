import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { SETTINGS } from "../src/config/settings.ts";

const ROOT = new URL("../", import.meta.url);

test("CI leaves no setting of the surroundings to the tests, but the proxies that npm needs before them", () => {
  const script = readFileSync(new URL(".ci/run", ROOT), "utf8");
  const begin = script.slice(script.indexOf("# The tests start"), script.indexOf("programs=("));
  const names = SETTINGS.map(({ name }) => name);
  const set = [...names, ...names.map((name) => `${name}_FILE`), "KELIO_OLD", "PGHOST", "NOTIFY_SOCKET"];
  const env = { PATH: process.env["PATH"] ?? "", ...Object.fromEntries(set.map((name) => [name, "x"])) };
  const { stdout } = spawnSync("bash", ["-euc", `${begin}\ncompgen -e`], {
    cwd: fileURLToPath(ROOT),
    env,
    encoding: "utf8",
  });
  const left = stdout.split("\n").filter((name) => set.includes(name));
  expect(left.toSorted()).toEqual(set.filter((name) => name.includes("_PROXY")).toSorted());
});
