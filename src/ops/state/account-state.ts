/** What is known of an account from our own stores: the one source of the command `status`, the page, the metrics and the notices. */
import type { Config } from "../../config/config.ts";
import type { DecidedState } from "./decided.ts";
import type { Steady } from "./steady.ts";
import type { Condition, ResourceState, Tonight, WorkersState } from "./types.ts";

export interface State
  extends
    Pick<Config, "account" | "environment" | "kind">,
    Pick<Steady, "skewMs" | "notices" | "vanished" | "auditFault">,
    Pick<DecidedState, "imports" | "killSwitch" | "reviews" | "unmapped" | "retention"> {
  /** When it was read. */
  readonly at: Date;
  readonly resources: readonly ResourceState[];
  readonly lastNight: DecidedState["night"] & { readonly requests: number };
  readonly quota: Steady["use"] & Steady["pause"] & { readonly perMinute: number };
  readonly forecast: Tonight;
  readonly workers: WorkersState;
  /** Worst first. */
  readonly conditions: readonly Condition[];
  /** Since when a sentence reports nothing wrong, as far as a worker has stored it. */
  readonly quietSince: DecidedState["noted"]["quietSince"];
}
