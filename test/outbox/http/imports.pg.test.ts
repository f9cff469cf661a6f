import { Validator } from "@seriousme/openapi-schema-validator";
import { describe, expect, it } from "vitest";
import { useDatabase } from "../../support/database.ts";
import { openImports, PDF } from "./support.ts";

const database = useDatabase();

describe("POST /imports", () => {
  it("accepts one import, an array, or an object with imports", async () => {
    const server = await openImports(database());
    for (const [n, body] of [
      { email: "one@example.org" },
      [{ email: "two@example.org" }],
      { imports: [{ email: "three@example.org" }] },
    ].entries()) {
      const answer = await server.post(body);
      expect(answer.status).toBe(202);
      const row = await database().applicantImport.findFirstOrThrow({
        where: { account: server.account },
        orderBy: { id: "desc" },
      });
      expect(answer.body).toEqual({
        imports: [
          {
            index: 0,
            id: String(row.id),
            state: "ready",
            outcome: "queued",
            reason_code: null,
            email_expected: true,
            status_url: `/imports/${row.id}`,
          },
        ],
        rejected: [],
      });
      expect(row).toMatchObject({
        email: ["one@example.org", "two@example.org", "three@example.org"][n],
        source: "http",
        intake: "http",
        bulk: false,
      });
    }
  });

  it("accepts good rows beside bad ones, and says what is wrong with each bad one", async () => {
    const server = await openImports(database());
    const answer = await server.post([
      { email: "no-address" },
      { email: "good@example.org", resume: { base64: PDF } },
      { email: "lea.martin@example.org", first_name: {}, "lea@example.org": 1 },
      { email: "good@example.org" },
    ]);
    expect(answer.status).toBe(202);
    expect(answer.body["imports"]).toMatchObject([
      { index: 1, outcome: "queued" },
      { index: 3, outcome: "known" },
    ]);
    expect(answer.body["rejected"]).toMatchObject([
      {
        index: 0,
        status: 422,
        code: "import_invalid",
        errors: [{ field: "email", reason: "must be an e-mail address" }],
      },
      {
        index: 2,
        errors: [
          { field: "first_name", reason: "must be text" },
          { field: "(unknown)", reason: "is not a field of an import" },
        ],
      },
    ]);
    const rows = await database().applicantImport.findMany({ where: { account: server.account } });
    expect(rows.map(({ email }) => email)).toEqual(["good@example.org"]);
    const resume = await database().importResume.findUniqueOrThrow({ where: { importId: rows[0]?.id ?? 0n } });
    expect(Buffer.from(resume.bytes ?? []).toString("base64")).toBe(PDF);
  });

  it("queues more than ten as a batch, so that single imports are sent first", async () => {
    const server = await openImports(database());
    await server.post(Array.from({ length: 11 }, (_, n) => ({ email: `p${n}@example.org` })));
    await server.post({ email: "alone@example.org" });
    const counted = await database().applicantImport.groupBy({
      by: ["bulk"],
      where: { account: server.account },
      _count: true,
      orderBy: { bulk: "asc" },
    });
    expect(counted).toMatchObject([
      { bulk: false, _count: 1 },
      { bulk: true, _count: 11 },
    ]);
  });

  it("rejects the rows of a jobboard whose company is unknown, and accepts the others", async () => {
    const server = await openImports(database(), { kind: "jobboard" });
    const answer = await server.post([
      { email: "a@example.org", campaign_id: 7 },
      { email: "b@example.org", company_id: 3 },
    ]);
    expect(answer.body).toMatchObject({
      imports: [{ index: 1 }],
      rejected: [{ index: 0, errors: [{ field: "campaign_id" }] }],
    });
  });
});

describe("Idempotency-Key", () => {
  const key = { "idempotency-key": "order-1" };

  it("gives a repeated request the answer of the first one", async () => {
    const server = await openImports(database());
    const rows = [{ email: "a@example.org", first_name: "Léa" }, { email: "bad" }];
    const first = await server.post(rows, key);
    await database().applicantImport.updateMany({
      where: { account: server.account },
      data: { applicantState: "held" },
    });
    const again = await server.post('[ {"first_name":"Léa", "email":"a@example.org"}, {"email":"bad"} ]', key);
    expect(again).toMatchObject({ status: 202, body: first.body });
    expect(again.headers.get("idempotency-replayed")).toBe("true");
    expect(first.headers.get("idempotency-replayed")).toBeNull();
  });

  it("refuses a key that was used with other imports", async () => {
    const server = await openImports(database());
    await server.post({ email: "a@example.org" }, key);
    const other = await server.post({ email: "b@example.org" }, key);
    expect(other).toMatchObject({ status: 422, body: { code: "idempotency_key_reused" } });
    expect(await database().applicantImport.count({ where: { account: server.account } })).toBe(1);
  });

  it("is not consumed by a request of which nothing was accepted", async () => {
    const server = await openImports(database());
    expect(await server.post({ email: "bad" }, key)).toMatchObject({ status: 422, body: { code: "none_accepted" } });
    expect(await server.post({ email: "a@example.org" }, key)).toMatchObject({ status: 202 });
  });

  it("makes two equal requests one, even if they arrive together at two workers", async () => {
    const one = await openImports(database());
    const other = await openImports(database(), { account: one.account });
    const rows = Array.from({ length: 50 }, (_, n) => ({ email: `p${n}@example.org` }));
    const answers = await Promise.all(Array.from({ length: 8 }, (_, n) => (n % 2 ? one : other).post(rows, key)));
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect(answers.filter(({ headers }) => headers.get("idempotency-replayed") === null)).toHaveLength(1);
    expect(await database().applicantImport.count({ where: { account: one.account } })).toBe(50);
  });

  it("stores no personal data in the answer", async () => {
    const server = await openImports(database());
    await server.post([{ email: "lea.martin@example.org", first_name: "Léa" }, { email: "noe petit" }], key);
    const [stored] = await database().$queryRaw<{ all: string }[]>`
      select r::text as all from public.import_request r where account = ${server.account}`;
    expect(stored?.all).toContain("order-1");
    expect(stored?.all).not.toMatch(/lea|martin|Léa|noe|petit|example/i);
  });
});

describe("GET /imports/:id", () => {
  it("tells what became of an import, without personal data", async () => {
    const server = await openImports(database());
    const { body } = await server.post({ email: "lea.martin@example.org", key: "crm-7", source: "careers page" });
    const { id } = JSON.parse(JSON.stringify(body))["imports"][0];
    const found = await server.get(`/imports/${id}`);
    expect(found.status).toBe(200);
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT/);
    expect(found.body).toEqual({
      id,
      key: "crm-7",
      source: "careers page",
      state: "ready",
      applicant_state: "ready",
      application_state: null,
      reason_code: null,
      reason: null,
      applicant_id: null,
      application_id: null,
      email_expected: null,
      attempts: 0,
      created_at: time,
      updated_at: time,
      finished_at: null,
    });
  });

  it("does not find the imports of another account", async () => {
    const other = await openImports(database());
    const { body } = await other.post({ email: "a@example.org" });
    const { id } = JSON.parse(JSON.stringify(body))["imports"][0];
    const server = await openImports(database());
    expect(await server.get(`/imports/${id}`)).toMatchObject({ status: 404, body: { code: "import_unknown" } });
  });
});

describe("the server", () => {
  it("serves a valid OpenAPI document without a token", async () => {
    const server = await openImports(database());
    const document: Record<string, unknown> = JSON.parse(await (await fetch(`${server.url}/openapi.json`)).text());
    const validator = new Validator();
    expect(await validator.validate(document)).toMatchObject({ valid: true });
    expect(validator.version).toBe("3.1");
  });

  it("refuses every import where no token is set, and says so", async () => {
    const server = await openImports(database(), { token: null });
    const answers = [await server.post({ email: "lea.martin@example.org" }), await server.get("/imports/1")];
    for (const { status, body } of answers)
      expect({ status, ...body }).toMatchObject({ status: 403, code: "imports_closed" });
    expect((await fetch(`${server.url}/health`)).status).toBe(200);
  });

  it("says that it is well", async () => {
    const server = await openImports(database());
    expect(await (await fetch(`${server.url}/health`)).json()).toEqual({ status: "ok", database: "ok" });
  });

  it("names HTTP_PORT if the port is in use", async () => {
    const { port } = await openImports(database());
    const { openServer } = await import("../../../src/platform/http/server.ts");
    const { silent } = await import("../../support/silent.ts");
    await expect(
      openServer({ host: "127.0.0.1", port, ping: async () => 1, logger: silent, plugins: [] }),
    ).rejects.toMatchObject({ name: "AppError", code: "port_in_use", message: expect.stringContaining("HTTP_PORT") });
  });
});
