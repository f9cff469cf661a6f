import { LISTED_STATES } from "../../../outbox/operations/filter.ts";
import { CONDITIONS } from "../../state/conditions.ts";
import { stored, timestamp, type FamilyRow } from "../family.ts";

/** Imports, notices, the queue, and what is wrong. */
export const workFamilies: readonly FamilyRow[] = [
  {
    name: "imports",
    help: "Imports by state; unknown: a request of unknown outcome was sent, and is looked up before it is sent again",
    labels: ["state"],
    read: stored(({ state }) =>
      LISTED_STATES.map((one) => ({ labels: { state: one }, value: state.imports.counts[one] })),
    ),
  },
  {
    name: "imports_waiting_for_person",
    help: "Imports that are held, need a review, or were rejected and not dismissed",
    read: stored(({ state }) => state.imports.forPerson),
  },
  {
    name: "imports_oldest_waiting_timestamp_seconds",
    help: "When the oldest import that waits to be sent came in; absent while none waits",
    read: stored(({ state }) => timestamp(state.imports.oldestWaiting)),
  },
  {
    name: "imports_held",
    help: "1 while the kill switch holds all imports, 0 otherwise",
    read: stored(({ state }) => (state.killSwitch.held ? 1 : 0)),
  },
  {
    name: "notices",
    help: "Notices that wait to be delivered (waiting), and channels that receive none (undelivered)",
    labels: ["state"],
    read: stored(({ state: { notices } }) => [
      { labels: { state: "waiting" }, value: notices.waiting },
      { labels: { state: "undelivered" }, value: notices.undelivered.length },
    ]),
  },
  {
    name: "notice_undelivered_timestamp_seconds",
    help: "Since when a channel has received none of the notices that wait for it; absent while it receives them",
    labels: ["channel"],
    read: stored(({ state }) =>
      state.notices.undelivered.map(({ channel, since }) => ({ labels: { channel }, value: since.getTime() / 1000 })),
    ),
  },
  {
    name: "statuses_unmapped",
    help: "Statuses of applications of which reports do not know the category, and nobody has set one",
    read: stored(({ state }) => state.unmapped.count),
  },
  {
    name: "retention_overdue_timestamp_seconds",
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
    help: "People on the notice list of RETENTION, whom it will erase",
    labels: ["clock"],
    read: stored(({ state }) =>
      (state.retention?.announced ?? []).map(({ clock, people }) => ({ labels: { clock }, value: people })),
    ),
  },
  {
    name: "queue_jobs",
    help: "Jobs in the queue by state",
    labels: ["state"],
    read: ({ queue }) =>
      queue === null ? [] : Object.entries(queue.jobs).map(([state, value]) => ({ labels: { state }, value })),
  },
  {
    name: "queue_workers",
    help: "Processes that process jobs; absent where the user of Redis may not ask",
    read: ({ queue }) => queue?.workers ?? null,
  },
  {
    name: "conditions",
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
    help: "How far the clock of this worker is ahead of that of the database; negative: behind",
    read: stored(({ skewSeconds }) => skewSeconds),
  },
];
