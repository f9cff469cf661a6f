import { once } from "node:events";
import net from "node:net";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { describe, expect, it, onTestFinished } from "vitest";
import { parseSmtpUrl } from "../../../src/config/notify-url.ts";
import type { Notice } from "../../../src/ops/notices/notice.ts";
import { sendMail } from "../../../src/ops/notices/mail.ts";
import { portOf } from "../../api/support/server.ts";
import { BEGIN } from "./support.ts";

const TEXT = {
  account: "default",
  environment: "sandbox",
  language: "fr",
  timezone: "Europe/Paris",
  pageUrl: null,
} as const;
const NOTICE: Notice = {
  id: "6f1f0d7e-27f6-4a5c-8f0e-0b5d7f6c2a11",
  kind: "raised",
  code: "imports_need_person",
  items: [{ subject: "", since: BEGIN, facts: { count: 3 } }],
  occurredAt: BEGIN,
};

interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  readonly text: string;
  readonly user: string | undefined;
}

/** A real mail server on this machine. */
async function startMailServer(options: SMTPServerOptions = {}) {
  const mails: Mail[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    allowInsecureAuth: true,
    onAuth: ({ username, password }, _, done) =>
      password === "p@ss"
        ? done(null, { user: username })
        : done(new Error(`no login for ${password}, sent as ${btoa(`\0${username}\0${password}`)}`)),
    onData(stream, { envelope, user }, done) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const from = envelope.mailFrom === false ? "" : envelope.mailFrom.address;
        const to = envelope.rcptTo.map(({ address }) => address);
        mails.push({ from, to, text: Buffer.concat(chunks).toString(), user });
        done(null);
      });
    },
    ...options,
  });
  server.on("error", () => {});
  server.listen(0, "127.0.0.1");
  await once(server.server, "listening");
  onTestFinished(() => new Promise((resolve) => server.close(() => resolve())));
  return { mails, port: portOf(server.server.address()) };
}

function send(url: string, to = ["hr@example.org"], timeoutMs = 5_000) {
  const server = parseSmtpUrl(url);
  if (server === undefined) throw new Error(`no such URL: ${url}`);
  return sendMail(NOTICE, { server, to, text: TEXT, timeoutMs });
}

describe("a notice by e-mail", () => {
  it("is plain text in the language of the account, with the same Message-ID in every attempt", async () => {
    const { mails, port } = await startMailServer();
    const url = `smtp://alerts%40example.org:p%40ss@127.0.0.1:${port}`;
    await send(url, ["hr@example.org", "it@example.org"]);
    await send(url);
    const [mail, again] = mails;
    expect(mail).toMatchObject({
      from: "alerts@example.org",
      to: ["hr@example.org", "it@example.org"],
      user: "alerts@example.org",
    });
    expect(mail?.text).toMatch(/^Message-ID: <6f1f0d7e-27f6-4a5c-8f0e-0b5d7f6c2a11@example\.org>\r$/m);
    expect(mail?.text).toMatch(/^Auto-Submitted: auto-generated\r$/im);
    expect(mail?.text).toMatch(/^Subject: =\?UTF-8\?/m);
    expect(mail?.text).toMatch(/^Content-Type: text\/plain; charset=utf-8\r$/m);
    expect(mail?.text).toMatch(/^3 imports attendent/m);
    expect(again?.text).toContain("6f1f0d7e-27f6-4a5c-8f0e-0b5d7f6c2a11@example.org");
  });

  it.each([
    ["smtp://127.0.0.1:PORT", "hr@example.org"],
    ["smtp://relay:p%40ss@127.0.0.1:PORT", "hr@example.org"],
    ["smtp://relay:p%40ss@127.0.0.1:PORT?from=kelio@example.org", "kelio@example.org"],
  ])("%s comes from %s", async (url, from) => {
    const { mails, port } = await startMailServer();
    await send(url.replace("PORT", String(port)));
    expect(mails.map((mail) => mail.from)).toEqual([from]);
  });

  it("that is refused says what the server answered, and nothing of the login", async () => {
    const { port } = await startMailServer();
    const refused = send(`smtp://relay:wrong-word@127.0.0.1:${port}`);
    await expect(refused).rejects.toThrow(/EAUTH/);
    await expect(refused).rejects.toThrow(/no login for \*\*\*, sent as \*\*\*/);
    const none = startMailServer({ onRcptTo: (_, __, done) => done(new Error("no such address")) });
    await expect(send(`smtp://127.0.0.1:${(await none).port}`)).rejects.toThrow(/no such address/);
  });

  it("sends no login in the clear to another machine", async () => {
    const seen: string[] = [];
    const { mails, port } = await startMailServer({
      onConnect: (_, done) => done(void seen.push("connected")),
      onAuth: (_, __, done) => done(new Error(String(seen.push("login")))),
      onMailFrom: (_, __, done) => done(void seen.push("mail")),
    });
    // Leads to this machine, and is none of its names.
    await expect(send(`smtp://relay:p%40ss@0.0.0.0:${port}`)).rejects.toThrow(/TLS/);
    expect([seen, mails]).toEqual([["connected"], []]);
    // Without a login, there is nothing to hide.
    await send(`smtp://0.0.0.0:${port}`);
    expect(mails).toHaveLength(1);
  });

  it("ends with a sentence where there is no server, or one that hangs", async () => {
    await expect(send("smtp://127.0.0.1:9")).rejects.toThrow(/ECONNREFUSED/);
    const silent = net.createServer(() => {}).listen(0, "127.0.0.1");
    await once(silent, "listening");
    onTestFinished(() => void silent.close());
    await expect(send(`smtp://127.0.0.1:${portOf(silent.address())}`, undefined, 200)).rejects.toThrow(
      "no answer within 200 ms",
    );
  });
});

describe("SMTP_URL", () => {
  it.each([
    ["smtp://mail.example.org", { port: 587, isSecure: false, login: null, from: null }],
    ["smtps://u:p%23@mail.example.org", { port: 465, isSecure: true, login: { user: "u", password: "p#" } }],
    ["smtp://[::1]:2525", { host: "::1", port: 2525 }],
    ["smtp://mail.example.org:25?from=a%40example.org", { port: 25, from: "a@example.org" }],
  ])("%s", (url, read) => {
    expect(parseSmtpUrl(url)).toMatchObject(read);
  });

  it.each([
    "mail.example.org",
    "https://mail.example.org",
    "smtp://u:p#@mail.example.org",
    "smtp://u@mail.example.org",
    "smtp://mail.example.org/x",
    "smtp://mail.example.org?tls=no",
    "smtp://mail.example.org?from=me",
  ])("%s is refused", (url) => {
    expect(parseSmtpUrl(url)).toBeUndefined();
  });
});
