import { describe, expect, it } from "vitest";
import { parseNotifyUrl } from "../../../src/config/notify-url.ts";
import { postOf } from "../../../src/ops/notices/forms.ts";
import type { Notice } from "../../../src/ops/notices/notice.ts";
import type { TextOptions } from "../../../src/ops/notices/text.ts";
import { after, BEGIN } from "./support.ts";

const ENGLISH: TextOptions = {
  account: "default",
  environment: "production",
  language: "en",
  timezone: "Europe/Paris",
  pageUrl: "https://applicants.example.org",
};
const REVIEW: Notice = {
  id: "6f1f0d7e-27f6-4a5c-8f0e-0b5d7f6c2a11",
  kind: "raised",
  code: "review_waiting",
  items: [{ subject: "118", since: BEGIN, facts: { run: 118, resource: "applications", absent: 214, known: 5130 } }],
  occurredAt: after(31_000),
};
const OVERDUE: Notice = {
  ...REVIEW,
  code: "mirror_overdue",
  items: ["campaigns", "<applications> *&* [x](http://evil.example) @here"].map((subject) => ({
    subject,
    since: null,
    facts: { resource: subject, fresh: "2027-02-27 02:00+01" },
  })),
};

function post(url: string, notice: Notice = REVIEW, options: Partial<TextOptions> = {}) {
  const target = parseNotifyUrl(url);
  if (target === undefined) throw new Error(`no such URL: ${url}`);
  const { body, ...rest } = postOf(notice, { ...ENGLISH, ...options, ...target, secret: null }, after(60_000));
  const parsed: unknown = JSON.parse(body);
  return { ...rest, body: parsed };
}

describe("the host of NOTIFY_URL tells the form of a notice", () => {
  const bodies = {
    slack: { text: expect.stringMatching(/^\*Action needed: Run 118/) },
    googlechat: { text: expect.stringMatching(/^\*Action needed: Run 118/) },
    mattermost: { text: expect.stringMatching(/^\*\*Action needed: Run 118/) },
    discord: { content: expect.stringMatching(/^\*\*Action needed: Run 118/), allowed_mentions: { parse: [] } },
    teams: {
      type: "message",
      attachments: [
        {
          contentType: "application/vnd.microsoft.card.adaptive",
          content: expect.objectContaining({
            type: "AdaptiveCard",
            actions: [{ type: "Action.OpenUrl", title: "More", url: "https://applicants.example.org" }],
          }),
        },
      ],
    },
    ntfy: {
      topic: "kelio",
      title: expect.stringMatching(/^Action needed: Run 118/),
      message: expect.stringContaining("What to do: "),
      priority: 4,
      click: "https://applicants.example.org",
    },
    json: { type: "applicant_sync.notice.raised", version: 1, data: { condition: "review_waiting" } },
  } as const;

  it.each([
    ["https://hooks.slack.com/services/T0/B0/x", "slack"],
    ["https://acme.webhook.office.com/webhookb2/a@b/IncomingWebhook/c/d", "teams"],
    ["https://prod-12.westeurope.logic.azure.com:443/workflows/x/triggers/manual/paths/invoke?sig=y", "teams"],
    ["https://default0a.1b.environment.api.powerplatform.com:443/powerautomate/workflows/x?sig=y", "teams"],
    ["https://discord.com/api/webhooks/1/x", "discord"],
    ["https://chat.googleapis.com/v1/spaces/x/messages?key=a&token=b", "googlechat"],
    ["https://chat.example.org/hooks/abcdefghijklmnopqrstuvwxyz", "mattermost"],
    ["mattermost+http://chat.example.org:8065/hooks/x", "mattermost"],
    ["slack+https://rocket.example.org/hooks/a/b", "slack"],
    ["https://ntfy.sh/kelio", "ntfy"],
    ["ntfy+http://push.example.org/kelio", "ntfy"],
    ["https://hooks.example.org/applicant-sync", "json"],
    ["https://discord.com.example.org/api/webhooks/1/x", "json"],
    ["json+https://ntfy.example.org/a/b", "json"],
  ] as const)("%s: %s", (url, form) => {
    expect(parseNotifyUrl(url)?.form).toBe(form);
    expect(post(url).body).toMatchObject(bodies[form]);
  });

  it.each([
    "hooks.example.org",
    "ftp://example.org/x",
    "pager+https://example.org",
    "https://",
    "https://ntfy.sh",
    "https://ntfy.sh/a/b",
    "https://a b/",
  ])("what is none is refused: %s", (url) => {
    expect(parseNotifyUrl(url)).toBeUndefined();
  });

  it("ntfy receives it at its root, with the login of the URL", () => {
    expect(post("https://:tk_secret@ntfy.example.org/kelio").url).toBe("https://:tk_secret@ntfy.example.org/");
  });
});

describe("the text of a notice", () => {
  it("says what, since when, what to do and where to read on", () => {
    expect(post("https://hooks.example.org/x").body).toMatchObject({
      timestamp: "2027-03-01T08:00:31.000Z",
      data: {
        id: REVIEW.id,
        account: "default",
        environment: "production",
        items: [{ subject: "118", since: "2027-03-01T08:00:00.000Z", facts: { absent: 214 } }],
        text: expect.stringMatching(/5130 rows as deleted and waits for a decision\. Since 1 March 2027 at 09:00\.$/),
        next_step: expect.stringContaining("applicant-sync review"),
        link: "https://applicants.example.org",
      },
    });
  });

  it("is French with LANGUAGE=fr", () => {
    expect(post("https://hooks.example.org/x", REVIEW, { language: "fr", pageUrl: null }).body).toMatchObject({
      data: {
        language: "fr",
        title: expect.stringMatching(/^À traiter : /),
        text: expect.stringMatching(/Depuis le 1 mars 2027 à 09:00\.$/),
        link: "docs/conditions.md#review_waiting",
      },
    });
  });

  it("names all that one notice is about", () => {
    expect(post("https://hooks.example.org/x", OVERDUE).body).toMatchObject({
      data: {
        title: expect.stringMatching(/^Action needed: Campaigns.* \(and 1 more\)$/),
        text: expect.stringMatching(/\n/),
      },
    });
  });

  it("says that it is over, since when, and that nothing is to be done", () => {
    expect(post("https://hooks.example.org/x", { ...REVIEW, kind: "resolved" }).body).toMatchObject({
      data: {
        title: expect.stringMatching(/^Resolved: /),
        text: expect.stringMatching(/good again since 1 March 2027/),
        next_step: null,
      },
    });
  });

  it("becomes no emphasis, link or mention of a chat program", () => {
    const { body: slack } = post("https://hooks.slack.com/services/x", OVERDUE);
    expect(JSON.stringify(slack)).toContain("&lt;applications&gt; *&amp;*");
    const { body: discord } = post("https://discord.com/api/webhooks/1/x", OVERDUE);
    expect(JSON.stringify(discord)).toContain(
      String.raw`\\<applications\\> \\*&\\* \\[x\\](http://evil.example) \\@here`,
    );
  });
});
