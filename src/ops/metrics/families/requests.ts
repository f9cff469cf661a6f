import { single, stored, timestamp, type Family } from "../family.ts";
import { REFUSALS } from "../requests.ts";

/** What of the quota was used, and by whom. */
export const requestFamilies: readonly Family[] = [
  {
    name: "requests_total",
    type: "counter",
    help: "Requests to the API that ended since this worker started, those of commands included",
    labels: ["outcome", "lane"],
    read: stored(({ requests }) =>
      requests.map(({ outcome, lane, count }) => ({ labels: { outcome, lane }, value: count })),
    ),
  },
  {
    name: "refusals_total",
    type: "counter",
    help: "Requests that the API refused since this worker started, by the cause",
    labels: ["cause"],
    read: stored(({ requests }) =>
      REFUSALS.map((cause) => ({
        labels: { cause },
        value: requests.reduce((sum, { outcome, count }) => (outcome === cause ? sum + count : sum), 0),
      })),
    ),
  },
  {
    name: "quota_limit_requests",
    type: "gauge",
    help: "Requests that any rolling minute may hold",
    labels: [],
    read: stored(({ state }) => single(state.quota.perMinute)),
  },
  {
    name: "quota_window_requests",
    type: "gauge",
    help: "Requests in the last 60 seconds",
    labels: [],
    read: stored(({ window }) => single(window.now)),
  },
  {
    name: "quota_window_max_requests",
    type: "gauge",
    help: "The most requests in any 60 seconds of the last hour",
    labels: [],
    read: stored(({ window }) => single(window.most)),
  },
  {
    name: "quota_paused_until_timestamp_seconds",
    type: "gauge",
    help: "When the pause after a refusal (HTTP 403) ends; absent without one",
    labels: [],
    read: stored(({ state }) => single(timestamp(state.quota.pausedUntil))),
  },
  {
    name: "quota_waits_total",
    type: "counter",
    help: "Requests that this worker kept back because the last minute was full or the API is left alone",
    labels: [],
    read: ({ worker }) => single(worker.quotaWaits),
  },
  {
    name: "forecast_requests",
    type: "gauge",
    help: "Requests that the schedules will need in the coming night",
    labels: [],
    read: stored(({ state }) => single(state.forecast.requests)),
  },
  {
    name: "forecast_quota_ratio",
    type: "gauge",
    help: "The share of the quota that the schedules will need in the coming night; 1 is all of it",
    labels: [],
    read: stored(({ state }) => single(state.forecast.share)),
  },
];
