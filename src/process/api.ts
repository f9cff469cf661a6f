/** The API as a process calls it. */
import { createApiClient } from "../api/client.ts";
import { UsageError } from "../platform/errors.ts";
import { createRequestLog } from "../quota/request-gate.ts";
import type { Context, Stores } from "./stores.ts";

/** The client of the API, through the request gate. Throws `missing_keys`. */
export function openApi({ config, lifecycle }: Context, { database }: Stores) {
  const { account, kind, api: settings } = config;
  const { privateKey, secretKey, requestsPerMinute } = settings;
  if (privateKey === null || secretKey === null) {
    throw new UsageError("missing_keys", "KELIO_PRIVATE_KEY and KELIO_SECRET_KEY are needed to call the API.");
  }
  const log = createRequestLog(database, { account, requestsPerMinute });
  const api = createApiClient({ ...settings, privateKey, secretKey, kind }, { log });
  lifecycle.add("api connections", async () => api.close());
  return { api, log };
}
