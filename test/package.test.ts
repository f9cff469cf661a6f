import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { z } from "zod";
import { ROOT } from "./support/docs.ts";

const Packed = z.tuple([z.object({ size: z.number(), files: z.array(z.object({ path: z.string() })) })]);
const Lock = z.object({
  packages: z.record(z.string(), z.object({ dev: z.boolean().optional(), license: z.string().optional() })),
});

/** What only the build or the tests need, or what brings it. Each stood in production once, or would weigh the most there. */
const ABSENT = ["prisma", "prisma-cli", "typescript", "typescript-compiler", "elkjs", "react", "effect", "vitest"];
const ABSENT_SCOPES = ["@prisma/engines", "@prisma/studio-core", "@prisma/dev", "@electric-sql/", "@typescript/"];

test("the package holds what runs, its migrations and docs, no tests, and at most 1.5 MB", () => {
  const { stdout } = spawnSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
    cwd: ROOT,
    encoding: "utf8",
  });
  const [{ size, files }] = Packed.parse(JSON.parse(stdout));
  const paths = files.map(({ path }) => path);
  expect(size).toBeLessThanOrEqual(1_500_000);
  expect(paths).toEqual(
    expect.arrayContaining(["dist/cli.js", "dist/generated/prisma/client.js", "docs/operations.md", ".env.example"]),
  );
  expect(paths).toContain("prisma/migrations/20261124000000_init/migration.sql");
  expect(paths.filter((path) => /(^|\/)(test|src|\.bench)\/|\.map$|\.env$/.test(path))).toEqual([]);
});

// npm makes a program executable when it links it first, and trusts its link from then on: a later build of the same clone has to do it.
test("the program can be executed once it is built", () => {
  expect(() => accessSync(new URL("dist/cli.js", ROOT), constants.X_OK)).not.toThrow();
});

const lock = Lock.parse(JSON.parse(readFileSync(new URL("package-lock.json", ROOT), "utf8")));
/** What `npm ci --omit=dev` installs. */
const production = Object.entries(lock.packages).filter(([path, { dev }]) => path !== "" && dev !== true);

test("nothing that only the build needs is installed with --omit=dev", () => {
  const names = production.map(([path]) => path.split("node_modules/").at(-1) ?? "");
  expect(names).toContain("@prisma/client");
  expect(names.filter((name) => ABSENT.includes(name) || ABSENT_SCOPES.some((it) => name.startsWith(it)))).toEqual([]);
  const licences = new Set(production.map(([, { license = "none stated" }]) => license));
  expect(
    [...licences].filter(
      (licence) => !/^(MIT|ISC|Apache-2\.0|0BSD|MIT-0|Unlicense|BSD-[23]-Clause|BlueOak.*)$/.test(licence),
    ),
  ).toEqual([]);
});

test("what is installed with --omit=dev takes at most 230 MB on this platform", () => {
  const paths = production.map(([path]) => path).filter((path) => existsSync(new URL(path, ROOT)));
  const { stdout } = spawnSync("du", ["-ck", ...paths], { cwd: ROOT, encoding: "utf8" });
  const kilobytes = Number(/^(\d+)\ttotal$/m.exec(stdout)?.[1]);
  expect(kilobytes).toBeGreaterThan(100_000);
  expect(kilobytes).toBeLessThanOrEqual(230_000);
});
