/** Which category each status of an account means. */
import { writeAudit, type Decider } from "../database/audit.ts";
import { inTransaction, type Database } from "../database/client.ts";
import { UsageError } from "../platform/errors.ts";

export const CATEGORIES = ["new", "in_progress", "interview", "offer", "hired", "refused", "withdrawn"] as const;
export type Category = (typeof CATEGORIES)[number];

export interface MappedStatus {
  readonly status: string;
  /** Null: not mapped. */
  readonly category: string | null;
  /** Nobody has set it. */
  readonly isGuessed: boolean;
  readonly applications: number;
}

/** The statuses that applications have or had, those that are not mapped first. */
export async function readStatuses(database: Database, account: string): Promise<readonly MappedStatus[]> {
  return database.$queryRaw<MappedStatus[]>`
    select status, category, is_guessed as "isGuessed", applications::int as applications from report.status
    where account = ${account} order by category is not null, category_position, applications desc, status`;
}

/**
 * Sets the categories of statuses, and makes the facts of their applications anew in the same transaction: minutes for a million.
 * Throws `unknown_status`, with the statuses that are known; then nothing has changed.
 */
export async function setCategories(
  database: Database,
  account: string,
  wanted: ReadonlyMap<string, Category | null>,
  by: Decider,
): Promise<void> {
  const known = new Set((await readStatuses(database, account)).map(({ status }) => status));
  const unknown = [...wanted.keys()].filter((status) => !known.has(status));
  if (unknown.length > 0) {
    const list = [...known].toSorted().join(", ");
    throw new UsageError(
      "unknown_status",
      `No application has or had the status ${unknown.join(", ")}. Known: ${list || "none yet"}.`,
    );
  }
  const rows = JSON.stringify([...wanted].map(([status, category]) => ({ status, category })));
  await inTransaction(
    database,
    async (tx) => {
      await tx.$executeRaw`
        update public.status_category c set category = w.category, is_guessed = false
        from jsonb_to_recordset(${rows}::jsonb) as w (status text, category text)
        where c.account = ${account} and c.status = w.status`;
      const facts = Object.fromEntries(wanted);
      await writeAudit(tx, { account, by, what: "statuses_mapped", subjects: [...wanted.keys()], facts });
    },
    { timeout: 3_600_000 },
  );
}
