/** How each receiver wants a notice: the address, the headers and the body of one POST. */
import { Webhook } from "standardwebhooks";
import type { NoticeForm } from "../../config/notify-url.ts";
import { eventOf } from "./event.ts";
import type { Notice } from "./notice.ts";
import { MORE_AT, plainTextOf, textOf, TO_DO, type NoticeText, type TextOptions } from "./text.ts";

/** Discord takes 2,000 characters, the others more. */
const MOST_TEXT = 2_000;
/** ntfy makes a file of a longer text, which no telephone shows. */
const MOST_NTFY_BYTES = 4_096;

export interface FormOptions extends TextOptions {
  readonly form: NoticeForm;
  readonly url: string;
  /** Signs our JSON; null: it is not signed. */
  readonly secret: string | null;
}

interface Post {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const JSON_TYPE = { "content-type": "application/json" };

type Form = (text: NoticeText, options: FormOptions, notice: Notice) => unknown;

const FORMS: Readonly<Record<NoticeForm, Form>> = {
  slack: (text, options) => ({ text: slackText(text, options) }),
  googlechat: (text, options) => ({ text: slackText(text, options) }),
  mattermost: (text, options) => ({ text: markdown(text, options) }),
  // What a text names must not ring anybody's bell.
  discord: (text, options) => ({ content: markdown(text, options), allowed_mentions: { parse: [] } }),
  teams: teamsCard,
  ntfy: ntfyMessage,
  json: (_, options, notice) => eventOf(notice, options),
};

/** `at`: when it is sent, which the signature covers. */
export function postOf(notice: Notice, options: FormOptions, at: Date): Post {
  const { form, url, secret } = options;
  const body = JSON.stringify(FORMS[form](textOf(notice, options), options, notice));
  const post = { url: form === "ntfy" ? ntfyServer(url) : url, headers: JSON_TYPE, body };
  return form === "json" ? signed(post, notice.id, secret, at) : post;
}

/** As Standard Webhooks sign it. Without a secret it has its id and time alone. */
function signed(post: Post, id: string, secret: string | null, at: Date): Post {
  const message = `msg_${id}`;
  const headers = {
    ...post.headers,
    "webhook-id": message,
    "webhook-timestamp": String(Math.floor(at.getTime() / 1_000)),
    ...(secret === null ? {} : { "webhook-signature": new Webhook(secret).sign(message, at, post.body) }),
  };
  return { ...post, headers };
}

/** `&`, `<` and `>` are all that Slack and Google Chat want escaped. */
function slackText(text: NoticeText, { language }: FormOptions): string {
  const escape = (part: string) => part.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  return cut(`*${escape(text.title)}*\n${escape(plainTextOf(text, language))}`);
}

/** Codes such as mirror_overdue and what a text quotes must not become emphasis, a link or a mention. */
function markdown({ title, ...text }: NoticeText, { language }: FormOptions): string {
  const escape = (part: string) => part.replaceAll(/[\\*_~`|[\]<>#@]/g, (mark) => `\\${mark}`);
  const link = /^https?:/.test(text.link) ? text.link : escape(text.link);
  const body = plainTextOf({ title, ...text, link: "" }, language).replace(`${MORE_AT[language]} `, "\0");
  return cut(`**${escape(title)}**\n${escape(body).replace("\0", `${MORE_AT[language]} ${link}`)}`);
}

/** Cuts a text between characters, never within one or within an escaped one. */
function cut(text: string, most = MOST_TEXT, lengthOf = (part: string) => part.length): string {
  if (lengthOf(text) <= most) return text;
  let left = most - lengthOf("…");
  const parts = text.match(/\\.|&\w+;|./gsu) ?? [];
  return `${parts
    .slice(
      0,
      parts.findIndex((part) => (left -= lengthOf(part)) < 0),
    )
    .join("")}…`;
}

/** An adaptive card, which the workflows of Teams post. */
function teamsCard({ title, what, next, link, footer }: NoticeText, { language }: FormOptions): unknown {
  const block = (text: string, more: object = {}) => ({ type: "TextBlock", text, wrap: true, ...more });
  const isUrl = /^https?:/.test(link);
  const content = {
    $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
    type: "AdaptiveCard",
    version: "1.4",
    body: [
      block(title, { weight: "Bolder", size: "Medium" }),
      ...what.map((line) => block(line)),
      ...next.map((line) => block(`${TO_DO[language]} ${line}`)),
      ...(isUrl ? [] : [block(`${MORE_AT[language]} ${link}`)]),
      block(footer, { isSubtle: true, size: "Small" }),
    ],
    ...(isUrl
      ? { actions: [{ type: "Action.OpenUrl", title: MORE_AT[language].replace(/ ?:$/, ""), url: link }] }
      : {}),
  };
  return {
    type: "message",
    attachments: [{ contentType: "application/vnd.microsoft.card.adaptive", contentUrl: null, content }],
  };
}

const NTFY = {
  raised: { priority: 4, tags: ["rotating_light"] },
  reminder: { priority: 3, tags: ["hourglass"] },
  resolved: { priority: 2, tags: ["white_check_mark"] },
  test: { priority: 3, tags: ["bell"] },
} as const satisfies Readonly<Record<Notice["kind"], object>>;

function ntfyMessage(text: NoticeText, { url, language, pageUrl }: FormOptions, { kind }: Notice): unknown {
  const topic = new URL(url).pathname.replaceAll("/", "");
  const message = cut(plainTextOf(text, language), MOST_NTFY_BYTES, Buffer.byteLength);
  return { topic, title: text.title, message, ...NTFY[kind], ...(pageUrl === null ? {} : { click: pageUrl }) };
}

/** JSON is posted to the server itself, and names its topic. */
function ntfyServer(url: string): string {
  const server = new URL(url);
  server.pathname = "/";
  return server.href;
}
