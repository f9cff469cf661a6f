import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { describe, expect, it, onTestFinished } from "vitest";
import { readMoment } from "../../src/commands/imports/moment.ts";
import { conditionOf, type ImportFilter } from "../../src/outbox/operations/filter.ts";
import { countImports, listImports } from "../../src/outbox/operations/list.ts";
import { overviewOf } from "../../src/outbox/operations/overview.ts";
import { findImports } from "../../src/outbox/operations/report.ts";
import { dismissImport, retryImport } from "../../src/outbox/operations/review.ts";
import { writeSheet } from "../../src/outbox/operations/sheet/write.ts";
import { addImports } from "../../src/outbox/intake/add.ts";
import { checkImport } from "../../src/outbox/import/check.ts";
import { eraseOld } from "../../src/outbox/retention.ts";
import { importPeople } from "../support/imports.ts";
import { lead, outboxDepsOf } from "../support/outbox.ts";
import { openWorld } from "../support/world.ts";

const PEOPLE = [
  { email: "lea@example.org", first_name: "Léa", key: "k1", source: "careers" },
  { email: "noe@example.org", key: "k2", source: "careers" },
  { email: "zoe@example.org", key: "17", source: "fair" },
  { email: "ana@example.org", first_name: "=1+1", source: "Fair" },
];

/** Four imports: ready, rejected, ready, and one of a file. */
async function openList() {
  const world = await openWorld();
  const deps = outboxDepsOf(world);
  const added = await importPeople(world, PEOPLE.slice(0, 3));
  const checked = checkImport({ ...PEOPLE[3], first_name: "Ana" }, deps);
  if (!checked.ok) throw new Error("It is accepted.");
  const origin = { file: "Candidats été.csv", line: 4 };
  const [last] = await addImports(world.database, deps, { intake: "file", bulk: true }, [
    { input: checked.input, resume: null, origin },
  ]);
  const ids = [...added.map(({ id }) => id), last !== undefined && "id" in last ? last.id : 0n];
  await lead(world, ids[1] ?? 0n, ["rejected"]);
  const found = async (filter: ImportFilter) => {
    const condition = await conditionOf(world.database, world.account, filter);
    const rows = await listImports(world.database, condition, 100);
    expect(await countImports(world.database, condition)).toBe(rows.length);
    return rows.map(({ id }) => ids.indexOf(BigInt(id))).toReversed();
  };
  return { world, deps, ids, found };
}

describe("the filters of a list of imports", () => {
  it("select by state, source, reason, file, key, person and time, alone and together", async () => {
    const { world, found, ids } = await openList();
    await world.database
      .$executeRaw`update public.applicant_import set created_at = now() - interval '3 days' where id = ${ids[0]}`;
    const now = new Date();
    expect(await found({})).toEqual([0, 1, 2, 3]);
    expect(await found({ states: ["rejected"] })).toEqual([1]);
    expect(await found({ states: ["rejected", "ready"] })).toEqual([0, 1, 2, 3]);
    expect(await found({ sources: ["FAIR "] })).toEqual([2, 3]);
    expect(await found({ sources: ["careers", "fair"] })).toEqual([0, 1, 2, 3]);
    expect(await found({ files: ["candidats e\u0301te\u0301.CSV"] })).toEqual([3]);
    expect(await found({ files: ["candidats été.csv:4"] })).toEqual([3]);
    expect(await found({ files: ["candidats été.csv:5", "other.csv:4", "other.csv"] })).toEqual([]);
    expect(await found({ sources: ["fair:4"] })).toEqual([]);
    expect(await found({ keys: ["k2", "17"] })).toEqual([1, 2]);
    expect(await found({ emails: [" Lea@Example.org ", "nobody@example.org"] })).toEqual([0]);
    expect(await found({ since: new Date(now.getTime() - 86_400_000) })).toEqual([1, 2, 3]);
    expect(await found({ until: new Date(now.getTime() - 86_400_000) })).toEqual([0]);
    expect(await found({ reasons: ["kill_switch"] })).toEqual([]);
    expect(await found({ states: ["ready"], sources: ["careers"] })).toEqual([0]);
    expect(await found({ sources: ["carers"] })).toEqual([]);
  });

  it("take a file whose own name ends like a line for itself", async () => {
    const { world, found, ids } = await openList();
    const name = (file: string, line: number, n: number) =>
      world.database
        .$executeRaw`update public.applicant_import set file = ${file}, line = ${line} where id = ${ids[n]}`;
    await name("a.csv", 5, 0);
    await name("a.csv:5", 7, 1);
    expect(await found({ files: ["a.csv:5"] })).toEqual([1]);
    expect(await found({ files: ["a.csv:5:7"] })).toEqual([1]);
    expect(await found({ files: ["a.csv:5", "a.csv"] })).toEqual([0, 1]);
  });

  it("find a person, a file and a line after the data has been erased", async () => {
    const { world, deps, found, ids } = await openList();
    await lead(world, ids[3] ?? 0n, ["rejected"]);
    await world.database
      .$executeRaw`update public.applicant_import set finished_at = now() - interval '400 days' where state = 'rejected'`;
    expect(await eraseOld(deps)).toMatchObject({ imports: 2 });
    expect(await found({ emails: ["ana@example.org"] })).toEqual([3]);
    expect(await found({ files: ["Candidats été.csv"] })).toEqual([3]);
    expect(await world.database.applicantImport.findUniqueOrThrow({ where: { id: ids[3] ?? 0n } })).toMatchObject({
      email: null,
      file: "Candidats été.csv",
      line: 4,
    });
  });

  it("find one import by its id, its key or its person, and say which key is the id of another", async () => {
    const { world, ids } = await openList();
    const of = (name: string) => findImports(world.database, world.account, name);
    expect(await of(String(ids[0]))).toMatchObject({ ids: [ids[0]], by: "id" });
    expect(await of("k2")).toMatchObject({ ids: [ids[1]], by: "key" });
    expect(await of("ANA@example.org")).toMatchObject({ ids: [ids[3]], by: "e-mail" });
    expect((await of("nobody")).ids).toEqual([]);
    await world.database.$executeRaw`update public.applicant_import set key = ${String(ids[0])} where id = ${ids[2]}`;
    expect(await of(String(ids[0]))).toEqual({ ids: [ids[0]], by: "id", others: [String(ids[2])] });
  });
});

describe("a rejected import", () => {
  it("can be dismissed, is then counted apart, and comes back when it is retried", async () => {
    const { world, deps, ids, found } = await openList();
    const id = ids[1] ?? 0n;
    expect(await overviewOf(world.database, deps)).toMatchObject({
      forPerson: 1,
      counts: { rejected: 1, dismissed: 0 },
    });
    expect(await dismissImport(deps, ids[0] ?? 0n)).toMatchObject({ isDone: false });
    expect(await dismissImport(deps, id)).toMatchObject({ isDone: true, state: "rejected" });
    expect(await overviewOf(world.database, deps)).toMatchObject({
      forPerson: 0,
      counts: { rejected: 0, dismissed: 1 },
    });
    expect([await found({ states: ["dismissed"] }), await found({ states: ["rejected"] })]).toEqual([[1], []]);
    const [event] = await world.database.importEvent.findMany({ where: { importId: id }, orderBy: { id: "desc" } });
    expect(event).toMatchObject({ reasonCode: "dismissed", fromState: "rejected", toState: "rejected" });
    expect(await retryImport(deps, id)).toMatchObject({ isDone: true, state: "ready" });
    expect(await overviewOf(world.database, deps)).toMatchObject({ counts: { ready: 4, dismissed: 0 } });
  });

  it("stays dismissed in the database only while it is rejected", async () => {
    const { world, ids } = await openList();
    const dismiss = world.database
      .$executeRaw`update public.applicant_import set dismissed_at = now() where id = ${ids[0]}`;
    await expect(dismiss).rejects.toThrow(/dismissed_at/);
  });
});

describe("the file of imports list --csv", () => {
  it("holds the people for those who may see them, with formulas escaped, and is never overwritten", async () => {
    const { world, ids } = await openList();
    const directory = await mkdtemp(join(tmpdir(), "applicant-sync-sheet-"));
    onTestFinished(() => rm(directory, { recursive: true }));
    await world.database.$executeRaw`update public.applicant_import set first_name = '=1+1' where id = ${ids[0]}`;
    const path = join(directory, "people.csv");
    const condition = await conditionOf(world.database, world.account, {});
    const options = { path, limit: 3, language: "fr", timezone: "Europe/Paris" } as const;
    const store = { database: world.database, account: world.account };
    expect(await writeSheet(store, condition, options)).toBe(3);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const text = await readFile(path, "utf8");
    expect(text.startsWith("\uFEFFid;state;")).toBe(true);
    const rows = parse(text, { bom: true, delimiter: ";", columns: true });
    expect(rows).toHaveLength(3);
    expect(rows[0]).toMatchObject({
      id: String(ids[3]),
      file: "Candidats été.csv",
      line: "4",
      decision: "",
      email: "ana@example.org",
    });
    expect(rows[2]).toMatchObject({ state: "rejected", next: expect.stringContaining("Corrigez") });
    expect(await writeSheet(store, condition, { ...options, limit: 9, path: `${path}2` })).toBe(4);
    expect(await readFile(`${path}2`, "utf8")).toContain(";'=1+1;");
    await expect(writeSheet(store, condition, options)).rejects.toMatchObject({ code: "csv_exists" });
  });
});

describe("a time on a command line", () => {
  const now = new Date("2026-11-26T12:00:00Z");
  const at = (text: string, edge: "from" | "to" = "from") =>
    readMoment(text, { timezone: "Europe/Paris", now, edge })?.toISOString() ?? null;

  it.each([
    ["2h", "2026-11-26T10:00:00.000Z"],
    ["90m", "2026-11-26T10:30:00.000Z"],
    ["3d", "2026-11-23T12:00:00.000Z"],
    ["2026-11-24", "2026-11-23T23:00:00.000Z"],
    ["2026-07-01", "2026-06-30T22:00:00.000Z"],
    ["24/11/2026", "2026-11-23T23:00:00.000Z"],
    ["24.11.2026 14:30", "2026-11-24T13:30:00.000Z"],
    ["2026-11-24 14:30", "2026-11-24T13:30:00.000Z"],
    ["2026-11-24T14:30:05Z", "2026-11-24T14:30:05.000Z"],
    ["2026-11-24T14:30+0200", "2026-11-24T12:30:00.000Z"],
    // The hour that the clocks of Paris left out.
    ["2026-03-29 02:30", "2026-03-29T01:30:00.000Z"],
  ])("%s is %s", (text, iso) => {
    expect(at(text)).toBe(iso);
  });

  it("that is a day alone ends with the day where it is an end", () => {
    expect(at("2026-11-24", "to")).toBe("2026-11-24T23:00:00.000Z");
    expect(at("2026-11-24 14:30", "to")).toBe("2026-11-24T13:30:00.000Z");
  });

  it.each([
    "",
    "h",
    "2 hours ago",
    "2026-13-01",
    "2026-02-31",
    "31/02/2026",
    "24/11/26",
    "2026-11-24 25:00",
    "-2h",
    "2h30",
    "0000-01-01",
    "999999w",
    "2026-11-24T14:30+99:99",
  ])("%j is none", (text) => {
    expect(at(text)).toBeNull();
  });
});
