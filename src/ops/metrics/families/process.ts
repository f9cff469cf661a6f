import type { FamilyRow } from "../family.ts";

/** This worker, and whether it reaches what it needs. These are there also when nothing else can be read. */
export const processFamilies: readonly FamilyRow[] = [
  {
    name: "info",
    help: "Always 1, with the version of this worker, the environment of the API and the kind of the account",
    labels: ["version", "environment", "kind"],
    read: ({ worker: { version, environment, kind } }) => [{ labels: { version, environment, kind }, value: 1 }],
  },
  {
    name: "database_up",
    help: "1 if the database answered in time all that a scrape asks, 0 otherwise",
    read: (facts) => (facts.stored === null ? 0 : 1),
  },
  {
    name: "queue_up",
    help: "1 if the queue answered in time, 0 otherwise",
    read: ({ queue }) => (queue === null ? 0 : 1),
  },
  {
    name: "worker_alive",
    help: "1 while this worker does its work, 0 if it fetches no jobs, or a job or a maintenance task hangs",
    read: ({ worker }) => (worker.isAlive ? 1 : 0),
  },
  {
    name: "process_start_time_seconds",
    help: "When this worker started",
    read: () => Math.round(performance.timeOrigin) / 1000,
  },
  {
    name: "process_cpu_seconds_total",
    help: "CPU time that this worker has used, in user and system mode",
    read: () => (process.cpuUsage().user + process.cpuUsage().system) / 1e6,
  },
  {
    name: "process_resident_memory_bytes",
    help: "Memory of this worker that is in RAM",
    read: () => process.memoryUsage.rss(),
  },
  {
    name: "process_heap_bytes",
    help: "JavaScript objects of this worker",
    read: () => process.memoryUsage().heapUsed,
  },
  {
    name: "process_event_loop_active_seconds_total",
    help: "Time in which the event loop of this worker was not idle",
    read: () => performance.eventLoopUtilization().active / 1000,
  },
];
