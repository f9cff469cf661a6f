import { single, type Family } from "../family.ts";

/** This worker, and whether it reaches what it needs. These are there also when nothing else can be read. */
export const processFamilies: readonly Family[] = [
  {
    name: "info",
    type: "gauge",
    help: "Always 1, with the version of this worker, the environment of the API and the kind of the account",
    labels: ["version", "environment", "kind"],
    read: ({ worker: { version, environment, kind } }) => [{ labels: { version, environment, kind }, value: 1 }],
  },
  {
    name: "database_up",
    type: "gauge",
    help: "1 if the database answered in time all that a scrape asks, 0 otherwise",
    labels: [],
    read: (facts) => single(facts.stored === null ? 0 : 1),
  },
  {
    name: "queue_up",
    type: "gauge",
    help: "1 if the queue answered in time, 0 otherwise",
    labels: [],
    read: ({ queue }) => single(queue === null ? 0 : 1),
  },
  {
    name: "worker_alive",
    type: "gauge",
    help: "1 while this worker does its work, 0 if it fetches no jobs, or a job or a maintenance task hangs",
    labels: [],
    read: ({ worker }) => single(worker.isAlive ? 1 : 0),
  },
  {
    name: "process_start_time_seconds",
    type: "gauge",
    help: "When this worker started",
    labels: [],
    read: () => single(Math.round(performance.timeOrigin) / 1000),
  },
  {
    name: "process_cpu_seconds_total",
    type: "counter",
    help: "CPU time that this worker has used, in user and system mode",
    labels: [],
    read: () => single((process.cpuUsage().user + process.cpuUsage().system) / 1e6),
  },
  {
    name: "process_resident_memory_bytes",
    type: "gauge",
    help: "Memory of this worker that is in RAM",
    labels: [],
    read: () => single(process.memoryUsage.rss()),
  },
  {
    name: "process_heap_bytes",
    type: "gauge",
    help: "JavaScript objects of this worker",
    labels: [],
    read: () => single(process.memoryUsage().heapUsed),
  },
  {
    name: "process_event_loop_active_seconds_total",
    type: "counter",
    help: "Time in which the event loop of this worker was not idle",
    labels: [],
    read: () => single(performance.eventLoopUtilization().active / 1000),
  },
];
