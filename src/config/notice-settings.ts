/** The settings of who is notified of what needs a person. */
import { z } from "zod";
import { parsed } from "./formats.ts";
import {
  ADDRESSES_FORM,
  HEARTBEAT_FORM,
  isWebhookSecret,
  NOTIFY_FORM,
  parseAddresses,
  parseHeartbeatUrl,
  parseNotifyUrl,
  parseSmtpUrl,
  SMTP_FORM,
} from "./notify-url.ts";
import { optional } from "./setting.ts";
import { readUrl } from "../platform/url.ts";

export const noticeSettings = {
  HEARTBEAT_URL: optional(parsed(parseHeartbeatUrl, HEARTBEAT_FORM), {
    example: "https://hc-ping.com/00000000-0000-0000-0000-000000000000",
    secret: true,
    meaning:
      "A check that is pinged when a night of full syncs starts, succeeds and fails: of healthchecks, or /api/push/ of Uptime Kuma. Unset: none",
  }),
  NOTIFY_URL: optional(parsed(parseNotifyUrl, NOTIFY_FORM), {
    example: "https://hooks.example.org/applicant-sync",
    secret: true,
    meaning:
      "The webhook that is notified of what needs a person: Slack, Teams, Discord, Google Chat, Mattermost, ntfy, or any that reads our JSON. Unset: none",
  }),
  NOTIFY_SECRET: optional(
    z.string().refine(isWebhookSecret, "whsec_ and 24 to 64 bytes in base64, such as openssl rand -base64 32 prints"),
    {
      example: "whsec_your-notify-secret",
      secret: true,
      meaning:
        "Signs the JSON to NOTIFY_URL as Standard Webhooks: whsec_ and what `openssl rand -base64 32` prints. Unset: not signed",
    },
  ),
  SMTP_URL: optional(parsed(parseSmtpUrl, SMTP_FORM), {
    example: "smtp://user:password@smtp.example.org:587",
    secret: true,
    meaning: "The mail server through which NOTIFY_EMAIL is notified of what needs a person. Unset: no e-mail",
  }),
  NOTIFY_EMAIL: optional(parsed(parseAddresses, ADDRESSES_FORM), {
    example: "hr@example.org",
    meaning: "Who is notified by e-mail of what needs a person: addresses separated by commas; together with SMTP_URL",
  }),
  OPS_URL: optional(z.string().refine(isPageUrl, "the https:// or http:// URL under which people reach the page"), {
    example: "https://applicants.example.org",
    meaning: "Where people reach the page of the worker, for links in notices. Unset: they name a section of the docs",
  }),
};

function isPageUrl(url: string): boolean {
  return /^https?:\/\/[^\s\\?#@]+$/i.test(url) && readUrl(url) !== null;
}
