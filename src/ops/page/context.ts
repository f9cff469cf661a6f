import type { Config } from "../../config/config.ts";
import type { Decider } from "../../database/audit.ts";
import type { Database } from "../../database/client.ts";
import type { OutboxContext, OutboxSettings } from "../../outbox/context.ts";
import type { Decided } from "../../outbox/operations/decide-one.ts";
import type { Resolution } from "../../outbox/operations/review.ts";
import type { Erase } from "../../people/erase/erasure.ts";
import type { ResourceName } from "../../sync/resources.ts";
import type { RunKind } from "../../sync/runs/runs.ts";
import type { Text } from "../../platform/language.ts";
import type { StateReader } from "../state/state.ts";
import type { CodeLabel } from "./labels.ts";

/** What a status means to reports. */
export interface StatusMeaning {
  readonly status: string;
  /** Its code; null: none. */
  readonly category: string | null;
  /** Nobody has decided about it. */
  readonly isGuessed: boolean;
  /** How many have it now. */
  readonly applications: number;
}

/** What the screens are made from: our own stores, and functions that start work. No view of them calls the vendor. */
export interface PageContext {
  readonly config: Config;
  readonly database: Database;
  readonly outbox: OutboxSettings;
  readonly state: StateReader;
  /** Starts a run, or returns the one that is running; null: an incremental one before the first full one. Throws `run_going`. */
  readonly startSync: (wanted: {
    readonly resource: ResourceName;
    readonly kind: RunKind;
    readonly by: Decider;
  }) => Promise<number | null>;
  readonly erase: Erase;
  readonly enqueue: OutboxContext["enqueue"];
  /** Resolves an import by what a person found. An id that they give is looked up first, where the API allows it, in one request. */
  readonly resolve: (by: Decider, id: bigint, resolution: Resolution, isUnchecked: boolean) => Promise<Decided>;
  /** What people call the codes, those of a kind in their order. */
  readonly labels: () => Promise<readonly CodeLabel[]>;
  /** What reports know of statuses. `set` throws `status_changed` where the status is no longer as it was shown. */
  readonly statuses: {
    readonly read: () => Promise<readonly StatusMeaning[]>;
    readonly categories: () => Promise<readonly ({ readonly code: string } & Text)[]>;
    readonly set: (by: Decider, category: string | null, shown: StatusMeaning) => Promise<void>;
    /** Of how many applications the reports are still to be recomputed. */
    readonly pending: () => Promise<number>;
  };
}
