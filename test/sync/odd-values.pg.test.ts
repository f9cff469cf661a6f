import { describe, expect, it } from "vitest";
import { useDatabase } from "../support/database.ts";
import { openReader, type Reader } from "../support/list-double.ts";

const database = useDatabase();
let accounts = 0;

/** A reader of `good` rows, the newest first, with `odd` items among those of the second page. */
async function readerOf(odd: readonly string[], good = 120): Promise<Reader & { readonly account: string }> {
  const account = `odd-${(accounts += 1)}`;
  const reader = await openReader(database(), account, { detailsPerRun: 0 });
  const rows = Array.from({ length: good }, (_, i) => JSON.stringify({ id: 1_000 - i, source: `row ${1_000 - i}` }));
  reader.source.items = rows.toSpliced(70, 0, ...odd);
  return { ...reader, account };
}

const rowOf = (account: string, id: number) => database().application.findFirst({ where: { account, id } });
const quarantineOf = (account: string) =>
  database().quarantine.findMany({ where: { account }, orderBy: { rowId: "asc" } });

/** What one odd value of an item costs: a run that reads 120 good rows in three pages and its head. */
async function readOdd(item: string) {
  const reader = await readerOf([item]);
  const run = await reader.read("applications");
  expect(reader.requests).toHaveLength(4);
  return { run, row: await rowOf(reader.account, 7), kept: await quarantineOf(reader.account) };
}

const deep = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`;
const deepObject = (depth: number) => `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;
/** Text that does not compress, so that nothing saves an index from it. */
const noise = (length: number) =>
  Array.from({ length: Math.ceil(length / 36) }, () => crypto.randomUUID())
    .join("")
    .slice(0, length);

describe("a date that a column cannot store, or nobody can read back", () => {
  it.each([
    "9999-12-31T23:59:59-05:00",
    "9999-12-31T24:00:00Z",
    "0000-01-01T00:00:00+01:00",
    "0000-06-01",
    "0001-01-01T00:00:00+15:59",
    "-000001-01-01T00:00:00Z",
    "+275760-09-13T00:00:00Z",
    "infinity",
    "-infinity",
    "2026-12-31T23:59:60Z",
    "44 BC",
    "epoch",
  ])("%s is null in its column, with the raw item kept", async (date) => {
    const { run, row } = await readOdd(JSON.stringify({ id: 7, status: { value: "hired", date }, created_at: date }));
    expect(run).toMatchObject({ state: "proven", rows: 121, inserted: 121, quarantined: 0 });
    expect(row).toMatchObject({ status: "hired", status_changed_at: null, created_at: null });
    expect(row?.raw).toMatchObject({ created_at: date });
  });

  it.each([
    ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z"],
    ["0001-01-01T15:59:00+15:59", "0001-01-01T00:00:00.000Z"],
    ["9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"],
    ["9999-12-31T08:00:59-15:59", "9999-12-31T23:59:59.000Z"],
    ["2026-06-30T24:00:00+02:00", "2026-06-30T22:00:00.000Z"],
  ])("%s is in range, and read back as %s", async (date, expected) => {
    const { row } = await readOdd(JSON.stringify({ id: 7, created_at: date }));
    expect(row?.created_at?.toISOString()).toBe(expected);
  });
});

describe("an item that is nested too deep", () => {
  it.each([
    ["20,000 arrays", deep(20_000)],
    ["20,000 objects", deepObject(20_000)],
    ["1,000,000 arrays", deep(1_000_000)],
    ["a flag", `{"toString":${deep(20_000)},"valueOf":1}`],
  ])("goes to quarantine alone: %s", async (_, value) => {
    const { run, row, kept } = await readOdd(`{"id":7,"is_complete":${value}}`);
    expect(run).toMatchObject({ state: "proven", rows: 121, inserted: 120, unchanged: 0, quarantined: 1 });
    expect(row).toBeNull();
    expect(kept).toMatchObject([{ reason: "nested too deep", rowId: 7n, part: null, resolvedAt: null }]);
  });

  it("costs an application nothing where it is the applicant that it embeds", async () => {
    const { run, row, kept } = await readOdd(`{"id":7,"source":"x","applicant":{"id":8,"pools":${deep(20_000)}}}`);
    expect(run).toMatchObject({ state: "proven", rows: 121, inserted: 121, quarantined: 1 });
    expect(row).toMatchObject({ source: "x", applicant_id: 8n });
    expect(kept).toMatchObject([{ rowId: 8n, part: "applicant" }]);
  });

  it("without an id is distinguished from another, and counted as often as it occurs", async () => {
    const reader = await readerOf([deep(20_000), deep(20_001), deepObject(20_000), deep(20_000)]);
    expect(await reader.read("applications")).toMatchObject({ state: "proven", quarantined: 4 });
    expect(await quarantineOf(reader.account)).toHaveLength(3);
  });
});

describe("a value that is larger than its column", () => {
  it.each([
    ["a status of 10,000 letters that do not compress", { status: noise(10_000) }, { status: null }],
    ["a number of an id beyond 2^63", { campaign_id: "9223372036854775808" }, { campaign_id: null }],
    ["a text of 1 MB", { source: noise(1_000_000) }, {}],
  ])("costs that value: %s", async (_, fields, expected) => {
    const { run, row } = await readOdd(JSON.stringify({ id: 7, current_stage: "kept", ...fields }));
    expect(run).toMatchObject({ state: "proven", inserted: 121, quarantined: 0 });
    expect(row).toMatchObject({ current_stage: "kept", ...expected });
  });

  it("costs an applicant the e-mail alone", async () => {
    const reader = await readerOf([
      JSON.stringify({ id: 7, email: `${noise(1_000_000)}@example.com`, first_name: "Lea" }),
    ]);
    expect(await reader.read("applicants")).toMatchObject({ state: "proven", inserted: 121, quarantined: 0 });
    const row = await database().applicant.findFirst({ where: { account: reader.account, id: 7 } });
    expect(row).toMatchObject({ email: null, first_name: "Lea" });
  });

  it.each([
    ["200,000 digits", `"${"9".repeat(200_000)}"`, null],
    ["131,073 digits", `"1${"0".repeat(131_072)}"`, null],
    ["20,000 digits behind the point", `"0.${"1".repeat(20_000)}"`, null],
    ["1e400", "1e400", null],
    ["-0", "-0", "0"],
    ["1e-400", "1e-400", "0"],
    ["1e308", "1e308", `1${"0".repeat(308)}`],
  ])("costs a campaign its salary alone: %s", async (_, salary, expected) => {
    const reader = await readerOf([
      `{"id":7,"name":"x","salary_min":${salary},"address":{"lat":${salary},"city":"Lyon"}}`,
    ]);
    expect(await reader.read("campaigns")).toMatchObject({ state: "proven", inserted: 121, quarantined: 0 });
    const row = await database().campaign.findFirst({ where: { account: reader.account, id: 7 } });
    expect(row).toMatchObject({ name: "x", city: "Lyon" });
    expect(row?.salary_min?.toFixed() ?? null).toBe(expected);
  });
});

describe("ids of one row that are written in two ways", () => {
  it("are one row", async () => {
    const reader = await readerOf(['{"id":"007","source":"first"}', '{"id":7,"source":"second"}', '{"id":" 7 "}']);
    expect(await reader.read("applications")).toMatchObject({ inserted: 121, quarantined: 0 });
    expect(await rowOf(reader.account, 7)).toMatchObject({ source: "first" });
  });
});

describe("a total that no integer holds", () => {
  it.each(["3000000000", "9223372036854775808", "1e400", "9".repeat(400)])(
    "tells nothing, and stops nobody: %s",
    async (total) => {
      const reader = await readerOf([]);
      reader.source.pagination = (page) =>
        `{"total-count":${total},"current-page":${page},"next-page":${page < 3 ? page + 1 : null},"last-page":3}`;
      const run = await reader.read("applications");
      expect(run.state).not.toBe("failed");
      expect(run.inserted).toBe(120);
      expect(reader.requests.length).toBeLessThanOrEqual(6);
    },
  );
});

describe("a row that Postgres refuses", () => {
  const REFUSED = ["22P02", "22003", "23514", "54000", "54001", "XX000", "P0001", "21000"];

  it("goes to quarantine with the reason, and all others of its page are mirrored, without a second request", async () => {
    await refuseSources();
    const odd = REFUSED.map((state, i) => JSON.stringify({ id: i + 1, source: `refuse ${state}` }));
    const reader = await readerOf(odd);
    const run = await reader.read("applications");
    const [rows, pages, head] = [120 + REFUSED.length, 3, 1];
    expect(run).toMatchObject({ state: "proven", rows, inserted: 120, unchanged: 0, quarantined: REFUSED.length });
    expect(reader.requests).toHaveLength(pages + head);
    const kept = await quarantineOf(reader.account);
    expect(kept.map(({ reason }) => /\((\w{5}),/.exec(reason)?.[1])).toEqual(REFUSED);
    expect(await database().application.count({ where: { account: reader.account } })).toBe(120);
  });

  it("keeps what the mirror has of it, does not count as deleted, and is mirrored once it is good", async () => {
    await refuseSources();
    const reader = await readerOf(['{"id":7,"source":"good"}']);
    const show = (fields: object) => {
      reader.source.items = reader.source.items.with(70, JSON.stringify({ id: 7, ...fields }));
      return reader.read("applications");
    };
    expect(await reader.read("applications")).toMatchObject({ state: "proven", inserted: 121 });
    expect(await show({ source: "refuse 22003" })).toMatchObject({
      state: "proven",
      quarantined: 1,
      unchanged: 120,
      proof: { candidates: 0 },
    });
    expect(await rowOf(reader.account, 7)).toMatchObject({ source: "good", deleted_at: null });
    expect(await show({ source: "refuse 22003" })).toMatchObject({ quarantined: 1 });
    expect(await quarantineOf(reader.account)).toMatchObject([{ rowId: 7n, resolvedAt: null }]);
    expect(await show({ source: "good" })).toMatchObject({ quarantined: 0, unchanged: 121 });
    const [entry] = await quarantineOf(reader.account);
    expect(entry?.resolvedAt).toBeInstanceOf(Date);
    expect(await show({ source: "better" })).toMatchObject({ quarantined: 0, updated: 1 });
    expect(await show({ source: "refuse 54000" })).toMatchObject({ quarantined: 1 });
    expect(await quarantineOf(reader.account)).toMatchObject([{ rowId: 7n, resolvedAt: null }]);
  });

  it("is counted no longer once a full run does not see it again", async () => {
    const reader = await readerOf(["null", "7", `{"id":8,"x":${deep(600)}}`]);
    expect(await reader.read("applications")).toMatchObject({ state: "proven", quarantined: 3 });
    reader.source.items = reader.source.items.toSpliced(70, 3);
    expect(await reader.read("applications")).toMatchObject({ state: "proven", quarantined: 0 });
    expect((await quarantineOf(reader.account)).every(({ resolvedAt }) => resolvedAt !== null)).toBe(true);
  });
});

describe("a table that somebody altered so that no row can be added", () => {
  it.each([
    [
      "a column of their own that must have a value",
      'null value in column "crm" of relation "application"',
      [
        "alter table public.application add column crm text not null default ''",
        "alter table public.application alter column crm drop default",
      ],
      "alter table public.application alter column crm drop not null",
    ],
    [
      "a sequence that has reached its maximum",
      'maximum value of sequence "pending_fact_id_seq"',
      [
        "alter sequence public.pending_fact_id_seq minvalue 0 maxvalue 1 restart 1",
        "select nextval('public.pending_fact_id_seq')",
      ],
      "alter sequence public.pending_fact_id_seq no maxvalue",
    ],
  ])("is no fault of the rows: the page waits, and the error names %s", async (_, named, alter, restore) => {
    const reader = await readerOf([]);
    for (const statement of alter) await database().$executeRawUnsafe(statement);
    const { state, error } = await reader.read("applications");
    expect({ state, message: error?.message }).toEqual({ state: "failed", message: expect.stringContaining(named) });
    expect(error?.message).toContain("was altered so that no row can be added");
    expect(await quarantineOf(reader.account)).toEqual([]);
    await database().$executeRawUnsafe(restore);
    expect(await reader.read("applications")).toMatchObject({ state: "proven", inserted: 120, quarantined: 0 });
  });
});

/** Makes the table refuse a row whose source says so, with the SQLSTATE that stands there. */
async function refuseSources(): Promise<void> {
  await database().$executeRawUnsafe(`
    create or replace function public.refuse_source() returns trigger language plpgsql as $$
    begin
      raise exception 'refused: %', new.source using errcode = substr(new.source, 8);
    end $$`);
  await database().$executeRawUnsafe(`
    create or replace trigger refuse_source before insert or update on public.application
    for each row when (new.source like 'refuse %') execute function public.refuse_source()`);
}
