import type { Executor } from "../../database/client.ts";
import type { IntakeSettings } from "../context.ts";
import { comparable } from "../../platform/comparable.ts";
import { because } from "../import/reasons.ts";
import { moveColumns } from "../import/move-columns.ts";
import type { ImportRow } from "../import/row.ts";
import { spellingsOf } from "./sources.ts";

/**
 * Holds the first imports of a new source until a person approves them, and all later ones until then, so that a mistake in how a
 * source fills its fields is noticed before thousands are sent.
 */
export async function holdNewSources(
  tx: Executor,
  { imports: { sourceApproval: first } }: IntakeSettings,
  added: ReadonlySet<bigint>,
): Promise<void> {
  if (first === 0 || added.size === 0) return;
  // A person reviews an import that is held for a reason of its own anyway; the kill switch is not such a reason.
  const rows = await tx.$queryRaw<({ id: bigint } & Origin)[]>`
    select id, account, source, intake, submitted_by as "submittedBy" from public.applicant_import where id = any(${[...added]}::bigint[])
      and (state = 'ready' or (state = 'held' and reason_code = 'kill_switch')) order by id`;
  for (const [origin, ids] of byOrigin(rows)) {
    const before = await countSource(tx, origin, ids.length);
    await holdFirst(tx, origin, ids, Math.max(0, first - before));
  }
}

/**
 * What is approved together: a source, however it is spelt (`comparable`), its intake and, for the SQL intake, the role that inserts. A
 * role cannot use the approval of another role by naming the same source.
 */
type Origin = Pick<ImportRow, "account" | "source" | "intake" | "submittedBy">;

function byOrigin(
  rows: readonly ({ readonly id: bigint } & Origin)[],
): readonly (readonly [Origin, readonly bigint[]])[] {
  const found = new Map<string, [Origin, bigint[]]>();
  for (const { id, ...origin } of rows) {
    const name = JSON.stringify([comparable(origin.source), origin.intake, origin.submittedBy]);
    const [, ids] = found.get(name) ?? [origin, []];
    found.set(name, [origin, [...ids, id]]);
  }
  return [...found.values()];
}

/** Adds `more` new imports to the count of a source. Returns the count before. */
async function countSource(tx: Executor, origin: Origin, more: number): Promise<number> {
  const { account, intake, submittedBy } = origin;
  const key = { account, source: comparable(origin.source), intake, submittedBy: submittedBy ?? "" };
  const { seen } = await tx.importSource.upsert({
    where: { account_source_intake_submittedBy: key },
    create: { ...key, seen: more },
    update: { seen: { increment: more } },
  });
  return Number(seen) - more;
}

/** Holds the first `first` of some new imports, and the others while any import of the source waits for approval. */
async function holdFirst(tx: Executor, where: Origin, ids: readonly bigint[], first: number): Promise<void> {
  const hold = (some: readonly bigint[], code: "source_approval" | "awaits_source_approval") => {
    const { to, reasonCode, reason } = because(code);
    const columns = moveColumns("$2::text", { reason_code: "$3::text", reason: "$4::text" });
    const sql = `update public.applicant_import i set ${columns} where i.id = any($1::bigint[])`;
    return tx.$executeRawUnsafe(sql, some, to, reasonCode, reason);
  };
  await hold(ids.slice(0, first), "source_approval");
  const { account, source, intake, submittedBy } = where;
  const spellings = await spellingsOf(tx, account, [source], true);
  const open = await tx.applicantImport.count({
    where: {
      account,
      source: { in: [...spellings] },
      intake,
      submittedBy,
      state: "held",
      reasonCode: "source_approval",
    },
  });
  if (open > 0) await hold(ids.slice(first), "awaits_source_approval");
}

/**
 * Releases the imports that wait for the approval of their source, unless some of its first imports are still undecided. Must be called
 * after each decision, in its transaction. Returns how many were released.
 */
export async function releaseAwaiting(tx: Executor, { account, source, intake, submittedBy }: Origin): Promise<number> {
  // All that is held is read for the spellings of a source: only after the last decision about it, not after each.
  const undecided = { account, source, intake, submittedBy, state: "held", reasonCode: "source_approval" };
  if ((await tx.applicantImport.findFirst({ where: undecided, select: { id: true } })) !== null) return 0;
  const released = moveColumns("'ready'", { reason_code: "'released'", reason: "null" });
  const same = (alias: string) => `${alias}.account = $1 and ${alias}.source = any($2::text[]) and ${alias}.intake = $3
      and ${alias}.submitted_by is not distinct from $4::text and ${alias}.state = 'held'`;
  const sql = `
    update public.applicant_import i set ${released}
    where ${same("i")} and i.reason_code = 'awaits_source_approval'
      and not exists (select from public.applicant_import f where ${same("f")} and f.reason_code = 'source_approval')`;
  const spellings = await spellingsOf(tx, account, [source], true);
  return tx.$executeRawUnsafe(sql, account, spellings, intake, submittedBy);
}
