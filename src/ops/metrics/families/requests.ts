import { stored, timestamp, type FamilyRow } from "../family.ts";
import { REFUSALS } from "../requests.ts";

/** What of the quota was used, and by whom. */
export const requestFamilies: readonly FamilyRow[] = [
  {
    name: "requests_total",
    help: "Requests to the API that ended since this worker started, those of commands included",
    labels: ["outcome", "lane"],
    read: stored(({ requests }) =>
      requests.map(({ outcome, lane, count }) => ({ labels: { outcome, lane }, value: count })),
    ),
  },
  {
    name: "refusals_total",
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
    help: "Requests that any rolling minute may hold",
    read: stored(({ state }) => state.quota.perMinute),
  },
  {
    name: "quota_window_requests",
    help: "Requests in the last 60 seconds",
    read: stored(({ window }) => window.now),
  },
  {
    name: "quota_window_max_requests",
    help: "The most requests in any 60 seconds of the last hour",
    read: stored(({ window }) => window.most),
  },
  {
    name: "quota_paused_until_timestamp_seconds",
    help: "When the pause after a refusal (HTTP 403) ends; absent without one",
    read: stored(({ state }) => timestamp(state.quota.pausedUntil)),
  },
  {
    name: "quota_waits_total",
    help: "Requests that this worker kept back because the last minute was full or the API is left alone",
    read: ({ worker }) => worker.quotaWaits,
  },
  {
    name: "forecast_requests",
    help: "Requests that the schedules will need in the coming night",
    read: stored(({ state }) => state.forecast.requests),
  },
  {
    name: "forecast_quota_ratio",
    help: "The share of the quota that the schedules will need in the coming night; 1 is all of it",
    read: stored(({ state }) => state.forecast.share),
  },
];
