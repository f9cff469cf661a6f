/**
 * `npm run lint`. JavaScript, because oxlint reads a TypeScript configuration on Node 22.18 and newer alone.
 *
 * ROOMS is the table of the borders of `src`: what a room may import (rooms, files of rooms, `type:` for their types
 * alone, and the guarded files of `src` itself), what the author of any other import of ours reads, and other answers
 * for some targets. A room imports only rooms above it, so they form no circle.
 */
const STORES = "database.ts request-log.ts";
const WIRING = "main.ts stores.ts program.ts cli.ts";
const ROOMS = {
  embedded: [STORES, "embedded/ runs a Postgres and applies migrations; it knows nothing of what is kept in it."],
  api: [
    "",
    "api/ is HTTP alone. Return what came and let sync/ or outbox/ map, store or enqueue it.",
    [STORES, "api/ knows no database. Accept the log of requests as a dependency; main.ts hands it in."],
  ],
  mapping: [
    "api/schemas.ts api/organisation-schemas.ts",
    "mapping/ is pure: an API object in, a row out; of api/ it knows the schemas. I/O belongs in sync/ or mirror/.",
  ],
  mirror: [
    `${STORES} mapping/rows.ts mapping/item.ts mapping/canonical.ts mapping/bounded.ts`,
    "mirror/ only reads and writes mirrored tables. The run protocol belongs in sync/, which calls it.",
    ["mapping", "mirror/ is handed rows; the mapping of a resource is chosen in sync/resources.ts."],
  ],
  queue: [
    "",
    "queue/ knows no work: handlers are handed in by main.ts.",
    [STORES, "queue/ keeps its jobs through BullMQ: accept a function as a dependency where it needs our tables."],
  ],
  sync: [
    `${STORES} api mapping mirror`,
    "sync/ is the run protocol and knows no queue: accept `enqueue` as a dependency; main.ts hands it in.",
  ],
  outbox: [
    `${STORES} api mirror/reads.ts`,
    "outbox/ knows no queue and no run: accept `enqueue` as a dependency; main.ts hands it in.",
    ["mirror", "outbox/ may read the mirror (mirror/reads.ts); only sync/ writes it."],
  ],
  ops: [
    `${STORES} mirror/reads.ts outbox/reads.ts`,
    "ops/ shows our own stores: mirror/reads.ts and outbox/reads.ts.",
    ["api", "A page view or a report never calls the vendor (invariant I9). Read the mirror: mirror/reads.ts."],
    ["queue", "ops/ is given a function that counts jobs; main.ts hands it in."],
    ["mirror outbox", "ops/ only reads: mirror/reads.ts, outbox/reads.ts."],
  ],
  sandbox: [
    "",
    "sandbox/ stands in for the vendor and shares no code with the client, or both would share one mistake.",
    [STORES, "sandbox/ keeps its data in memory: it stands in for the vendor, not for us."],
  ],
  commands: [
    `${STORES} main.ts stores.ts embedded mirror/reads.ts type:queue sync outbox ops sandbox`,
    "program.ts runs commands and prints what they return, never the other way round.",
    ["api", "Nothing calls the API outside the queue (invariant I1): enqueue through the wiring of main.ts."],
    ["queue", "Commands go through the wiring of main.ts; only types may come from here."],
    ["mapping mirror", "Commands only read the mirror: mirror/reads.ts."],
  ],
};
const ABOVE = "The wiring stands above this folder: accept what you need as a dependency, which main.ts hands in.";
const ROOT =
  "Root files know no folder, the wiring alone does: move it into the folder it serves, or accept a dependency.";
const CRON = "Settings may ask node-cron whether an expression is valid (`validate`), and nothing else.";
const QUEUE = "Only queue/ knows BullMQ, ioredis and node-cron. Accept `enqueue` or a count as a dependency.";
const HTTP = "HTTP to Kelio ATS lives in api/, and every request goes through the queue (invariant I1).";
const PRISMA = "Prisma is reached through database.ts (`Database`, `Executor`).";
const IO = "fs|http|https|net|tls|dns|child_process|worker_threads|process|os|timers";
/** Packages: who may import them (`!`: everybody but), which, what others read. `root`: the files of `src` itself. */
const PACKAGES = [
  ["queue", "^(bullmq|ioredis)(/|$)", QUEUE],
  ["queue config-fields", "^node-cron(/|$)", QUEUE],
  ["api", "^axios(/|$)", HTTP],
  ["root config-fields", "^@prisma/|^[./]+/generated/", PRISMA],
  ["!mapping", `^(pg|pino|fastify|jose)(/|$)|^node:(${IO})(/|$)|/(logger|lifecycle|config).ts$`, "mapping/ is pure."],
];

const words = (text) => text.split(" ");
const set = (level, rules) => Object.fromEntries(words(rules).map((rule) => [rule, level]));
const names = Object.keys(ROOMS);
const files = words(`${WIRING} ${STORES}`);

function borders(paths, name, patterns) {
  const closed = PACKAGES.filter(([rooms]) => (rooms[0] === "!" ? rooms === `!${name}` : !words(rooms).includes(name)));
  const packages = closed.map(([, regex, message]) => ({ regex, message }));
  return { files: paths, rules: { "no-restricted-imports": ["error", { patterns: [...packages, ...patterns] }] } };
}

/** One override for each depth of a room's folders: only from there does a path tell where it leads. */
function bordersOf([name, [open, message, ...answers]], index) {
  const may = words(open);
  const below = may.find((target) => names.indexOf(target.replace("type:", "").split("/")[0]) >= index);
  if (below !== undefined) throw new Error(`${name}/ may not import ${below}: it is not above it in ROOMS.`);
  const above = name === "commands" ? [] : [[WIRING, ABOVE]];
  return [1, 2, 3].map((depth) => {
    const up = "../".repeat(depth);
    const targets = [...names, ...files].filter((target) => target !== name && !may.includes(target));
    const patterns = targets.map((target) => ({
      group: [
        target.endsWith(".ts") ? up + target : `${up}${target}/**`,
        ...may.filter((file) => file.startsWith(`${target}/`)).map((file) => `!${up}${file}`),
      ],
      allowTypeImports: may.includes(`type:${target}`),
      message: [...answers, ...above].find(([them]) => words(them).includes(target))?.[1] ?? message,
    }));
    return borders([`src/${name}/${"*/".repeat(depth - 1)}*.ts`], name, patterns);
  });
}

const folders = { group: names.map((name) => `./${name}/**`), message: ROOT };
const cron = { regex: "^node-cron(/|$)", allowImportNames: ["validate"], message: CRON };

export default {
  plugins: ["typescript", "import", "unicorn", "promise", "vitest", "node", "oxc"],
  categories: { correctness: "error", suspicious: "error", perf: "error" },
  options: { typeAware: true, reportUnusedDisableDirectives: "warn" },
  ignorePatterns: ["src/generated", "dist"],
  rules: {
    ...set("error", "typescript/no-explicit-any typescript/no-non-null-assertion typescript/no-floating-promises"),
    ...set("error", "typescript/no-misused-promises no-console node/no-process-env import/no-default-export"),
    "typescript/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
    "import/no-cycle": ["error", { ignoreTypes: false }],
    // A file past 200 lines is asked to split at its seam; past 250 it must.
    "max-lines": ["error", { max: 250, skipBlankLines: true, skipComments: true }],
    "no-underscore-dangle": ["error", { allow: ["_all", "_count"] }], // The names of Prisma's aggregates.
    "no-await-in-loop": "off", // Requests, pages and stops go one after the other by design.
    "oxc/no-map-spread": "off", // Rows are copied, not changed; the time goes into requests.
    "oxc/no-accumulating-spread": "off", // Of a handful of items.
    "unicorn/prefer-set-has": "off", // In a handful of items.
    "unicorn/consistent-function-scoping": "off", // A small helper stands beside its only use.
    "typescript/unbound-method": "off", // Factory closures have no `this` to lose.
  },
  // A later override replaces a rule of an earlier one: the borders of each file are complete.
  overrides: [
    borders(["src/*.ts"], "root", [folders]),
    borders(["src/{main,stores,program,cli}.ts"], "wiring", []),
    borders(["src/config/fields.ts"], "config-fields", [cron, folders]),
    ...Object.entries(ROOMS).flatMap(bordersOf),
    { files: ["src/config/config.ts", "*.config.*", "test/**"], rules: set("off", "node/no-process-env") },
    { files: ["src/commands/program.ts", "test/**"], rules: set("off", "no-console") },
    { files: ["*.config.*", "test/support/**"], rules: set("off", "import/no-default-export") },
    // No tests, but what tests are built from.
    { files: ["test/support/**"], rules: set("off", "vitest/no-disabled-tests vitest/no-conditional-tests") },
    { files: ["test/support/**"], rules: set("off", "vitest/valid-describe-callback") },
  ],
};
