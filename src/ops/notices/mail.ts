import { isAddress, type SmtpServer } from "../../config/notify-url.ts";
import { connect } from "../../platform/connect.ts";
import { HIDDEN } from "../../platform/redact.ts";
import { whyNot } from "./http.ts";
import type { Notice } from "./notice.ts";
import { plainTextOf, textOf, type TextOptions } from "./text.ts";

/** For a whole message. */
const TIMEOUT_MS = 20_000;
const CONNECT_MS = 5_000;

interface MailOptions {
  readonly server: SmtpServer;
  readonly to: readonly string[];
  readonly text: TextOptions;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds. */
  readonly timeoutMs?: number;
}

/**
 * Sends a notice by e-mail and returns what the server answered. A repetition has the same Message-ID. A login is only sent through TLS, or
 * to this machine. Rejects with what went wrong, in a sentence without the login.
 */
export async function sendMail(notice: Notice, options: MailOptions): Promise<string> {
  const { server, to, text, timeoutMs = TIMEOUT_MS } = options;
  const { host, port, login } = server;
  // Loaded only here: a worker that sends no e-mail does not pay for it.
  const { createTransport } = await import("nodemailer");
  const late = AbortSignal.timeout(timeoutMs);
  const signal = options.signal === undefined ? late : AbortSignal.any([options.signal, late]);
  const end = () => socket?.destroy(new Error("aborted"));
  let socket: Awaited<ReturnType<typeof connect>> | null = null;
  try {
    const address = new URL(`http://${host.includes(":") ? `[${host}]` : host}:${port}`);
    socket = await connect(address, { timeoutMs: CONNECT_MS, signal, tunnels: null });
    signal.addEventListener("abort", end, { once: true });
    const transport = createTransport({
      host,
      port,
      secure: server.isSecure,
      connection: socket,
      requireTLS: login !== null && !server.isSecure && !isThisMachine(host),
      ...(login === null ? {} : { auth: { user: login.user, pass: login.password } }),
      greetingTimeout: timeoutMs,
      socketTimeout: timeoutMs,
    });
    const from = server.from ?? (isAddress(login?.user ?? "") ? login?.user : undefined) ?? to[0] ?? "";
    const said = textOf(notice, text);
    const { response, rejected } = await transport.sendMail({
      from: { name: "applicant-sync", address: from },
      to: [...to],
      subject: said.title,
      text: `${plainTextOf(said, text.language)}\n`,
      date: notice.occurredAt,
      messageId: `<${notice.id}@${from.slice(from.lastIndexOf("@") + 1)}>`,
      headers: { "auto-submitted": "auto-generated" },
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    return rejected.length === 0 ? response : `${response} (${rejected.length} of ${to.length} addresses refused)`;
  } catch (error) {
    const why = late.aborted ? `no answer within ${timeoutMs} ms` : whyNot(error, `the server ${host}`);
    throw new Error(login === null ? why : withoutLogin(why, login), { cause: error });
  } finally {
    signal.removeEventListener("abort", end);
    socket?.destroy();
  }
}

/** A server may repeat the login that it refuses, as it was sent. */
function withoutLogin(text: string, { user, password }: NonNullable<SmtpServer["login"]>): string {
  const sent = [password, `\0${user}\0${password}`].map((part) => Buffer.from(part).toString("base64"));
  return [...sent, password].filter((part) => part !== "").reduce((rest, part) => rest.replaceAll(part, HIDDEN), text);
}

function isThisMachine(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|::1)$/i.test(host);
}
