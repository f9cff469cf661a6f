/** One person with a text of their own in every field that somebody can submit or the API can send, and where any part of it still stands. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { Redis } from "ioredis";
import type { Database } from "../../src/database/client.ts";

/** Stands in every text of the person, names and e-mail included. */
export const MARK = "qx7";
/** The national digits of the phone. */
const DIGITS = "612349876";

export const text = (field: string) => `${field}-${MARK}`;
export const EMAIL = `zoe.kanari${MARK}@mail-${MARK}.example.org`;
export const [FIRST_NAME, LAST_NAME] = [`Zoé${MARK}`, `Kanari${MARK}`];
export const PHONE = "+33 6 12 34 98 76";
export const CV = Buffer.from(
  `%PDF-1.4\n1 0 obj\n<</Title (CV ${FIRST_NAME} ${MARK})>>\nendobj\ntrailer\n<<>>\n%%EOF\n`,
);
/** A piece of the base64 of the CV that begins at a whole group. */
const CV_BASE64 = CV.subarray(9, 48).toString("base64");

export const SPELLINGS = [
  EMAIL,
  EMAIL.toUpperCase(),
  ` ${EMAIL} `,
  EMAIL.replace("zoe", "ｚｏｅ"),
  EMAIL.replace("kanari", "kan\u200Bari"),
  `${EMAIL}.`,
  `mailto:${EMAIL}`,
  `Zoé <${EMAIL}>`,
];

/** The person as an intake takes them. */
export const PERSON = {
  email: EMAIL,
  first_name: FIRST_NAME,
  last_name: LAST_NAME,
  locale: text("locale"),
  phone: PHONE,
  iso_country: text("iso"),
  avatar_url: `https://example.org/${text("avatar")}`,
  bio_url: `https://example.org/${text("bio")}`,
  consent_how: text("how"),
  consent_wording: text("wording"),
  consent_at: "2026-01-01T00:00:00Z",
};

/** What the API says of them where it refuses them. */
export const ECHO = JSON.stringify({
  message: `The applicant ${FIRST_NAME} ${LAST_NAME} (${PHONE}) cannot be created`,
  errors: {
    last_name: [`${LAST_NAME.toUpperCase()} is too long`],
    bio_url: [`https://example.org/${text("bio")} is wrong`],
  },
  applicant: PERSON,
});

/** The person as the API has them, with fields that we know and others. */
export const applicant = (id: number | undefined, more: object = {}) => ({
  id,
  created_at: "2026-01-02T03:04:05Z",
  email: EMAIL,
  first_name: FIRST_NAME,
  last_name: LAST_NAME,
  phone_code: "+33",
  phone_number: "6 12 34 98 76",
  locale: text("locale"),
  avatar_url: `https://example.org/${text("avatar")}.png`,
  bio_url: `https://example.org/${text("bio")}`,
  iso_country: text("iso"),
  is_partner_newsletter_active: text("newsletter"),
  address: {
    ...Object.fromEntries(
      ["name", "street", "street_number", "zipcode", "city", "country"].map((one) => [one, text(one)]),
    ),
    lat: 47.2,
    lon: -1.5,
    [text("key")]: text("value"),
  },
  pools: [text("pool"), { name: text("pool") }],
  [text("unknown")]: { deep: [{ [text("deep")]: text("deep") }] },
  ...more,
});

export const application = (id: number | undefined, person: object | undefined, more: object = {}) => ({
  id,
  created_at: "2026-01-03T03:04:05Z",
  status: { value: "new", date: "2026-01-03", comment: text("status") },
  campaign: { id: 5, name: "Baker" },
  applicant: person,
  comments: [{ text: text("comment"), author: { name: text("author") } }, text("bare")],
  tags: [text("tag")],
  skills: [{ name: text("skill") }],
  stages: [{ name: text("stage"), note: text("note") }],
  status_history: [{ value: "new", date: "2026-01-03T00:00:00Z", author: text("author"), comment: text("why") }],
  custom: { [text("custom")]: [text("custom")] },
  ...more,
});

/** What a text holds of the person, with what surrounds it. */
export function tracesIn(whole: string): readonly string[] {
  const folded = whole.normalize("NFKC").toLowerCase();
  const hexes = [MARK, MARK.toUpperCase()].map((mark) => Buffer.from(mark).toString("hex"));
  const patterns = [MARK, ...hexes, CV_BASE64.toLowerCase(), DIGITS.split("").join("[ ./-]?")];
  return [...folded.matchAll(new RegExp(`.{0,60}(?:${patterns.join("|")}).{0,40}`, "gs"))].map(([trace]) => trace);
}

/** Every row of the database, in every schema, that holds something of the person, behind the name of its table. */
export async function tracesInDatabase(database: Database): Promise<readonly string[]> {
  const tables = await database.$queryRaw<{ name: string }[]>`
    select format('%I.%I', table_schema, table_name) as name from information_schema.tables
    where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema') order by 1`;
  const found: string[] = [];
  for (const { name } of tables) {
    const rows = await database.$queryRawUnsafe<{ line: string }[]>(`select whole::text as line from ${name} whole`);
    found.push(...rows.flatMap(({ line }) => tracesIn(line).map((trace) => `${name}: ${trace}`)));
  }
  return found;
}

/** What files of a directory hold of the person, of those whose names match. */
export async function tracesInFiles(directory: string, names: RegExp): Promise<readonly string[]> {
  const found: string[] = [];
  for (const name of (await readdir(directory)).filter((one) => names.test(one))) {
    found.push(...tracesIn(await readFile(join(directory, name), "utf8")));
  }
  return found;
}

/** Every key of a Redis with its value as Redis dumps it. */
export async function tracesInRedis(url: string): Promise<readonly string[]> {
  const redis = new Redis(url);
  try {
    const found: string[] = [];
    for (const key of await redis.keys("*")) {
      const dump = (await redis.dumpBuffer(key)) ?? Buffer.alloc(0);
      found.push(...tracesIn(`${key} ${dump.toString("latin1")} ${dump.toString("utf8")}`));
    }
    return found;
  } finally {
    redis.disconnect();
  }
}

/** Of each view of reports, but that of the runs, how many rows, and the sum of each column of numbers. */
export async function reportTotals(database: Database): Promise<readonly unknown[]> {
  const columns = await database.$queryRaw<{ view: string; sums: string }[]>`
    select format('%I.%I', c.table_schema, c.table_name) as view, coalesce(string_agg(format('sum(%I)::text as %I', c.column_name, c.column_name), ', '
      order by c.ordinal_position) filter (where c.data_type in ('integer', 'bigint', 'numeric', 'double precision', 'smallint')), 'null as none') as sums
    from information_schema.columns c join information_schema.views v using (table_schema, table_name)
    where c.table_schema in ('report', 'report_people') and c.table_name <> 'run' group by 1 order by 1`;
  const totals: unknown[] = [];
  for (const { view, sums } of columns) {
    totals.push([view, await database.$queryRawUnsafe(`select count(*)::int as rows, ${sums} from ${view}`)]);
  }
  return totals;
}
