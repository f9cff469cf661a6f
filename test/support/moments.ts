import { Client } from "pg";
import type { Sandbox } from "../../src/sandbox/server.ts";
import { personOf } from "./fault-people.ts";

/** The moments of a request at which its worker, its queue or its database may be lost, as the e-mail of who is there then. */
export const MOMENTS = {
  claimed: "claimed.not-sent@example.org",
  arrived: "arrived.late-effect@example.org",
  swallowed: "arrived.no-effect@example.org",
  created: "created.no-answer@example.org",
  answered: "answered.not-recorded@example.org",
} as const;

export interface Held {
  /** Resolves when everybody but `claimed` is at their moment. */
  readonly reached: Promise<void>;
  /** Lets the API go on. */
  readonly release: () => void;
}

/** Holds the creations of these people at their moments, until they are released; `answer` runs before one is answered. */
export function holdAtMoments(sandbox: Sandbox, path: string, answer: () => Promise<void>): Held {
  const { script } = sandbox;
  const gate = latch();
  const reached: Promise<void>[] = [];
  const at = (on: "before" | "after", email: string, then: () => Promise<void>): void => {
    const here = latch();
    reached.push(here.opened);
    script[on](of(email), async () => {
      await then();
      here.open();
      if (email !== MOMENTS.answered) await gate.opened;
    });
  };
  const of = (email: string) => ({
    method: "POST",
    path,
    where: (_: unknown, body: string) => personOf(sandbox, body) === email,
  });
  at("before", MOMENTS.arrived, async () => {});
  at("after", MOMENTS.created, async () => {});
  at("after", MOMENTS.answered, answer);
  at("before", MOMENTS.swallowed, async () => {});
  script.fault({ kind: "reset" }, of(MOMENTS.swallowed));
  return { reached: Promise.all(reached).then(() => undefined), release: gate.open };
}

function latch(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open: () => open() };
}

/** A lock in the database that keeps others waiting, until it is let go. */
export async function lockIn(url: string, statement: string, values: readonly unknown[]): Promise<() => Promise<void>> {
  const client = new Client({ connectionString: url });
  // A server that stops releases its locks.
  client.on("error", () => undefined);
  await client.connect();
  await client.query("begin");
  await client.query(statement, [...values]);
  return () => client.end();
}

/** Keeps what comes of a person's request from being recorded. */
export const lockRecord = (url: string, email: string): Promise<() => Promise<void>> =>
  lockIn(url, "select from applicant_import where email = $1 for update", [email]);

/** Keeps every request of an account from being sent. */
export const lockRequests = (url: string, account: string): Promise<() => Promise<void>> =>
  lockIn(url, "select public.lock_account($1, 'api_request', null)", [account]);
