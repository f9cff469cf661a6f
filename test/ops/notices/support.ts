import { loadConfig } from "../../../src/config/config.ts";
import type { Database } from "../../../src/database/client.ts";
import type { Channel, Sent } from "../../../src/ops/notices/deliver.ts";
import type { Notice } from "../../../src/ops/notices/notice.ts";
import type { Seen } from "../../../src/ops/notices/record.ts";
import type { Condition } from "../../../src/ops/state/types.ts";

export const BEGIN = new Date("2027-03-01T08:00:00.000Z");
export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;

export function after(ms: number): Date {
  return new Date(BEGIN.getTime() + ms);
}

/** A red condition, by default that imports wait for a person. */
export function red(changes: Partial<Condition> = {}): Condition {
  return { code: "imports_need_person", colour: "red", since: BEGIN, facts: { count: 3 }, subject: "", ...changes };
}

export function seen(at: Date, conditions: readonly Condition[], running: readonly string[] = []): Seen {
  return { at, conditions, resources: running.map((kind) => ({ running: { kind } })) };
}

/** What is stored of the notices of an account, oldest first. */
export async function noticesOf(database: Database, account: string) {
  return database.notice.findMany({ where: { account }, orderBy: [{ occurredAt: "asc" }, { channel: "asc" }] });
}

export const OK: Sent = { isDelivered: true, answer: "HTTP 200", retryAfterMs: 0 };
export const REFUSED: Sent = { isDelivered: false, answer: "HTTP 500", retryAfterMs: 0 };

/** A channel that keeps what it receives, and answers as `answer` says. */
export function channelDouble(answer: (notice: Notice) => Sent | Promise<Sent> = () => OK) {
  const received: Notice[] = [];
  const channel: Channel = {
    name: "webhook",
    description: "a double",
    send: async (notice) => {
      received.push(notice);
      return answer(notice);
    },
  };
  return { channel, received };
}

/** The settings of an account with these on top. */
export function configWith(env: Readonly<Record<string, string>>) {
  return loadConfig(env, { keys: false }, { directory: "/srv/sync", terminal: false });
}

/** A promise that the test settles. */
export function held<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((settle) => (resolve = settle));
  return { promise, resolve };
}
