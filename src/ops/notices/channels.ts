/** The ways by which people are notified: NOTIFY_URL and NOTIFY_EMAIL. */
import type { Config } from "../../config/config.ts";
import { counted, plain } from "../../platform/text.ts";
import { redactText } from "../../platform/redact.ts";
import type { Channel } from "./deliver.ts";
import { postOf } from "./forms.ts";
import { describeAnswer, exchange, isTaken } from "./http.ts";
import { sendMail } from "./mail.ts";
import type { TextOptions } from "./text.ts";

const MOST_ANSWER = 200;

/** Those that are configured. */
export function channelsOf(config: Pick<Config, "account" | "environment" | "language" | "schedules" | "notices">) {
  const { account, environment, language, schedules, notices } = config;
  const text: TextOptions = { account, environment, language, timezone: schedules.timezone, pageUrl: notices.pageUrl };
  const { webhook, email } = notices;
  return [
    ...(webhook === null ? [] : [webhookChannel(webhook, text)]),
    ...(email === null ? [] : [emailChannel(email, text)]),
  ];
}

function webhookChannel(webhook: NonNullable<Config["notices"]["webhook"]>, text: TextOptions): Channel {
  const { form, url, secret, proxy } = webhook;
  const signed = form !== "json" ? "" : secret === null ? ", not signed: NOTIFY_SECRET is not set" : ", signed";
  return {
    name: "webhook",
    description: `${form} at ${new URL(url).host}${signed}`,
    async send(notice, { at, signal }) {
      const post = postOf(notice, { ...text, form, url, secret }, at);
      const answer = await exchange({ method: "POST", ...post, proxy, signal });
      return {
        isDelivered: form === "json" ? answer.status >= 200 && answer.status < 300 : isTaken(answer),
        answer: describeAnswer(answer),
        retryAfterMs: retryAfterMs(answer.retryAfter, at),
      };
    },
  };
}

function emailChannel(email: NonNullable<Config["notices"]["email"]>, text: TextOptions): Channel {
  const { server, to } = email;
  return {
    name: "email",
    description: `${counted(to.length, "address", "addresses")} through ${server.host}:${server.port}`,
    async send(notice, { signal }) {
      const answer = await sendMail(notice, { ...email, text, signal });
      return { isDelivered: true, answer: plain(redactText(answer), MOST_ANSWER), retryAfterMs: 0 };
    },
  };
}

/** Seconds, of which Discord writes fractions too, or a date. */
function retryAfterMs(header: string | null, at: Date): number {
  if (header === null) return 0;
  const ms = /^\d+(\.\d+)?$/.test(header.trim()) ? Number(header) * 1_000 : Date.parse(header) - at.getTime();
  return Number.isFinite(ms) ? Math.max(0, ms) : 0;
}
