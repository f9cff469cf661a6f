/**
 * The net under every write of data that came from the API (invariant I11). Values are bounded where they come in; what
 * Postgres or the mapping refuses all the same costs its row, never the page: the work is done once more with each row
 * written alone, in a savepoint, and what fails again comes back with its reason. No second request is sent for it.
 */
import type { Database } from "../database/client.ts";
import { inPlainTransaction, type Statements } from "../database/statements.ts";
import { AppError } from "../platform/errors.ts";
import type { Item, InvalidItem } from "./items/item.ts";
import { sqlStateOf } from "../database/errors.ts";
import type { MirrorTable, WriteOrigin, WriteResult } from "./tables.ts";
import { UnmappableRow, writeItems, type HeldRows } from "./write-page.ts";

/** Writes rows of one table as `writeItems` does. `refused`: those that could not be written, which only the second go shows. */
export type WriteRows = (
  tx: Statements,
  origin: WriteOrigin,
  table: MirrorTable,
  items: readonly Item[],
  held?: HeldRows,
) => Promise<WriteResult & { readonly refused: readonly InvalidItem[] }>;

/**
 * The errors that the data cause: a value (class 22), a constraint (21, 23, 44), a limit of the server (54), a user's own
 * trigger (P0), or an internal error (XX000). All others (connection, lock, disk, privileges) are not about the data: the
 * job is retried.
 */
const REFUSALS = /^(?:(?:21|22|23|44|54|P0)...|XX000)$/;

/** Runs `work` in one transaction. If Postgres refuses its data, runs it again in another one, with each row written alone. */
export async function inNet<T>(database: Database, work: (tx: Statements, write: WriteRows) => Promise<T>): Promise<T> {
  try {
    return await inPlainTransaction(database, (tx) => work(tx, writeTogether));
  } catch (error) {
    if (refusalOf(error) === null) throw error;
  }
  try {
    return await inPlainTransaction(database, (tx) => work(tx, writeOneByOne));
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal === null) throw error;
    // Without `cause`: Postgres quotes the value, which may be personal data.
    const message = `An answer of the API could not be recorded, not even row by row: ${refusal}. Report this as a bug.`;
    throw new AppError("answer_refused", message, { disposition: "fail" });
  }
}

const writeTogether: WriteRows = async (...page) => ({ ...(await writeItems(...page)), refused: [] });

const writeOneByOne: WriteRows = async (tx, origin, table, items, held) => {
  const sum = { inserted: 0, updated: 0, restored: 0, unchanged: 0 };
  const written: string[] = [];
  const refused: InvalidItem[] = [];
  for (const item of items) {
    await tx.$executeRaw`savepoint one_row`;
    try {
      const one = await writeItems(tx, origin, table, [item], held);
      sum.inserted += one.inserted;
      sum.updated += one.updated;
      sum.restored += one.restored;
      sum.unchanged += one.unchanged;
      written.push(...one.written);
    } catch (error) {
      const reason = refusalOf(error);
      if (reason === null) throw error;
      await tx.$executeRaw`rollback to savepoint one_row`;
      refused.push({ reason, raw: item.raw, id: item.id });
    }
    await tx.$executeRaw`release savepoint one_row`;
  }
  return { ...sum, written, refused };
};

/** Why data were refused, without any of the data; null if the error is not about the data. */
function refusalOf(error: unknown): string | null {
  if (error instanceof UnmappableRow) return "cannot be mapped to its columns";
  const state = sqlStateOf(error);
  return state !== null && REFUSALS.test(state) ? `refused by Postgres (${state}, ${wordsOf(state)})` : null;
}

function wordsOf(state: string): string {
  const words = WORDS.find(([prefix]) => state.startsWith(prefix));
  return words?.[1] ?? "an internal error";
}

const WORDS = [
  ["22003", "a number out of range"],
  ["22008", "a date out of range"],
  ["54001", "nested too deep"],
  ["21", "a row that stands twice"],
  ["22", "a value that its column cannot store"],
  ["23", "a constraint of the table"],
  ["44", "a constraint of a view"],
  ["54", "larger than a limit of the server"],
  ["P0", "a trigger of the table"],
] as const;
