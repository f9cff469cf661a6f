import { LISTED_STATES } from "../../../outbox/operations/filter.ts";
import { CONDITIONS } from "../../state/conditions.ts";
import { single, stored, timestamp, type Family } from "../family.ts";

/** Imports, notices, the queue, and what is wrong. */
export const workFamilies: readonly Family[] = [
  {
    name: "imports",
    type: "gauge",
    help: "Imports by state; unknown: a request of unknown outcome was sent, and is looked up before it is sent again",
    labels: ["state"],
    read: stored(({ state }) =>
      LISTED_STATES.map((one) => ({ labels: { state: one }, value: state.imports.counts[one] })),
    ),
  },
  {
    name: "imports_waiting_for_person",
    type: "gauge",
    help: "Imports that are held, need a review, or were rejected and not dismissed",
    labels: [],
    read: stored(({ state }) => single(state.imports.forPerson)),
  },
  {
    name: "imports_oldest_waiting_timestamp_seconds",
    type: "gauge",
    help: "When the oldest import that waits to be sent came in; absent while none waits",
    labels: [],
    read: stored(({ state }) => single(timestamp(state.imports.oldestWaiting))),
  },
  {
    name: "imports_held",
    type: "gauge",
    help: "1 while the kill switch holds all imports, 0 otherwise",
    labels: [],
    read: stored(({ state }) => single(state.killSwitch.held ? 1 : 0)),
  },
  {
    name: "notices",
    type: "gauge",
    help: "Notices that wait to be delivered (waiting), and channels that receive none (undelivered)",
    labels: ["state"],
    read: stored(({ state: { notices } }) => [
      { labels: { state: "waiting" }, value: notices.waiting },
      { labels: { state: "undelivered" }, value: notices.undelivered.length },
    ]),
  },
  {
    name: "notice_undelivered_timestamp_seconds",
    type: "gauge",
    help: "Since when a channel has received none of the notices that wait for it; absent while it receives them",
    labels: ["channel"],
    read: stored(({ state }) =>
      state.notices.undelivered.map(({ channel, since }) => ({ labels: { channel }, value: since.getTime() / 1000 })),
    ),
  },
  {
    name: "statuses_unmapped",
    type: "gauge",
    help: "Statuses of applications of which reports do not know the category, and nobody has set one",
    labels: [],
    read: stored(({ state }) => single(state.unmapped.count)),
  },
  {
    name: "retention_overdue_timestamp_seconds",
    type: "gauge",
    help: "When a clock of RETENTION becomes overdue unless it is applied to its end before; absent while RETENTION is off",
    labels: ["clock"],
    read: stored(({ state }) =>
      (state.retention?.clocks ?? []).map(({ clock, overdueAt }) => ({
        labels: { clock },
        value: overdueAt.getTime() / 1000,
      })),
    ),
  },
  {
    name: "retention_announced_people",
    type: "gauge",
    help: "People on the notice list of RETENTION, whom it will erase",
    labels: ["clock"],
    read: stored(({ state }) =>
      (state.retention?.announced ?? []).map(({ clock, people }) => ({ labels: { clock }, value: people })),
    ),
  },
  {
    name: "queue_jobs",
    type: "gauge",
    help: "Jobs in the queue by state",
    labels: ["state"],
    read: ({ queue }) =>
      queue === null ? [] : Object.entries(queue.jobs).map(([state, value]) => ({ labels: { state }, value })),
  },
  {
    name: "queue_workers",
    type: "gauge",
    help: "Processes that process jobs; absent where the user of Redis may not ask",
    labels: [],
    read: ({ queue }) => single(queue?.workers ?? null),
  },
  {
    name: "conditions",
    type: "gauge",
    help: "What is wrong, as status shows it, by the code of the condition; 0: it is not so",
    labels: ["code"],
    read: stored(({ state }) =>
      Object.keys(CONDITIONS).map((code) => ({
        labels: { code },
        value: state.conditions.filter((condition) => condition.code === code).length,
      })),
    ),
  },
  {
    name: "clock_skew_seconds",
    type: "gauge",
    help: "How far the clock of this worker is ahead of that of the database; negative: behind",
    labels: [],
    read: stored(({ skewSeconds }) => single(skewSeconds)),
  },
];
