import { onTestFinished } from "vitest";
import { createApiClient, type ApiClient, type ApiSettings, type RequestLog } from "../../../src/api/client.ts";
import type { RecentRequests } from "../../../src/quota/forbidden.ts";
import { ApiError } from "../../../src/api/errors.ts";
import { AppError } from "../../../src/platform/errors.ts";

interface LogRow {
  readonly method: string;
  readonly path: string;
  readonly job: string | null;
  status?: number | null;
  bytes?: number;
  errorKind?: string | null;
}

export interface TestLog extends RequestLog {
  readonly rows: readonly LogRow[];
}

/** What the log knows where nothing was refused, and this path was never answered. */
export const QUIET: RecentRequests = {
  lastMinute: 1,
  pathAnswered: false,
  refusedInARow: 0,
  refusedForMs: 0,
  othersAnswered: false,
  othersRefused: false,
  pauseStands: false,
};

/** A request log in memory. `waitMs` and `recent` say what the real one would find in the database. */
export function createLog(facts: { waitMs?: number; recent?: Partial<RecentRequests> } = {}): TestLog {
  const rows: LogRow[] = [];
  return {
    rows,
    async open(entry) {
      const waitMs = facts.waitMs ?? 0;
      if (waitMs > 0) return { id: 0n, waitMs };
      return { id: BigInt(rows.push({ ...entry })), waitMs };
    },
    async close(id, { status, bytes, errorKind }) {
      Object.assign(rows[Number(id) - 1] ?? {}, { status, bytes, errorKind });
    },
    recent: async () => ({ ...QUIET, ...facts.recent }),
  };
}

export const PRIVATE_KEY = "123ab456-1a12-123a-a123-12a34b5c6789";
export const SECRET_KEY = "abcDEfgH123abCDef12345ABcd";

/** A client of `url`, closed with the test. */
export function client(
  url: string,
  settings: Partial<ApiSettings> = {},
  deps: { log?: RequestLog; now?: () => number } = {},
): ApiClient {
  const api = createApiClient(
    {
      url: `${url}/v2`,
      audience: "https://sandbox.example.com",
      kind: "customer",
      privateKey: PRIVATE_KEY,
      secretKey: SECRET_KEY,
      tokenSource: "sign",
      requestsPerMinute: 120,
      ...settings,
    },
    { log: createLog(), ...deps },
  );
  onTestFinished(() => api.close());
  return api;
}

/** The `ApiError` that a call ends with; anything else fails the test. */
export async function apiErrorOf(call: Promise<unknown>): Promise<ApiError> {
  const error = await errorOf(call);
  if (error instanceof ApiError) return error;
  throw error;
}

/** The `AppError` that a call ends with; anything else fails the test. */
export async function errorOf(call: Promise<unknown>): Promise<AppError> {
  const outcome = await call.then(
    () => new Error("the call succeeded"),
    (error: unknown) => error,
  );
  if (outcome instanceof AppError) return outcome;
  throw outcome;
}

export const firstPage = { page: 1, perPage: 50 } as const;
export const context = { job: null } as const;
