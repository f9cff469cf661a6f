import type { Fault } from "../../../src/sandbox/requests/faults.ts";

/**
 * What a fault leaves behind. `nothing`: the API did nothing, and we know that. `undone`: it did nothing, and we cannot
 * know. `done`: it did what was asked, and we cannot know. `accepted`: the same, and it says so, without an id. `exists`: it
 * says that it was there before. `refused`: it says that it will not. `harmless`: the answer can be read all the same.
 */
export type Leaves = "nothing" | "undone" | "done" | "accepted" | "exists" | "refused" | "harmless";

/** Where the worker ends while it sends: it never comes back from there. */
export type Death = "before the request" | "before the effect" | "after the effect";

/** One thing that goes wrong with the request of one step of one import. */
export interface ImportFault {
  readonly name: string;
  readonly leaves: Leaves;
  /** To how many requests in a row it happens. */
  readonly times: number;
  /** An answer of the API, or how its connection ends. */
  readonly answer?: Fault;
  /** No server listens. */
  readonly refused?: true;
  readonly death?: Death;
  /** What becomes of the job: the queue gives it to two workers, or again after the death, or has lost it. */
  readonly job?: "twice" | "again" | "lost";
}

const LOSSES: readonly (readonly [string, (effect: "before" | "after") => Fault])[] = [
  ["reset", (effect) => ({ kind: "reset", effect })],
  ["time-out", (effect) => ({ kind: "hang", effect })],
  ["500", (effect) => ({ kind: "status", status: 500, effect })],
  ["503", (effect) => ({ kind: "status", status: 503, retryAfter: 1, effect })],
  ["408", (effect) => ({ kind: "status", status: 408, effect })],
  ["page of HTML with 502", (effect) => ({ kind: "html", status: 502, effect })],
  ["page of HTML with 200", (effect) => ({ kind: "html", status: 200, effect })],
  ["redirect", (effect) => ({ kind: "status", status: 302, effect })],
];

const answers = (leaves: Leaves, faults: Readonly<Record<string, Fault>>): readonly ImportFault[] =>
  Object.entries(faults).map(([name, answer]) => ({ name, answer, leaves, times: 1 }));

const deaths = (death: Death, leaves: Leaves): readonly ImportFault[] =>
  (["again", "lost"] as const).map((job) => ({
    name: `worker killed ${death}, job ${job === "again" ? "handed out again" : "lost"}`,
    leaves,
    times: 1,
    death,
    job,
  }));

/** Every fault that one request can meet. */
export const FAULTS: readonly ImportFault[] = [
  { name: "nothing wrong", leaves: "harmless", times: 1 },
  { name: "connection refused", leaves: "nothing", times: 1, refused: true },
  { name: "connection refused three times", leaves: "nothing", times: 3, refused: true },
  ...LOSSES.flatMap(([name, answer]): ImportFault[] => [
    { name: `${name} before the effect`, leaves: "undone", times: 1, answer: answer("before") },
    { name: `${name} before the effect, twice`, leaves: "undone", times: 2, answer: answer("before") },
    { name: `${name} after the effect`, leaves: "done", times: 1, answer: answer("after") },
  ]),
  ...answers("done", { "answer cut off with its connection": { kind: "truncated", cut: "connection" } }),
  ...answers("accepted", {
    "answer without a body": { kind: "empty" },
    "half an answer": { kind: "truncated", cut: "body" },
  }),
  ...answers("exists", {
    "409 before the effect": { kind: "status", status: 409 },
    "409 after the effect": { kind: "status", status: 409, effect: "after" },
  }),
  ...answers("harmless", {
    "JSON called text": { kind: "content-type", contentType: "text/plain" },
    "answer in pieces": { kind: "slow", pieces: 4, pauseMs: 5 },
  }),
  ...answers("nothing", {
    "429": { kind: "status", status: 429 },
    "403 of the quota": { kind: "quota" },
  }),
  ...answers("refused", {
    "400": { kind: "status", status: 400 },
    "404": { kind: "status", status: 404 },
    "413": { kind: "status", status: 413 },
    "422": { kind: "status", status: 422 },
  }),
  ...deaths("before the request", "undone"),
  ...deaths("before the effect", "undone"),
  ...deaths("after the effect", "done"),
  { name: "job handed to two workers", leaves: "harmless", times: 1, job: "twice" },
  { name: "job lost before anything", leaves: "harmless", times: 1, job: "lost" },
];
