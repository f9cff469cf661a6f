import type { Config } from "../../config/config.ts";
import type { Database } from "../../database/client.ts";
import type { OutboxSettings } from "../../outbox/context.ts";
import type { StateReader } from "../state/state.ts";

/** What the screens are made from: our own stores, and functions that start work. None of it calls the vendor. */
export interface PageContext {
  readonly config: Config;
  readonly database: Database;
  readonly outbox: OutboxSettings;
  readonly state: StateReader;
}
