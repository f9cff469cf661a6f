import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import type { RequestLog } from "../../src/api/client.ts";
import { speaksOfExisting } from "../../src/api/create.ts";
import { VARIANTS, type Variants } from "../../src/sandbox/variants.ts";
import { startSandbox, type Sandbox } from "../../src/sandbox/server.ts";
import { apiErrorOf, client, context, createLog } from "./support/client.ts";
import { portOf } from "./support/server.ts";

const FLAGS = {
  is_partner_newsletter_active: false,
  is_campaign_alert_active: false,
  is_legals_accepted_by_manager: false,
} as const;
const LEA = { email: "lea.martin@example.org", first_name: "Léa", ...FLAGS } as const;
const creating = { ...context, beforeSend: () => {} };

async function open(variants: Partial<Variants> = {}) {
  const sandbox = await startSandbox({ campaigns: 6, applications: 10, quota: null, variants });
  onTestFinished(() => sandbox.close());
  return sandbox;
}

function clientOf(sandbox: Sandbox, kind: "customer" | "jobboard", log = createLog()) {
  const { privateKey = "", secretKey = "" } = sandbox.keys.find((key) => key.kind === kind) ?? {};
  return client("", { url: sandbox.url, audience: sandbox.audience, kind, privateKey, secretKey }, { log });
}

const answers = VARIANTS.creationStatus.flatMap((creationStatus) =>
  VARIANTS.creationAnswer.map((creationAnswer) => ({ creationStatus, creationAnswer })),
);

describe("a creation that the API accepts", () => {
  test.each(answers)("is read from $creationStatus with $creationAnswer, also without an id", async (variants) => {
    const sandbox = await open(variants);
    const api = clientOf(sandbox, "jobboard");
    const campaign = sandbox.data.campaigns.all().find(({ status }) => status === "online");
    const company = String(campaign?.company_id);
    const applicant = await api.createApplicant(company, LEA, creating);
    const person = sandbox.effects[0]?.id ?? 0;
    const ids = { company, campaign: String(campaign?.id), applicant: String(person) };
    const application = await api.createApplication(ids, creating);
    const hasId = !["silent", "empty"].includes(variants.creationAnswer);
    const status = variants.creationStatus;
    expect(applicant).toEqual({ outcome: "created", status, id: hasId ? String(person) : null });
    expect(application).toEqual({ outcome: "created", status, id: hasId ? String(sandbox.effects[1]?.id) : null });
  });

  test("names no company where the key is a customer's", async () => {
    const sandbox = await open();
    await clientOf(sandbox, "customer").createApplicant(null, LEA, creating);
    expect(sandbox.data.applicantsByEmail(LEA.email)).toMatchObject([{ first_name: "Léa" }]);
    expect(sandbox.requests.at(-1)?.path).toBe("/applicants");
  });
});

describe("a creation that the API refuses", () => {
  const REFUSALS = ["refused-422", "refused-409", "refused-409-with-id"] as const;

  test.each(REFUSALS)(
    "because the person is there (%s) says so, with the id where the API tells it",
    async (variant) => {
      const sandbox = await open({ duplicateApplicant: variant });
      const api = clientOf(sandbox, "customer");
      const first = await api.createApplicant(null, LEA, creating);
      const second = await api.createApplicant(null, LEA, creating);
      expect(second).toMatchObject({ outcome: "exists", id: variant === "refused-409-with-id" ? first.id : null });
      expect(sandbox.effects).toHaveLength(1);
    },
  );

  test("for its content is invalid, with the reason and without what was sent", async () => {
    const sandbox = await open();
    const error = await apiErrorOf(clientOf(sandbox, "jobboard").createApplicant("999999", LEA, creating));
    expect(error).toMatchObject({ kind: "invalid", status: 422, sent: true });
    expect(error.message).toContain("company_id");
    expect(error.message).not.toContain("lea");
  });
});

describe("the kill switch", () => {
  test("is read once the connection of a creation stands, which is closed unused where imports are held", async () => {
    const accepted: Socket[] = [];
    let bytes = 0;
    const server = createServer((socket) => {
      accepted.push(socket);
      socket.on("data", ({ length }) => (bytes += length));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    let isConnected = false;
    const log: RequestLog = {
      ...createLog(),
      async open() {
        isConnected = accepted.length === 1 || (await once(server, "connection")).length === 1;
        return { id: 0n, waitMs: 0, held: true };
      },
    };
    const api = client(`http://127.0.0.1:${portOf(server.address())}`, {}, { log });
    await expect(api.createApplicant(null, LEA, creating)).rejects.toMatchObject({ code: "imports_held" });
    expect(isConnected).toBe(true);
    const [socket] = accepted;
    if (socket !== undefined && !socket.destroyed) await once(socket, "close");
    expect(bytes).toBe(0);
  });
});

describe("what is called before a creation leaves", () => {
  test("keeps it here by throwing", async () => {
    const sandbox = await open();
    const late = {
      ...context,
      beforeSend: () => {
        throw new Error("too late");
      },
    };
    await expect(clientOf(sandbox, "customer").createApplicant(null, LEA, late)).rejects.toThrow("too late");
    expect(sandbox.requests).toEqual([]);
  });

  test("is not called for the request of a token", async () => {
    const sandbox = await open();
    const { privateKey = "", secretKey = "" } = sandbox.keys.find((key) => key.kind === "customer") ?? {};
    const own = { url: sandbox.url, audience: sandbox.audience, privateKey, secretKey };
    const api = client("", { ...own, tokenSource: "endpoint" });
    let calls = 0;
    const counting = { ...context, beforeSend: () => void (calls += 1) };
    await expect(api.createApplicant(null, LEA, counting)).rejects.toMatchObject({ code: "token_renewed" });
    expect(calls).toBe(0);
    await api.createApplicant(null, LEA, counting);
    expect(calls).toBe(1);
  });
});

describe("a refusal speaks of an existing value", () => {
  test.each([
    "email has already been taken",
    '{"errors":{"email":["already exists"]}}',
    "Déjà utilisé : déjà pris",
    '{"email":["has already been taken"]}',
    '{"email":["n\'est pas disponible"]}',
    '{"errors":{"email":["n’est pas disponible"]}}',
    '{"errors":["L\'adresse e-mail est déjà utilisée"]}',
    '{"email":["est utilisé(e)"]}',
    '{"errors":{"email":["ya está en uso"]}}',
    '{"message":"Este correo ya existe"}',
    '{"applicant":{"email":["existe déjà"]}}',
    '{"applicant.email":["has already been taken"]}',
    '{"errors":{"applicant[email]":["has already been taken"]}}',
    '{"errors":[{"field":"email","message":"has already been taken"}]}',
    '{"errors":[{"source":{"pointer":"/applicant/email"},"detail":"has already been taken"}]}',
    '{"errors":{"base":["This person already exists"],"phone_number":["is invalid"]}}',
    '{"campaign_id":["n\'est pas disponible"]}',
    '{"status":422,"error":"Unprocessable Entity","email":["has already been taken"]}',
    "Validation failed: Phone number is invalid, Email has already been taken",
  ])("in: %s", (text) => expect(speaksOfExisting(text)).toBe(true));

  test.each([
    "email is invalid",
    '{"message":"campaign does not exist"}',
    "n'existe pas",
    "",
    '{"phone_number":["n\'est pas disponible"]}',
    '{"errors":{"phone_number":["has already been taken"],"email":["is invalid"]}}',
    '{"applicant":{"avatar_url":["has already been taken"]}}',
    '{"errors":[{"field":"phone_number","message":"has already been taken"}]}',
    "Validation failed: Phone number has already been taken",
    "Le téléphone n'est pas disponible",
    '{"email":["n\'existe pas"]}',
    "Service indisponible",
    "<!doctype html><title>already</title>",
  ])("not in: %s", (text) => expect(speaksOfExisting(text)).toBe(false));
});
