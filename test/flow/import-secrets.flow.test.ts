import { expect, it } from "vitest";
import { openApiQueue } from "../support/api-queue.ts";
import { importPeople } from "../support/imports.ts";
import { statesOf } from "../support/outbox.ts";
import { describeOnBackends } from "../support/redis.ts";
import { waitFor } from "../support/wait-for.ts";
import { openWorld, type World } from "../support/world.ts";

/** Everything of ours but the imports and their CVs, which hold people on purpose. */
const OWN_TABLES = [
  "api_request",
  "import_event",
  "import_control",
  "import_pause",
  "import_source",
  "import_inbox_account",
  "import_request",
  "sync_run",
  "sync_walker",
  "sync_page",
  "schedule_tick",
  "account",
];
const CREATIONS = { method: "POST", path: "/applicants" };
const PERSONAL = /zebulon|quillfeather|@example\.org|698765432|zf-wording|zf-form|zf\.png|zf-cv|JVBERi0/i;

const people = Array.from({ length: 6 }, (_, n) => ({
  email: `zebulon.${n}@example.org`,
  first_name: `Zebulon${n}`,
  last_name: "Quillfeather",
  phone: "+33 6 98 76 54 32",
  avatar_url: "https://example.org/zf.png",
  is_legals_accepted_by_manager: true,
  consent_at: "2026-01-01T00:00:00Z",
  consent_how: "zf-form",
  consent_wording: "zf-wording",
  key: `k${n}`,
}));

async function tableTexts({ database }: World): Promise<readonly string[]> {
  const texts = OWN_TABLES.map((table) =>
    database.$queryRawUnsafe<{ text: string }[]>(`select to_jsonb(t)::text as text from public.${table} t`),
  );
  return (await Promise.all(texts)).flat().map(({ text }) => text);
}

describeOnBackends("imports with everything that can go wrong with them", ({ redisUrl }) => {
  it("leave nobody's data in logs, outputs, errors, jobs, events and request rows", async () => {
    const world = await openWorld({
      redisUrl: redisUrl(),
      env: { LOG_LEVEL: "trace", KELIO_REQUESTS_PER_MINUTE: "600" },
    });
    const queue = await openApiQueue(world.env);
    const jobs: string[] = [];
    const { script } = world.sandbox;
    script.before({ times: Infinity }, async () => {
      jobs.push(...(await queue.jobs()).map(({ text }) => text));
    });
    script.fault({ kind: "status", status: 422 }, { ...CREATIONS, nth: 1 });
    script.fault({ kind: "reset", effect: "after" }, { ...CREATIONS, nth: 2 });
    script.fault({ kind: "truncated", cut: "body" }, { ...CREATIONS, nth: 3 });
    script.fault({ kind: "html", status: 502 }, { ...CREATIONS, nth: 4 });
    const added = await importPeople(world, people, true);
    const id = added[0]?.id ?? 0n;
    await world.database.importResume.create({
      data: { importId: id, type: "pdf", size: 14, sha256: "zf", bytes: Buffer.from("%PDF-1.7 zf-cv") },
    });
    const worker = await world.worker();
    // Three of the answers in a row tell nothing, for which imports may pause a minute.
    await waitFor(
      "none is to be sent",
      async () => (await statesOf(world)).every((state) => !/^(ready|sending)/.test(state)),
      120_000,
    );
    const unknown = await world.database.applicantImport.findMany({ where: { state: "unknown" } });
    const commands = [];
    for (const args of [
      ["imports", "list"],
      ["imports", "list", "--json"],
      ["imports", "retry", ...added.map((one) => String(one.id))],
      ["imports", "hold", "--all", "--json"],
      ["imports", "resolve", String(id), "--absent"],
      ["status", "--json"],
      ["doctor"],
    ]) {
      commands.push(await world.run(args));
    }
    worker.kill("SIGTERM");
    const { stdout, stderr } = await worker.ended;
    await queue.close();

    const outputs = [...commands, { stdout, stderr }].flatMap((one) => [one.stdout, one.stderr]);
    const everything = [...outputs, ...jobs, ...(await tableTexts(world))];
    expect(unknown.length).toBeGreaterThan(0);
    expect(jobs.length).toBeGreaterThan(3);
    expect(everything.filter((text) => PERSONAL.test(text)).map((text) => text.slice(0, 500))).toEqual([]);
  }, 180_000);
});
