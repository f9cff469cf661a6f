/** Receivers that refuse what the real services refuse, by the rules that these publish or that their sources show. */
import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { NoticeForm } from "../../../src/config/notify-url.ts";
import { LANGUAGES } from "../../../src/platform/language.ts";
import { channelsOf } from "../../../src/ops/notices/channels.ts";
import { pingUrl, sendPing } from "../../../src/ops/notices/heartbeat.ts";
import { isTaken } from "../../../src/ops/notices/http.ts";
import { CODES, conditionCode, KINDS, type Notice } from "../../../src/ops/notices/notice.ts";
import { CONDITIONS } from "../../../src/ops/state/conditions.ts";
import { serve, type Answer, type Behaviour } from "../../api/support/server.ts";
import { after, BEGIN, configWith } from "./support.ts";

const SECRET = Buffer.alloc(32, 9);
const characters = (most: number) =>
  z
    .string()
    .min(1)
    .refine((text) => (text.match(/./gsu)?.length ?? 0) <= most);
const bytes = (most: number) =>
  z
    .string()
    .min(1)
    .refine((text) => Buffer.byteLength(text) <= most);
const refused = (status: number, body: unknown): Answer => ({ status, body });

/** Only what stands in these schemas: a misspelt field is one that the service ignores. */
const textBlock = z.strictObject({
  type: z.literal("TextBlock"),
  text: z.string().min(1),
  wrap: z.literal(true),
  weight: z.enum(["Lighter", "Default", "Bolder"]).optional(),
  size: z.enum(["Default", "Small", "Medium", "Large", "ExtraLarge"]).optional(),
  isSubtle: z.boolean().optional(),
});
const card = z.strictObject({
  $schema: z.literal("http://adaptivecards.io/schemas/adaptive-card.json"),
  type: z.literal("AdaptiveCard"),
  version: z.literal("1.4"),
  body: z.array(textBlock).min(1),
  actions: z
    .array(z.strictObject({ type: z.literal("Action.OpenUrl"), title: z.string().min(1), url: z.url() }))
    .max(6)
    .optional(),
});
const attachment = z.strictObject({
  contentType: z.literal("application/vnd.microsoft.card.adaptive"),
  contentUrl: z.null(),
  content: card,
});

interface Service {
  readonly path: string;
  readonly schema: z.ZodType;
  /** Of the whole request. */
  readonly mostBytes: number;
  readonly taken: Answer;
  /** How it says that it did not take one. */
  readonly refusals: readonly Answer[];
}

const SERVICES: Readonly<Record<Exclude<NoticeForm, "json">, Service>> = {
  slack: {
    path: "/services/T0/B0/x",
    // Longer ones are cut; these are the characters that Slack wants escaped.
    schema: z.strictObject({ text: characters(4_000).regex(/^(?:[^&<>]|&(?:amp|lt|gt);)+$/) }),
    mostBytes: 100_000,
    taken: { body: "ok" },
    refusals: [
      refused(400, "invalid_payload"),
      refused(404, "no_service"),
      refused(410, "channel_is_archived"),
      { status: 429, headers: { "retry-after": "30" }, body: "rate_limited" },
      // Rocket.Chat, which reads the same form.
      { body: { success: false, error: "invalid-token" } },
      { body: "<!DOCTYPE html><title>Log in to the network</title>" },
    ],
  },
  teams: {
    path: "/workflows/x/triggers/manual/paths/invoke?sig=y",
    schema: z.strictObject({ type: z.literal("message"), attachments: z.array(attachment).length(1) }),
    // 28 kB, which the older connectors count in UTF-16.
    mostBytes: 14_000,
    taken: { status: 202 },
    refusals: [
      refused(400, { error: { code: "TriggerInputSchemaMismatch" } }),
      refused(413, ""),
      {
        body: "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429 with ContextId tcid=0",
      },
    ],
  },
  discord: {
    path: "/api/webhooks/1/x",
    schema: z.strictObject({
      content: z.string().min(1).max(2_000),
      allowed_mentions: z.strictObject({ parse: z.array(z.enum(["roles", "users", "everyone"])).length(0) }),
    }),
    mostBytes: 100_000,
    taken: { status: 204, body: "" },
    refusals: [
      refused(400, { code: 50_006, message: "Cannot send an empty message" }),
      refused(404, { code: 10_015, message: "Unknown Webhook" }),
      { status: 429, headers: { "retry-after": "0.65" }, body: { retry_after: 0.65, global: false } },
    ],
  },
  googlechat: {
    path: "/v1/spaces/x/messages?key=a&token=b",
    schema: z.strictObject({ text: characters(4_096) }),
    mostBytes: 32_000,
    taken: { body: { name: "spaces/x/messages/y" } },
    refusals: [refused(400, { error: { code: 400 } }), refused(429, { error: { status: "RESOURCE_EXHAUSTED" } })],
  },
  mattermost: {
    path: "/hooks/abcdefghijklmnopqrstuvwxyz",
    // Before version 5.
    schema: z.strictObject({ text: characters(4_000) }),
    mostBytes: 100_000,
    taken: { body: "ok" },
    refusals: [refused(400, { id: "web.incoming_webhook.invalid.app_error", status_code: 400 }), refused(403, "")],
  },
  ntfy: {
    path: "/kelio",
    schema: z.strictObject({
      topic: z.string().regex(/^[-_A-Za-z0-9]{1,64}$/),
      title: bytes(1_000),
      message: bytes(4_096),
      priority: z.int().min(1).max(5),
      tags: z.array(z.string().regex(/^\w+$/)),
      click: z.url().optional(),
    }),
    mostBytes: 8_192,
    taken: { body: { id: "x", event: "message" } },
    refusals: [refused(400, { code: 40_009, http: 400 }), refused(429, { code: 42_901, http: 429 }), refused(507, "")],
  },
};

/** A service that looks at everything that it receives. */
function strict({ path, schema, mostBytes, taken }: Service, form: string): Behaviour {
  return ({ method, path: received, query, headers, body }) => {
    const asked = query.size === 0 ? received : `${received}?${query.toString()}`;
    if (method !== "POST" || asked !== (form === "ntfy" ? "/" : path)) return refused(404, `${method} ${asked}`);
    if (headers["content-type"] !== "application/json") return refused(415, headers["content-type"]);
    if (Buffer.byteLength(body) > mostBytes) return refused(413, "too large");
    const { error } = schema.safeParse(JSON.parse(body));
    return error === undefined ? taken : refused(400, z.prettifyError(error));
  };
}

const NASTY = `<!channel> @everyone **x** [y](https://evil.example.org) & é\u202e ${"👩‍💻".repeat(20)}`;

/** Every condition, with facts that are long or mean something to a chat program, and with more items than anybody reads. */
function notices(): readonly Notice[] {
  const codes = CODES.map((code) => conditionCode.parse(code));
  return KINDS.flatMap((kind) =>
    codes.flatMap((code) => {
      const { text, next } = CONDITIONS[code];
      const names = [...`${text.en}${text.fr}${next.en}${next.fr}`.matchAll(/\{(\w+)/g)].map(([, name = ""]) => name);
      const facts = (n: number) =>
        Object.fromEntries(names.map((name) => [name, name === "count" ? n : `${NASTY} ${n}`]));
      const items = (count: number) =>
        Array.from({ length: count }, (_, n) => ({ subject: String(n), since: BEGIN, facts: facts(n) }));
      return [
        { id: crypto.randomUUID(), kind, code, items: items(kind === "raised" ? 60 : 1), occurredAt: after(60_000) },
      ];
    }),
  );
}

const FORMS = ["slack", "teams", "discord", "googlechat", "mattermost", "ntfy"] as const;

describe.each(FORMS)("%s", (form) => {
  const service = SERVICES[form];
  const channelTo = (url: string, language: string) => {
    const [channel] = channelsOf(
      configWith({
        NOTIFY_URL: `${form}+${url}${service.path}`,
        LANGUAGE: language,
        OPS_URL: "https://applicants.example.org/",
      }),
    );
    if (channel === undefined) throw new Error("no channel");
    return channel;
  };

  it("takes every notice in both languages, however long its facts and whatever stands in them", async () => {
    const server = await serve(strict(service, form));
    for (const language of LANGUAGES) {
      const { send } = channelTo(server.url, language);
      const answers = await Promise.all(notices().map((notice) => send(notice, { at: after(0) })));
      expect(answers.filter(({ isDelivered }) => !isDelivered)).toEqual([]);
    }
    // The link and what to do stand in each.
    const bodies = server.received.map(({ body }) => body);
    expect(bodies.filter((body) => !body.includes("https://applicants.example.org"))).toEqual([]);
  });

  it("is tried again after every way in which it refuses one, and no sooner than it asks", async () => {
    for (const refusal of service.refusals) {
      const server = await serve(() => refusal);
      const [notice] = notices();
      if (notice === undefined) throw new Error("no notice");
      const sent = await channelTo(server.url, "en").send(notice, { at: after(0) });
      const asked = Number(refusal.headers?.["retry-after"] ?? 0) * 1_000;
      expect(sent).toMatchObject({ isDelivered: false, retryAfterMs: asked });
    }
  });
});

it("a receiver of Standard Webhooks accepts the signature, computed as their specification says", async () => {
  const server = await serve(({ headers, body }) => {
    const { "webhook-id": id, "webhook-timestamp": at, "webhook-signature": signature } = headers;
    const wanted = createHmac("sha256", SECRET)
      .update(`${String(id)}.${String(at)}.${body}`)
      .digest("base64");
    const isOurs = /^msg_[\da-f-]{36}$/.test(String(id)) && at === String(Math.floor(BEGIN.getTime() / 1_000));
    return refused(isOurs && signature === `v1,${wanted}` ? 204 : 401, "");
  });
  const [channel] = channelsOf(
    configWith({ NOTIFY_URL: server.url, NOTIFY_SECRET: `whsec_${SECRET.toString("base64")}`, LANGUAGE: "fr" }),
  );
  if (channel === undefined) throw new Error("no channel");
  const answers = await Promise.all(notices().map((notice) => channel.send(notice, { at: BEGIN })));
  expect(answers.filter(({ isDelivered }) => !isDelivered)).toEqual([]);
});

const RUN = { runId: "6f1f0d7e-27f6-4a5c-8f0e-0b5d7f6c2a11", failed: "applications" };
const HEALTHCHECK = "/5bf66975-d4c7-4bf5-bcc8-b8d8a82ea278";

it("healthchecks understands the pings, and is believed when it says with HTTP 200 that it does not know the check", async () => {
  const server = await serve(({ method, path, query }) => {
    if (method !== "GET" || !z.uuid().safeParse(query.get("rid")).success) return refused(400, "invalid uuid format");
    if (!/^\/[\da-f-]{36}(\/(start|fail))?$/.test(path)) return refused(400, "invalid url format");
    return { body: path.startsWith(HEALTHCHECK) ? "OK" : "OK (not found)" };
  });
  const pingTo = async (path: string, ping: "start" | "success" | "fail") => {
    const answer = await sendPing({ url: server.url + path, proxy: null }, ping, RUN);
    return answer !== null && isTaken(answer);
  };
  for (const ping of ["start", "success", "fail"] as const) {
    expect(await pingTo(HEALTHCHECK, ping)).toBe(true);
    expect(await pingTo(`${HEALTHCHECK}/`, ping)).toBe(true);
  }
  expect(await pingTo("/5bf66975-d4c7-4bf5-bcc8-b8d8a82ea279", "success")).toBe(false);
  expect(isTaken({ status: 200, text: "OK (rate limited)" })).toBe(false);
  expect(isTaken({ status: 409, text: "ambiguous slug" })).toBe(false);
});

it("Uptime Kuma understands the pings, and is believed when its monitor is paused or gone", async () => {
  const server = await serve(({ path, query }) => {
    const isValid = ["up", "down"].includes(query.get("status") ?? "") && !Number.isNaN(Number(query.get("ping") ?? 0));
    if (path !== "/api/push/token") return refused(404, { ok: false, msg: "Monitor not found or not active." });
    return isValid ? { body: { ok: true } } : refused(400, { ok: false });
  });
  const url = `${server.url}/api/push/token?status=up&msg=OK&ping=`;
  expect(pingUrl(url, "start", RUN)).toBeNull();
  for (const ping of ["success", "fail"] as const) {
    const answer = await sendPing({ url, proxy: null }, ping, RUN);
    expect(answer !== null && isTaken(answer)).toBe(true);
  }
  expect(server.received.map(({ query }) => query.get("status"))).toEqual(["up", "down"]);
  const gone = await sendPing({ url: `${server.url}/api/push/gone`, proxy: null }, "success", RUN);
  expect(gone !== null && isTaken(gone)).toBe(false);
  expect(isTaken({ status: 200, text: '{"ok": false, "msg": "Monitor not found or not active."}' })).toBe(false);
});
