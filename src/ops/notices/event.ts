/** The JSON that NOTIFY_URL receives, described in docs/notices.md. Its names and meanings stay; new fields may join. */
import type { Notice } from "./notice.ts";
import { textOf, type TextOptions } from "./text.ts";

/** Raised if a field goes away or changes its meaning. */
const EVENT_VERSION = 1;

export function eventOf(notice: Notice, options: TextOptions) {
  const { title, what, next, link } = textOf(notice, options);
  const { kind, code, items, occurredAt } = notice;
  return {
    type: `applicant_sync.notice.${kind}`,
    version: EVENT_VERSION,
    timestamp: occurredAt.toISOString(),
    data: {
      id: notice.id,
      account: options.account,
      environment: options.environment,
      condition: code,
      items: items.map(({ subject, since, facts }) => ({ subject, since: since?.toISOString() ?? null, facts })),
      language: options.language,
      title,
      text: what.join("\n"),
      next_step: next.length === 0 ? null : next.join("\n"),
      link,
    },
  };
}
