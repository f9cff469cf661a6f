/**
 * `npm run lint`. JavaScript, because oxlint reads a TypeScript configuration on Node 22.18 and newer alone.
 *
 * ROOMS is the table of the borders of `src`: what a room may import (rooms and files of rooms), what the author
 * of any other import of ours reads, and other answers for some targets. A room imports only rooms above it, so they
 * form no circle.
 */
const VIEW = ["api", "A page view or a report never calls the vendor (invariant I9): read what our own stores know."];
const ROOMS = {
  platform: ["", "platform/ knows nothing of what the product does: move it into the room that it serves."],
  database: ["platform", "database/ runs and reaches a Postgres; it knows nothing of what is kept in it."],
  people: ["platform database", "people/ finds and erases people: accept what needs another room as a dependency."],
  quota: ["platform database", "quota/ counts requests before they leave; it does not know who sends them."],
  api: [
    "platform quota",
    "api/ is HTTP alone. Return what came and let sync/ or outbox/ map, store or enqueue it.",
    ["database", "api/ knows no database. Accept the log of requests as a dependency; wiring.ts hands it in."],
  ],
  config: ["platform api/kelio.ts", "config/ reads settings: what works with them accepts them as a parameter."],
  mirror: [
    "platform database api/schemas/**",
    "mirror/ only reads and writes mirrored tables. The run protocol belongs in sync/, which calls it.",
  ],
  queue: ["platform database", "queue/ knows no work: handlers are handed in by wiring.ts."],
  sync: [
    "platform database api mirror",
    "sync/ is the run protocol and knows no queue: accept `enqueue` as a dependency; wiring.ts hands it in.",
  ],
  schedule: ["platform config database sync", "schedule/: when runs are due; accept what starts them as a dependency."],
  report: ["platform database", "report/ reads what the views of the schema `report` show, and nothing else."],
  outbox: [
    "platform config database people api",
    "outbox/ knows no queue and no run: accept `enqueue` as a dependency; wiring.ts hands it in.",
    ["mirror", "Only sync/ writes the mirror."],
  ],
  ops: [
    "platform config database people sync schedule outbox",
    "ops/ reports what our own stores know: accept what needs the queue, the quota or the wiring as a dependency.",
    VIEW,
  ],
  process: [
    "platform config database people quota api mirror queue sync schedule report outbox ops",
    "process/ puts the parts of a process together: what they do belongs in their rooms.",
  ],
  sandbox: [
    "",
    "sandbox/ stands in for the vendor and shares no code with the client, or both would share one mistake.",
    ["database", "sandbox/ keeps its data in memory: it stands in for the vendor, not for us."],
  ],
  commands: [
    "platform config database people sync report outbox ops process sandbox",
    "cli.ts runs commands and prints what they return, never the other way round.",
    ["api queue", "Go through process/: nothing calls the API but through the request gate (invariant I1)."],
  ],
};
const ABOVE = "The wiring stands above this room: accept what you need as a dependency, which wiring.ts hands in.";
const QUEUE = "Only queue/ knows BullMQ and ioredis. Accept `enqueue` or a count as a dependency.";
const CLOCK = "Only schedule/ knows node-cron: it keeps the clock.";
const HTTP = "HTTP to Kelio ATS lives in api/, and every request goes through the request gate (invariant I1).";
const PRISMA = "Prisma is reached through database/client.ts (`Database`, `Executor`).";
const ESCAPED = "HTML is built by `html` of ops/page/html.ts, whose fragments are a type: a text is always escaped.";
const ITEMS = "mirror/items/ is pure: an object of the API in, a row out. I/O belongs in sync/ or the rest of mirror/.";
const PARSE =
  "Use readUrl of platform/url.ts: canParse of Node 20 refuses letters such as ü once V8 has compiled its caller.";
const NO_TESTS = "vitest/no-disabled-tests vitest/no-conditional-tests vitest/valid-describe-callback";
const IO = "fs|http|https|net|tls|dns|child_process|worker_threads|process|os|timers";
/** Packages: who may import them, which, what others read. */
const PACKAGES = [
  ["queue", "^(bullmq|ioredis)(/|$)", QUEUE],
  ["schedule settings", "^node-cron(/|$)", CLOCK],
  ["api", "^axios(/|$)", HTTP],
  ["fragments", "^ghtml(/|$)", ESCAPED],
  ["database", "^@prisma/|^[./]+/generated/", PRISMA],
];
const PURE = `^(pg|pino|fastify|jose)(/|$)|^node:(${IO})(/|$)|/(database|config)/`;

const words = (text) => text.split(" ");
const set = (level, rules) => Object.fromEntries(words(rules).map((rule) => [rule, level]));
const names = Object.keys(ROOMS);

function borders(paths, name, patterns) {
  const closed = PACKAGES.filter(([rooms]) => !words(rooms).includes(name));
  const packages = closed.map(([, regex, message]) => ({ regex, message }));
  return { files: paths, rules: { "no-restricted-imports": ["error", { patterns: [...packages, ...patterns] }] } };
}

/** What a file of a room may not import. Only from a known depth does a path tell where it leads. */
function closedTo(name, depth) {
  const [open, message, ...answers] = ROOMS[name];
  const may = words(open);
  const below = may.find((it) => names.indexOf(it.split("/")[0]) >= names.indexOf(name));
  if (below !== undefined) throw new Error(`${name}/ may not import ${below}: it is not above it in ROOMS.`);
  const above = name === "commands" ? [] : [["process cli.ts", ABOVE]];
  const up = "../".repeat(depth);
  const answered = answers.flatMap(([them]) => words(them));
  const targets = [...new Set([...names, "cli.ts", ...answered])].filter((it) => it !== name && !may.includes(it));
  return targets.map((target) => ({
    group: [
      target.endsWith(".ts") ? up + target : `${up}${target}/**`,
      ...may.filter((file) => file.startsWith(`${target}/`)).map((file) => `!${up}${file}`),
    ],
    message: [...answers, ...above].find(([them]) => words(them).includes(target))?.[1] ?? message,
  }));
}

const bordersOf = (name) =>
  [1, 2, 3, 4].map((depth) => borders([`src/${name}/${"*/".repeat(depth - 1)}*.ts`], name, closedTo(name, depth)));
const cron = { regex: "^node-cron(/|$)", allowImportNames: ["validate"], message: "Settings may `validate` alone." };

export default {
  plugins: ["typescript", "import", "unicorn", "promise", "vitest", "node", "oxc"],
  categories: { correctness: "error", suspicious: "error", perf: "error" },
  options: { typeAware: true, reportUnusedDisableDirectives: "warn" },
  ignorePatterns: ["src/generated", "dist"],
  rules: {
    ...set("error", "typescript/no-explicit-any typescript/no-non-null-assertion typescript/no-floating-promises"),
    ...set("error", "typescript/no-misused-promises import/no-default-export import/no-duplicates"),
    ...set("error", "no-console node/no-process-env"),
    "no-restricted-properties": ["error", { object: "URL", property: "canParse", message: PARSE }],
    "typescript/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
    "import/no-cycle": ["error", { ignoreTypes: false }],
    // A file past 200 lines is asked to split at its seam; past 250 it must.
    "max-lines": ["error", { max: 250, skipBlankLines: true, skipComments: true }],
    "no-underscore-dangle": ["error", { allow: ["_all", "_count"] }], // The names of Prisma's aggregates.
    "no-await-in-loop": "off", // Requests, pages and stops go one after the other by design.
    "oxc/no-map-spread": "off", // Rows are copied, not changed; the time goes into requests.
    ...set("off", "oxc/no-accumulating-spread unicorn/prefer-set-has"), // Of a handful of items.
    "unicorn/consistent-function-scoping": "off", // A small helper stands beside its only use.
    "typescript/unbound-method": "off", // Factory closures have no `this` to lose.
  },
  // A later override replaces a rule of an earlier one: the borders of each file are complete.
  overrides: [
    borders(["src/cli.ts"], "cli", []),
    ...names.flatMap(bordersOf),
    borders(["src/config/formats.ts"], "settings", [cron, ...closedTo("config", 1)]),
    borders(["src/mirror/items/*.ts"], "mirror", [
      { regex: PURE, message: ITEMS },
      { group: ["../*.ts", "../../platform/**", "!../../platform/email-key.ts"], message: ITEMS },
      ...closedTo("mirror", 2),
    ]),
    borders(["src/ops/page/html.ts"], "fragments", closedTo("ops", 2)),
    { files: ["src/config/config.ts"], rules: set("off", "node/no-process-env") },
    { files: ["*.config.*"], rules: set("off", "node/no-process-env import/no-default-export") },
    { files: ["test/**"], rules: set("off", "node/no-process-env no-console") },
    { files: ["test/support/**"], rules: set("off", `import/no-default-export ${NO_TESTS}`) },
  ],
};
