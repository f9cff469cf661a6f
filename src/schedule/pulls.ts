import type { Config } from "../config/config.ts";
import { resources, resourcesOf, scopeOf, type ResourceName } from "../sync/resources.ts";
import type { RunKind } from "../sync/runs/runs.ts";

export interface Pull {
  /** The name of its ticks. A full pull has the name of its resource. */
  readonly name: string;
  readonly resource: ResourceName;
  readonly kind: RunKind;
  /** A cron expression; null: it is not scheduled, and `schedule` says why. */
  readonly expression: string | null;
  /** For people: the expression, `off`, or which scope is missing. */
  readonly schedule: string;
}

/** Every resource of the account's kind with its schedules. One whose scope is not granted has none. */
export function pullsOf({ api, kind: accountKind, schedules }: Config): readonly Pull[] {
  return resourcesOf(accountKind).flatMap((resource) => {
    const scope = scopeOf(resource);
    const { polls, schedule: fullSchedule } = resources[resource];
    const granted = api.scopes.includes(scope);
    const pull = (kind: RunKind, setting: string | null): Pull => {
      const expression = granted ? setting : null;
      const schedule = expression ?? (granted ? "off" : `not scheduled: scope ${scope} is not granted`);
      return { name: kind === "full" ? resource : `${resource}_${kind}`, resource, kind, expression, schedule };
    };
    const full = pull("full", schedules[fullSchedule]);
    return polls[accountKind].length === 0 ? [full] : [full, pull("incremental", schedules.incremental)];
  });
}
