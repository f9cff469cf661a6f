import type { CallContext } from "../../api/client.ts";
import type { SyncContext } from "../context.ts";
import { locksOf, mirrorFactsOf, sortItems, writeAnswer, type MirrorFacts, type Writing } from "../reading/answer.ts";
import { resources } from "../resources.ts";
import type { Run } from "../runs/load-run.ts";

/** Requests one row of a run's resource with all its embeds. Throws an `ApiError` of kind `not-found` if it is not there. */
export function show(
  { api, accountKind }: SyncContext,
  { resource: name }: Run,
  id: string,
  context: CallContext,
): Promise<unknown> {
  const resource = resources[name];
  return api.show(name, id, context, resource.embed[accountKind]);
}

/** Mirrors one shown row and the rows that it embeds. */
export async function writeShown(
  writing: Writing,
  context: Pick<SyncContext, "account" | "keyring" | "latestErasure">,
  run: Run,
  item: unknown,
): Promise<void> {
  const { tx } = writing;
  const { account } = context;
  const answer = sortItems(resources[run.resource], [item]);
  const locks = locksOf(answer, "$1");
  if (locks.length > 0) await tx.$executeRawUnsafe(`select ${locks.join(", ")}`, account);
  const values: string[] = [];
  const bind = (value: string) => `$${values.push(value)}`;
  const facts = mirrorFactsOf(answer, bind(account), bind(run.resource), bind, await context.latestErasure());
  const statement = `select ${facts} as mirror`;
  const [row] = await tx.$queryRawUnsafe<{ mirror: MirrorFacts }[]>(statement, ...values);
  if (row !== undefined) await writeAnswer(writing, context, run, answer, row.mirror);
}
