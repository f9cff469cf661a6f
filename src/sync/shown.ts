import type { ApiClient, CallContext } from "../api/client.ts";
import type { Executor } from "../database.ts";
import type { WriteOrigin } from "../mirror/tables.ts";
import { writeItems } from "../mirror/write-items.ts";
import { resources, sortItems, type AccountKind, type Resource } from "./resources.ts";
import type { Run } from "./runs.ts";

export interface ShowDeps {
  readonly api: Pick<ApiClient, "show">;
  readonly accountKind: AccountKind;
}

/** Asks for one row of a run's resource with all its embeds, with one request. Not there: `ApiError` `not-found`. */
export function show(
  { api, accountKind }: ShowDeps,
  { resource: name }: Run,
  id: string,
  context: CallContext,
): Promise<unknown> {
  const resource: Resource = resources[name];
  return api.show(name, id, context, resource.embed[accountKind]);
}

/** Mirrors a row as it was shown, and what it embeds. */
export async function writeShown(tx: Executor, origin: WriteOrigin, { resource }: Run, item: unknown): Promise<void> {
  const { main, parts } = sortItems(resources[resource], [item]);
  for (const { table, items } of [main, ...parts]) await writeItems(tx, origin, table, items);
}
