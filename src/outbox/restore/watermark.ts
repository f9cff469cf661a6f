/** Detects a database that went back in time or was copied, at every start, maintenance task and claim. */
import type { Logger } from "pino";
import { inTransaction, type Database, type Executor } from "../../database/client.ts";
import { AppError } from "../../platform/errors.ts";
import { compareIdentity, readIdentity, type Identity } from "./database-identity.ts";
import { larger, type Marks } from "./marks.ts";
import { throwForRestore } from "./restore.ts";

export interface WatermarkDeps {
  readonly database: Database;
  readonly account: string;
  /** The stores outside the database that keep how far it was seen, besides the memory of this process. */
  readonly marks: readonly Marks[];
  /** Of an embedded database: what tells its directory from a copy; null: not embedded. */
  readonly directoryId: string | null;
  readonly logger: Pick<Logger, "warn">;
}

/** Where the outbox stands, and the id of the database's history. */
interface Standing {
  readonly id: string;
  readonly steps: bigint;
}

const CHANGED = "database_changed";

/** Guards an account against a database that was restored or copied. */
export function createWatermark({ database, account, marks, directoryId, logger }: WatermarkDeps) {
  let known: Standing | null = null;
  let hasMarkFailed = false;

  /** Ignores a mark that cannot be read or written: it weakens the guard, but is no reason to stop. */
  async function tolerant<T>(work: () => Promise<T>, otherwise: T): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!hasMarkFailed) {
        logger.warn(
          { err: error },
          "what was seen of the database cannot be kept outside it: an older backup may go unnoticed",
        );
      }
      hasMarkFailed = true;
      return otherwise;
    }
  }

  const nameOf = (id: string): string => `${id} ${account}`;

  async function seenOf(id: string): Promise<bigint | null> {
    const kept = await Promise.all(marks.map((one) => tolerant(() => one.read(nameOf(id)), null)));
    return kept.reduce(larger, known?.id === id ? known.steps : null);
  }

  async function remember({ id, steps }: Standing): Promise<void> {
    if (known?.id !== id || known.steps < steps) known = { id, steps };
    await Promise.all(marks.map((one) => tolerant(() => one.raise(nameOf(id), steps), undefined)));
  }

  /**
   * Compares the database with what was known of it. If it is older or another one, throws the kill switch of every account, with
   * the reason.
   */
  async function check(): Promise<void> {
    for (;;) {
      const now = await readIdentity(database, directoryId);
      const stored = await storedIdentity(database, now);
      // The marks first: what is written to them was in the database before.
      const seen = await seenOf(stored.id);
      const standing = await standingOf(database, account);
      if (standing.id !== stored.id) continue;
      const verdict = compareIdentity(stored, now, { seen, steps: standing.steps });
      if (verdict === "adopt") await adopt(database, stored.id, now);
      if (verdict === "own" || verdict === "adopt") return remember(standing);
      const code = verdict === "older" ? "database_older" : "database_copied";
      const id = await throwForRestore(database, { account, code, id: stored.id, now });
      if (id === null) continue;
      logger.warn({ code }, "the kill switch was thrown: the database was restored or copied");
      return remember({ id, steps: standing.steps });
    }
  }

  return {
    check,

    /**
     * Runs a claim in a transaction. A successful claim counts as a step, which is kept outside the database before this returns. If the
     * database shows fewer steps than were seen, nothing is claimed: the database is checked, and the repeated claim meets the kill switch.
     */
    async claim<T>(work: (tx: Executor) => Promise<T>, isClaimed: (result: T) => boolean): Promise<T> {
      for (let isLast = false; ; isLast = true) {
        if (known === null) await check();
        const id = known?.id ?? "";
        const seen = (await seenOf(id)) ?? 0n;
        try {
          const { result, standing } = await inTransaction(database, async (tx) => {
            const claimed = await work(tx);
            if (!isClaimed(claimed)) return { result: claimed, standing: null };
            return { result: claimed, standing: await advance(tx, account, { id, steps: seen }) };
          });
          if (standing !== null) await remember(standing);
          return result;
        } catch (error) {
          if (isLast || !(error instanceof AppError) || error.code !== CHANGED) throw error;
          await check();
        }
      }
    },
  };
}

export type Watermark = ReturnType<typeof createWatermark>;

/** The id that identifies the database, assigned at first need. */
export async function ownIdOf(database: Database, directoryId: string | null): Promise<string> {
  const { id } = await storedIdentity(database, await readIdentity(database, directoryId));
  return id;
}

/** What is known of the database; at the first start, what it reports now. */
async function storedIdentity(database: Database, now: Identity): Promise<Identity & { readonly id: string }> {
  const found = await database.databaseIdentity.findFirst();
  if (found !== null) return found;
  await database.databaseIdentity.createMany({ data: { ...now }, skipDuplicates: true });
  return database.databaseIdentity.findFirstOrThrow();
}

/** Stores what the server reports now for the same database, keeping what it does not report. */
async function adopt(database: Database, id: string, now: Identity): Promise<void> {
  await database.$executeRaw`
    update public.database_identity set system = coalesce(${now.system}, system),
      timeline = coalesce(${now.timeline}, timeline), version = ${now.version}, directory_id = coalesce(${now.directoryId}, directory_id)
    where id = ${id}::uuid`;
}

async function standingOf(executor: Executor, account: string): Promise<Standing> {
  const [found] = await executor.$queryRaw<Standing[]>`
    select id::text, coalesce((select steps from public.import_progress where account = ${account}), 0) as steps
    from public.database_identity`;
  return found ?? { id: "", steps: 0n };
}

/**
 * Counts a step in the transaction that claims it, which must reach the disk. Throws `database_changed` if the database shows fewer steps
 * than were seen before the transaction began, or has another history.
 */
async function advance(tx: Executor, account: string, { id, steps }: Standing): Promise<Standing> {
  const [now] = await tx.$queryRaw<Standing[]>`
    with durable as materialized (
      select set_config('synchronous_commit', case when s = 'off' then 'on' else s end, true)
      from current_setting('synchronous_commit') s)
    insert into public.import_progress as p (account, steps) select ${account}, 1 from durable
    on conflict (account) do update set steps = p.steps + 1
    returning steps, (select i.id::text from public.database_identity i) as id`;
  if (now === undefined || now.id !== id || now.steps <= steps) {
    throw new AppError(CHANGED, "The database is not where it was: it was restored or copied.");
  }
  return now;
}
