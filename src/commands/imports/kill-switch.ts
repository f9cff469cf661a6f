/**
 * `imports hold --all` and `imports release --all`: one connection, no pool, no queue, no migration, and nothing loaded that
 * they do not need, so that they work within a second whatever else hangs.
 */
import type { Client } from "pg";
import { withClient } from "../../database/connect.ts";
import { isOlderTable } from "../../database/errors.ts";
import { AppError, errorFields, hasCode, UsageError } from "../../platform/errors.ts";
import { fill, together, type Text } from "../../platform/language.ts";
import { localTime, spellNumber } from "../../platform/text.ts";
import { holdEverything, LOCK_MS, releaseEverything, type Query } from "../../outbox/operations/switch.ts";
import { pendingRestore } from "../../outbox/restore/decision.ts";
import type { Context } from "../../process/stores.ts";
import { requireEmbedded, requireMigrated } from "../existing.ts";
import { byCommand } from "../decider.ts";
import { atOnce, type Acted } from "./acted.ts";

const TEXTS = {
  thrown: {
    en: "The kill switch is thrown: nothing more is sent, and {spelled} {count|import that was ready is|imports that were ready are} held.",
    fr: "Tout est suspendu : plus rien n'est envoyé. Imports prêts qui sont suspendus : {count}.",
  },
  thrown_alone: {
    en: "The kill switch is thrown: nothing more is sent.",
    fr: "Tout est suspendu : plus rien n'est envoyé.",
  },
  not_thrown: {
    en: "The kill switch was not thrown: stop the workers, or try again until this command says that it is.",
    fr: "Rien n'a été suspendu : arrêtez les processus, ou recommencez jusqu'à ce que cette commande dise que tout est suspendu.",
  },
  unknown: {
    en: "It is unknown whether the kill switch is thrown: stop the workers, or try again until this command says that it is.",
    fr: "On ne sait pas si tout est suspendu : arrêtez les processus, ou recommencez jusqu'à ce que cette commande le dise.",
  },
  remaining: {
    en: " {count} more are not sent either; a worker holds them.",
    fr: " {count} de plus ne sont pas envoyés non plus ; un processus les suspend.",
  },
  gone: {
    en: " {count} may have been sent already; their outcome is still recorded.",
    fr: " {count} ont pu déjà partir ; leur résultat est encore enregistré.",
  },
  off: {
    en: "The kill switch is off, and {spelled} {count|import|imports} may be sent.",
    fr: "Les envois reprennent. Imports qui peuvent être envoyés : {count}.",
  },
  off_alone: { en: "The kill switch is off.", fr: "Les envois reprennent." },
  others: {
    en: " {count} stay held, for reasons of their own or until a worker releases them: applicant-sync imports list --state held",
    fr: " {count} restent suspendus, pour un motif qui leur est propre ou jusqu'à ce qu'un processus les libère : applicant-sync imports list --state held",
  },
  delayed: {
    en: " The imports were neither moved nor counted: a worker moves them. Somebody's open transaction holds a lock on applicant_import (find it in pg_stat_activity), the connection broke, or the database awaits applicant-sync migrate.",
    fr: " Les imports n'ont été ni déplacés ni comptés : un processus s'en charge. Une transaction ouverte verrouille applicant_import (cherchez-la dans pg_stat_activity), la connexion s'est rompue, ou la base attend applicant-sync migrate.",
  },
  not_moved: { en: " The imports could not be moved.", fr: " Les imports n'ont pas pu être déplacés." },
  unaudited: {
    en: " This decision is not in the audit, which could not be written: somebody's open transaction locks the table audit, the role in DATABASE_URL has no right to it, or the database awaits applicant-sync migrate.",
    fr: " Cette décision n'est pas dans le journal des décisions, qui n'a pas pu être écrit : une transaction ouverte verrouille la table audit, le rôle de DATABASE_URL n'y a pas droit, ou la base attend applicant-sync migrate.",
  },
} as const satisfies Readonly<Record<string, Text>>;

const say = (text: Text, count: number): Text => fill(text, { count, spelled: spellNumber(count) });
/** Null: it is about none. */
const some = (text: Text, count: number): Text | null => (count === 0 ? null : say(text, count));

/**
 * Throws `switch_locked`, `migrations_pending`, `no_database`, and what `withClient` throws; each says that the switch was not thrown.
 * Throws `database_connection`, which says that nobody knows: a statement whose answer was lost may be committed. Throws, too, what keeps
 * the imports from being moved, and says that the switch is thrown.
 */
export async function throwKillSwitch(context: Context, reason: string | null): Promise<Acted> {
  const thrown = { code: null, reason, by: byCommand(reason) };
  const done = await bySql(context, (query, account) => holdEverything(query, account, thrown)).catch(
    (error: unknown) => {
      const isLost = hasCode(error, "database_connection");
      throw prefixed(error, isLost ? TEXTS.unknown : TEXTS.not_thrown);
    },
  );
  const unaudited = done.isUnaudited ? TEXTS.unaudited : null;
  if (done.failure !== undefined)
    throw prefixed(done.failure, together(TEXTS.thrown_alone, unaudited, TEXTS.not_moved));
  if (done.isDelayed) return atOnce(0, together(TEXTS.thrown_alone, TEXTS.delayed, unaudited));
  const more = some(TEXTS.remaining, done.remaining ?? 0);
  const all = together(say(TEXTS.thrown, done.held), more, some(TEXTS.gone, done.sending), unaudited);
  return atOnce(done.held, all);
}

/**
 * `isDecided`: a person has checked the account after the database was restored or copied. Throws `switch_locked`,
 * `migrations_pending`, `no_database`, and `UsageError` `database_older` or `database_copied` if nobody has checked yet.
 */
export async function resetKillSwitch(context: Context, isDecided: boolean, why: string | null): Promise<Acted> {
  const { released, stillHeld, isDelayed, failure } = await bySql(context, async (query, account) => {
    const isAfterRestore = await requireDecision(query, account, isDecided);
    return releaseEverything(query, account, { by: byCommand(why), isAfterRestore });
  });
  if (failure !== undefined) throw prefixed(failure, together(TEXTS.off_alone, TEXTS.not_moved));
  if (isDelayed) return atOnce(0, together(TEXTS.off_alone, TEXTS.delayed));
  return atOnce(released, together(say(TEXTS.off, released), some(TEXTS.others, stillHeld)));
}

/** Only a person can make sure that nobody is created twice. Returns whether the database was restored or copied. */
async function requireDecision(query: Query, account: string, isDecided: boolean): Promise<boolean> {
  const pending = await pendingRestore(query, account);
  if (pending === null) return false;
  if (isDecided) return true;
  throw new UsageError(pending.code, {
    en:
      `Nothing is released: since ${localTime(pending.foundAt)} imports are held because ${pending.reason.en}.\n` +
      "First make sure that no other worker or database sends for this account, and run applicant-sync sync, so that the mirror " +
      "shows who exists.\n" +
      "Then: applicant-sync imports release --all --after-restore. What was waiting in this database is looked up before it is " +
      "sent, and what cannot be looked up waits for you. Import again what arrived after the backup: a person who exists is not " +
      "created again.",
    fr:
      `Rien n'est libéré : depuis le ${localTime(pending.foundAt)}, les imports sont suspendus, car ${pending.reason.fr}.\n` +
      "Assurez-vous d'abord qu'aucun autre worker ni aucune autre base n'envoie pour ce compte, puis lancez applicant-sync sync, pour " +
      "que la copie locale montre qui existe.\n" +
      "Ensuite : applicant-sync imports release --all --after-restore. Ce qui attendait dans cette base est recherché avant d'être " +
      "envoyé, et ce qui ne peut pas l'être vous attend. Importez de nouveau ce qui est arrivé après la sauvegarde : une personne " +
      "qui existe n'est pas créée de nouveau.",
  });
}

async function bySql<T>(context: Context, work: (query: Query, account: string) => Promise<T>): Promise<T> {
  const url = await urlOf(context);
  return withClient(url, async (client) => {
    try {
      return await work(queryOf(client), context.config.account);
    } catch (error) {
      if (isOlderTable(error)) await requireMigrated(url);
      throw named(error);
    }
  });
}

/** Each statement has its own transaction, which bounds the wait for locks before the statement takes any. */
function queryOf(client: Client): Query {
  return async <T extends Record<string, unknown>>(sql: string, ...values: readonly unknown[]) => {
    await client.query("begin");
    try {
      await client.query(`set local lock_timeout = ${LOCK_MS}`);
      const { rows } = await client.query<T>(sql, [...values]);
      await client.query("commit");
      return rows;
    } catch (error) {
      await client.query("rollback").catch(() => undefined);
      throw error;
    }
  };
}

/** Any error, behind its effect on the switch. */
function prefixed(error: unknown, effect: Text): AppError {
  const known = error instanceof AppError ? error : new AppError("switch_failed", errorFields(error).message);
  const { code, text, disposition } = known;
  const Kind = error instanceof UsageError ? UsageError : AppError;
  return new Kind(code, together(effect, { en: " ", fr: " " }, text), { cause: error, disposition });
}

/** The embedded Postgres is started if it is not running. Throws `no_database` where there is none. */
async function urlOf({ config, logger, lifecycle }: Context): Promise<string> {
  if (config.database.url !== null) return config.database.url;
  await requireEmbedded(config.database.dataDir);
  const { startEmbeddedPostgres } = await import("../../database/embedded/postgres.ts");
  const embedded = await startEmbeddedPostgres({ dataDir: config.database.dataDir, logger, signal: lifecycle.signal });
  lifecycle.add("embedded postgres", embedded.release);
  return embedded.url;
}

function named(error: unknown): unknown {
  if (error instanceof AppError && error.code === "database_locked") {
    const message =
      "Somebody's open transaction holds the row of the kill switch (import_control), so nothing was changed. Find it in pg_stat_activity, end it, and try again.";
    return new AppError("switch_locked", message, { cause: error });
  }
  if (isOlderTable(error)) {
    const message = "The database lacks tables of this version. Run: applicant-sync migrate";
    return new AppError("migrations_pending", message, { cause: error });
  }
  return error;
}
