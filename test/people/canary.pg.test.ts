import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import * as canary from "../support/canary.ts";
import { connect, insert } from "../support/inbox.ts";
import { keyringOf, PRIVACY_KEY } from "../support/keyring.ts";
import { openReader } from "../support/list-double.ts";
import { describeOnBackends } from "../support/redis.ts";
import { waitFor } from "../support/wait-for.ts";
import { openWorld, type World } from "../support/world.ts";

const { application, applicant, text, EMAIL, FIRST_NAME, LAST_NAME, PHONE } = canary;
const TOKEN = "a-token-of-the-tests-0123456789";
const other = (id: number) => ({ id, email: `noe${id}@example.org`, first_name: "Noé", last_name: "Petit" });
const texts = (items: readonly unknown[]) => items.map((one) => JSON.stringify(one));

/** The intakes of a world with a running worker, each with every field that it takes. `wanted`: a company and a campaign. */
async function openIntakes(world: World) {
  const { account, database, run, log, sandbox } = world;
  const directory = world.env["DATA_DIR"] ?? "";
  await writeFile(join(directory, "cv.pdf"), canary.CV);
  const url = () =>
    /"url":"(http[^"]+)"/.exec(log.findLast((line) => line.includes("http server listening")) ?? "")?.[1];
  const headers = { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" };
  const client = await connect(world);
  const offers = sandbox.data.campaigns.all().filter(({ status }) => status === "online");
  const wanted = (n: number) => ({ company_id: offers[n]?.company_id, campaign_id: offers[n]?.id });
  let files = 0;
  return {
    directory,
    wanted,
    async file(rows: readonly object[]) {
      const path = join(directory, `${LAST_NAME} ${(files += 1)}.csv`);
      const names = [...new Set(rows.flatMap(Object.keys))];
      const cell = (row: object, name: string) =>
        `"${String(Object.entries(row).find(([one]) => one === name)?.[1] ?? "").replaceAll('"', '""')}"`;
      await writeFile(path, [names, ...rows.map((row) => names.map((name) => cell(row, name)))].join("\n"));
      return run(["import", path, "--source", "careers", "--errors", join(directory, `${files}-rejected.csv`)]);
    },
    async http(row: object, key: string) {
      const body = JSON.stringify({ ...row, resume: { base64: canary.CV.toString("base64") } });
      const answer = await fetch(`${url()}/imports`, {
        method: "POST",
        headers: { ...headers, "idempotency-key": key },
        body,
      });
      return { status: answer.status, body: await answer.text() };
    },
    sql: (row: object) => insert(client, { account, source: "sql", ...row }),
    settled: (states = ["draft", "ready", "sending", "unknown"]) =>
      waitFor(
        "no import waits",
        async () => (await database.applicantImport.count({ where: { state: { in: states } } })) === 0,
      ),
  };
}

describeOnBackends("of an erased person", ({ redisUrl }) => {
  it("no byte is left, and none comes back by fifty syncs and every intake; nobody is created or e-mailed, and reports stay", async () => {
    const env = { PRIVACY_KEY, HTTP_PORT: "0", IMPORT_TOKEN: TOKEN };
    const world = await openWorld({ kind: "jobboard", redisUrl: redisUrl(), env });
    const { database, account, run, sandbox, log } = world;
    // A worker would take the runs of the reader for lost ones: it rests meanwhile.
    const worker = await world.workerHere();
    const { directory, wanted, file, http, sql, settled } = await openIntakes(world);
    const refuse = (status: number, method = "POST", path = "/jobboards/applicants") =>
      sandbox.script.fault({ kind: "status", status, body: canary.ECHO }, { method, path });

    // Imported by every intake, refused by each in another way, and decided about by people with their words.
    refuse(422);
    await file([
      { ...canary.PERSON, ...wanted(0), key: text("key"), resume: "cv.pdf", remarks: text("cell") },
      { ...canary.PERSON, ...wanted(1), resume: `${text("missing")}.pdf`, last_name: `${LAST_NAME}\nof "Nantes"` },
      { email: "noe@example.org", first_name: 'Noé "N."', resume: "missing.pdf" },
    ]);
    expect(await canary.tracesInFiles(directory, /-rejected\.csv$/)).not.toEqual([]);
    await settled();
    refuse(400);
    expect(await http({ ...canary.PERSON, ...wanted(1), key: text("http") }, text("request"))).toMatchObject({
      status: 202,
    });
    await settled();
    refuse(500);
    refuse(500, "GET", "/jobboards/applications");
    await sql({ ...canary.PERSON, ...wanted(2), key: text("sql") });
    await sql({ ...canary.PERSON, ...wanted(0), phone: text("phone"), campaign_id: 999_999_999, key: text("bad") });
    await settled(["draft", "ready", "sending"]);
    await waitFor("a lookup was refused", () => Promise.resolve(log.some((line) => line.includes("applicant …"))));
    const imports = await database.applicantImport.findMany({ orderBy: { id: "asc" } });
    expect(imports.map(({ state }) => state)).toEqual(["rejected", "rejected", "unknown", "rejected"]);
    await run(["imports", "hold", "--all", "--reason", `${FIRST_NAME} ${LAST_NAME} called from ${PHONE}, ${EMAIL}`]);
    await run(["imports", "resolve", String(imports[2]?.id), "--drop", "--reason", text("resolved")]);
    for (const { id } of imports) await run(["imports", "dismiss", String(id), "--reason", text("dismissed")]);
    await run(["imports", "release", "--all", "--reason", `${LAST_NAME} agreed`]);

    // Mirrored twice, with objects that are invalid.
    await worker.stop();
    const reader = await openReader(database, account, { keyring: keyringOf(PRIVACY_KEY) });
    const people = [other(90), applicant(17)];
    reader.source.items = texts(people);
    reader.source.show = () => JSON.stringify(application(117, applicant(17), { comments: [text("detail")] }));
    await reader.read("applicants");
    reader.source.items = texts([
      other(90),
      applicant(17, { first_name: text("renamed"), address: { city: text("moved") } }),
    ]);
    await reader.read("applicants");
    const candidacies = [
      application(117, applicant(17)),
      application(118, applicant(17), { created_at: text("created"), is_complete: text("complete") }),
      application(undefined, applicant(17)),
      { applicant: { email: canary.SPELLINGS[4], first_name: FIRST_NAME } },
    ];
    reader.source.items = texts(candidacies);
    await reader.read("applications");
    const changed = application(117, applicant(17), { status: { value: "hired", date: "2026-02-02" } });
    reader.source.items = texts([changed, ...candidacies.slice(1)]);
    await reader.read("applications");
    const before = { totals: await canary.reportTotals(database), tables: await canary.tracesInDatabase(database) };
    expect(new Set(before.tables.map((trace) => trace.split(":")[0])).size).toBeGreaterThan(7);

    expect(await run(["people", "erase", "--applicant", "17", "--yes", "--ticket", "DPO-1"])).toMatchObject({
      code: 0,
    });
    const traces = async () => [
      ...(await canary.tracesInDatabase(database)),
      ...(redisUrl() === null ? [] : await canary.tracesInRedis(redisUrl() ?? "")),
      ...log.flatMap(canary.tracesIn),
      // What others gave us are the files that they import.
      ...(await canary.tracesInFiles(directory, /-rejected\.csv$|jsonl$/)),
    ];
    expect(await traces()).toEqual([]);
    const rejected = await readFile(join(directory, "1-rejected.csv"), "utf8");
    expect(rejected.trim().split("\r\n").slice(1)).toEqual([expect.stringMatching(/^noe@example\.org,"Noé ""N\.""",/)]);
    expect(await canary.reportTotals(database)).toEqual(before.totals);

    // Fifty syncs with the person still there, renamed, in other spellings.
    for (let n = 0; n < 24; n += 1) {
      const seen = applicant(17, {
        email: canary.SPELLINGS[n % canary.SPELLINGS.length],
        first_name: text(`renamed${n}`),
      });
      reader.source.items = texts([other(90), seen]);
      expect(await reader.read("applicants")).toMatchObject({ state: "proven" });
      reader.source.items = texts([
        application(117, seen, { status: changed.status, tags: [text(`tag${n}`)] }),
        ...candidacies.slice(1),
      ]);
      expect(await reader.read("applications")).toMatchObject({ state: "proven" });
    }
    expect(await traces()).toEqual([]);
    expect(await canary.reportTotals(database)).toEqual(before.totals);

    // Under a new id, and imported again by every intake.
    reader.source.items = texts([applicant(18, { email: canary.SPELLINGS[3] }), other(90)]);
    await reader.read("applicants");
    reader.source.items = texts([application(119, applicant(19)), application(undefined, applicant(undefined))]);
    await reader.read("applications");
    await world.workerHere();
    const sent = sandbox.requests.filter(({ method, path }) => method === "POST" && path !== "/jwt").length;
    const mails = sandbox.mails.length;
    const again = canary.SPELLINGS.map((email, n) => {
      return { ...canary.PERSON, email, ...wanted(n % 3), key: text(`again${n}`) };
    });
    expect((await file(again)).stdout).toContain(
      `0 new, 0 known before or repeated in the file, ${again.length} rejected`,
    );
    for (const [n, row] of again.entries()) {
      const answers = [await http(row, text(`request${n}`)), await http(row, text("request"))];
      expect(answers).toMatchObject([{ status: 422 }, { status: 422 }]);
      await sql({ ...row, key: text(`sql${n}`) });
    }
    await settled();
    expect(await traces()).toEqual([]);
    expect(sandbox.requests.filter(({ method, path }) => method === "POST" && path !== "/jwt")).toHaveLength(sent);
    expect(sandbox.mails).toHaveLength(mails);
  }, 120_000);
});
