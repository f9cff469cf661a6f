/** Expected errors of Postgres, with a message that says what to do. */
import { DatabaseError as PostgresError } from "pg";
import { z } from "zod";
import { AppError, codeOf, UsageError } from "../platform/errors.ts";
import { inEach, type Text } from "../platform/language.ts";

interface Known {
  readonly code: string;
  /** SQLSTATEs, classes of them (two characters), or codes of Prisma. */
  readonly states: readonly string[];
  readonly text: Text;
}

const LOCKED = "database_locked";
const DISK_FULL = "database_disk_full";
const RIGHTS = "database_rights";
const ALTERED = "database_altered";
const CONNECTION = "database_connection";
const CANCELLED = "database_cancelled";
const STOPPING = "database_stopping";
const CONNECTIONS = "database_connections";
const CONFLICT = "database_conflict";
const POSTPONED: readonly string[] = [LOCKED, CONNECTION, CANCELLED, STOPPING, CONNECTIONS, CONFLICT];
/** What pg, its pool and Prisma say of a server that does not answer or goes away, and of a statement after that. */
const UNANSWERED = [
  /^(timeout expired|timeout exceeded when trying to connect|Connection terminated( unexpectedly| due to connection timeout)?)$/,
  /^Client (has encountered a connection error|was closed) and is not queryable$/,
  /\b(Can't reach database server at|Server has closed the connection)/,
];

const KNOWN: readonly Known[] = [
  {
    code: LOCKED,
    states: ["55P03"],
    text: {
      en: "Another connection to Postgres has held a lock that is needed here for too long: try again. If this repeats, look in pg_stat_activity for a transaction that was left open",
      fr: "Une autre connexion à Postgres garde depuis trop longtemps un verrou nécessaire ici : réessayez. Si cela se répète, cherchez dans pg_stat_activity une transaction laissée ouverte",
    },
  },
  {
    code: "database_read_only",
    states: ["25006"],
    text: {
      en: "This Postgres accepts no writes (a standby server?): DATABASE_URL must name the primary server",
      fr: "Ce Postgres n'accepte pas d'écriture (un serveur de secours ?) : DATABASE_URL doit désigner le serveur primaire",
    },
  },
  {
    code: CONNECTIONS,
    states: ["53300", "P2037"],
    text: {
      en: "Postgres has no connection left for this role: raise its limit (ALTER ROLE … CONNECTION LIMIT), that of the database, or max_connections",
      fr: "Postgres n'a plus de connexion pour ce rôle : augmentez sa limite (ALTER ROLE … CONNECTION LIMIT), celle de la base, ou max_connections",
    },
  },
  {
    code: DISK_FULL,
    states: ["53100"],
    text: {
      en: "The disk of Postgres is full: make room, then try again",
      fr: "Le disque de Postgres est plein : libérez de la place, puis réessayez",
    },
  },
  {
    code: RIGHTS,
    states: ["42501"],
    text: {
      en: "The role in DATABASE_URL lacks a right that it needs: make it the owner of the database, or grant it the right",
      fr: "Il manque un droit au rôle de DATABASE_URL : faites-en le propriétaire de la base, ou accordez-lui ce droit",
    },
  },
  {
    code: ALTERED,
    // Of a class that refuses a row (22, 23), and yet no row could be stored. Our statements give a value for each of our columns that
    // demands one.
    states: ["23502", "2200H"],
    text: {
      en: "A table or a sequence of ours was altered so that no row can be added: give the column that is not ours a default, or let it be null (ALTER TABLE … ALTER COLUMN … DROP NOT NULL); raise the maximum of the sequence (ALTER SEQUENCE … NO MAXVALUE)",
      fr: "Une de nos tables ou séquences a été modifiée, et plus aucune ligne ne peut y être ajoutée : donnez une valeur par défaut à la colonne qui n'est pas des nôtres, ou permettez qu'elle soit nulle (ALTER TABLE … ALTER COLUMN … DROP NOT NULL) ; augmentez le maximum de la séquence (ALTER SEQUENCE … NO MAXVALUE)",
    },
  },
  {
    code: CONNECTION,
    states: ["08"],
    text: {
      en: "The connection to Postgres broke, or Postgres did not answer in time: try again",
      fr: "La connexion à Postgres s'est rompue, ou Postgres n'a pas répondu à temps : réessayez",
    },
  },
  {
    code: CONFLICT,
    states: ["40001", "40P01"],
    text: {
      en: "The statement conflicted with another transaction: try again",
      fr: "La requête était en conflit avec une autre transaction : réessayez",
    },
  },
  {
    code: "database_exhausted",
    states: ["53"],
    text: {
      en: "Postgres is out of memory or of another resource: try again",
      fr: "Postgres manque de mémoire ou d'une autre ressource : réessayez",
    },
  },
  {
    code: CANCELLED,
    states: ["57014"],
    text: {
      en: "Postgres cancelled a statement (pg_cancel_backend, statement_timeout): try again",
      fr: "Postgres a annulé une requête (pg_cancel_backend, statement_timeout) : réessayez",
    },
  },
  {
    code: STOPPING,
    states: ["57P01", "57P02", "57P03", "57P05"],
    text: {
      en: "Postgres is stopping, starting or recovering, or ended the connection: try again",
      fr: "Postgres s'arrête, démarre ou se rétablit, ou a coupé la connexion : réessayez",
    },
  },
  {
    code: "database_io",
    states: ["58030"],
    text: {
      en: "Postgres cannot read or write a file: look at its log and its disk",
      fr: "Postgres ne peut pas lire ou écrire un fichier : regardez son journal et son disque",
    },
  },
];

/** An expected error of Postgres. Prisma makes an error of its own of one that our connection throws: it keeps the code, and `meta`. */
export class DatabaseError extends AppError {
  /** What Postgres names: a table, column, sequence, schema or database, and nothing of a row. */
  readonly meta: { readonly details: string };

  constructor({ code, text }: Known, details: string, cause: Error) {
    super(
      code,
      inEach((language) => `${text[language]}${details}`),
      { cause },
    );
    this.meta = { details };
  }
}

/** An error of ours that Prisma has wrapped. */
const wrappedError = z.object({ meta: z.object({ details: z.string() }) });

/** Returns the known error for what pg or Prisma threw; null if there is none. */
export function databaseErrorOf(error: unknown): AppError | null {
  if (error instanceof AppError) return error;
  if (!(error instanceof Error)) return null;
  if (/statement pooling mode/.test(error.message)) return statementPooler(error);
  const state = codeOf(error) ?? "";
  const translated = KNOWN.find(({ code }) => code === state);
  if (translated !== undefined) {
    return new DatabaseError(translated, wrappedError.safeParse(error).data?.meta.details ?? "", error);
  }
  const found = knownBy(state, error.message);
  if (found === undefined) return null;
  return new DatabaseError(found, [RIGHTS, ALTERED].includes(found.code) ? ` (${error.message})` : "", error);
}

/** The known error for what pg or Prisma threw; any other error as it is. */
export function recognised<E>(error: E): E | AppError {
  return databaseErrorOf(error) ?? error;
}

/** As `recognised`, for what a connection threw: an error of its socket (`ECONNRESET`, `ENOTFOUND`), too, as Prisma translates it. */
export function recognisedOnConnection<E>(error: E): E | AppError {
  const broken = KNOWN.find(({ code }) => code === CONNECTION);
  const isOfSocket = error instanceof Error && /^E(?!RR_)[A-Z_]+$/.test(codeOf(error) ?? "");
  return isOfSocket && broken !== undefined ? new DatabaseError(broken, "", error) : recognised(error);
}

function knownBy(state: string, message: string): Known | undefined {
  // A server process that cannot start because the disk is full reports no SQLSTATE of its own.
  if (message === "could not write init file") return KNOWN.find(({ code }) => code === DISK_FULL);
  if (UNANSWERED.some((said) => said.test(message))) return KNOWN.find(({ code }) => code === CONNECTION);
  if (state.length !== 5) return undefined;
  const by = (key: string) => KNOWN.find(({ states }) => states.includes(key));
  return by(state) ?? by(state.slice(0, 2));
}

function statementPooler(cause: Error): UsageError {
  return new UsageError(
    "database_pooler",
    {
      en: "DATABASE_URL leads through a pooler in statement mode, which allows no transactions: use its transaction or session mode, or a direct connection",
      fr: "DATABASE_URL passe par un pooler en mode statement, qui ne permet pas de transactions : utilisez son mode transaction ou session, ou une connexion directe",
    },
    { cause },
  );
}

/** Whether a statement waited for a lock for longer than `lock_timeout` allows. */
export function isLockTimeout(error: unknown): boolean {
  return databaseErrorOf(error)?.code === LOCKED;
}

/** Whether a statement was not done because of others, a time limit or a connection: it may be done by another one, later. */
export function isPostponed(error: unknown): boolean {
  const code = databaseErrorOf(error)?.code;
  return code !== undefined && POSTPONED.includes(code);
}

/** Whether a statement names a table or column that the database lacks, because it is of another version. */
export function isOlderTable(error: unknown): boolean {
  return /^42(P01|703)$/.test(codeOf(error) ?? "");
}

/** How Prisma passes on the error of the driver, under each of its own codes. */
const prismaError = z.object({
  meta: z.object({ driverAdapterError: z.object({ cause: z.object({ originalCode: z.string() }) }) }),
});

/** What a server answers that withholds a fact of itself: there is no such function, or not on a standby or in this kind of server. */
const WITHHELD: ReadonlySet<string | null> = new Set(["42883", "55000", "0A000"]);

/** Returns whether a server withholds a fact for good, or from this role. Any other failure says nothing about that. */
export function isWithheld(error: unknown): boolean {
  return databaseErrorOf(error)?.code === RIGHTS || WITHHELD.has(sqlStateOf(error));
}

/** The SQLSTATE of an error of Postgres that we do not name; null for any other error. */
export function sqlStateOf(error: unknown): string | null {
  if (error instanceof PostgresError) return error.code ?? null;
  const { success, data } = prismaError.safeParse(error);
  return success ? data.meta.driverAdapterError.cause.originalCode : null;
}
