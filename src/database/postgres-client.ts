import { createHash } from "node:crypto";
import { callbackify } from "node:util";
import { Client, type ClientConfig } from "pg";
import { recognisedOnConnection } from "./errors.ts";
import { beginWith, inspectSession, STARTUP_SETTINGS, type SessionSetting } from "./session-settings.ts";

/** Our connections carry this name in `pg_stat_activity`; the embedded server stays while one of them is open. */
const APPLICATION_NAME = "applicant-sync";

const CONNECT_MS = 10_000;
const BEGIN = /^\s*begin\s*;?\s*$/i;
const END = /^\s*(commit|rollback)\s*;?\s*$/i;
/** Statements that no transaction may surround. */
const ALONE = /^\s*vacuum\b/i;

/** What pg has and its types do not. */
declare module "pg" {
  interface Client {
    getStartupConf(): Readonly<Record<string, string>>;
    /** The id of the server process as reported when the connection was opened; behind a pooler, a number that the pooler made up. */
    readonly processID: number | null;
  }
}

type Send = (statement: unknown, values: unknown) => Promise<unknown>;
type Callback = (error: unknown, result?: unknown) => void;

/** Made once: `callbackify` itself costs more than the call. */
const passOn = callbackify((answered: Promise<unknown>) => answered);

/**
 * A connection that gives the same results under every setting of server, database and role, and that leaves nothing on
 * a server connection that a pooler hands to somebody else next. Where the session is ours alone, its settings are made
 * once. Behind a pooler each transaction makes them for itself, a statement outside a transaction gets one of its own, and
 * no statement has a name: the next transaction may run on another server connection, which knows that name differently.
 */
export class PostgresClient extends Client {
  #state: "connecting" | "direct" | "pooled" = "connecting";
  #settings: readonly SessionSetting[] = [];
  #begin = "BEGIN";
  /** A `begin` without an answer yet, or one that failed. */
  #begun: Promise<unknown> | null = null;

  constructor({ connectionString, ...config }: ClientConfig = {}) {
    const url = connectionString === undefined ? {} : { connectionString: withVerifiedTls(connectionString) };
    super({ application_name: APPLICATION_NAME, connectionTimeoutMillis: CONNECT_MS, ...url, ...config });
    const query: (...parameters: never[]) => unknown = this.query;
    const send: Send = async (statement, values) => Reflect.apply(query, this, [statement, values]);
    // Defined, not overridden: no type covers what pg, its pool, Prisma and BullMQ together call it with.
    Object.defineProperty(this, "query", {
      value: (statement: unknown, ...rest: readonly unknown[]) => {
        if (isSubmittable(statement)) return Reflect.apply(query, this, [statement, ...rest]);
        const callback = rest.find(isCallback);
        const values = rest.find((argument) => Array.isArray(argument));
        const answered = this.#perform(send, statement, values).catch((error: unknown) => {
          throw recognisedOnConnection(error);
        });
        if (callback === undefined) return answered;
        return passOn(answered, callback);
      },
    });
  }

  /** Whether a pooler stands between us and the server. Known once the connection is open. */
  get pooled(): boolean {
    return this.#state === "pooled";
  }

  /** The settings of the session: those that server, database and role define, and those that we set. Known once the connection is open. */
  get settings(): readonly SessionSetting[] {
    return this.#settings;
  }

  /**
   * The schemas of unqualified names. Not `public`: where everybody may create there (Postgres 14 and older), a function of
   * somebody's own that fits the arguments of ours better would run with our rights.
   */
  protected get searchPath(): string {
    return "pg_catalog, pg_temp";
  }

  /** The name under which the session keeps the plan of a statement that came without one; null: it keeps none. */
  protected planOf(_text: string): string | null {
    return null;
  }

  override getStartupConf(): Readonly<Record<string, string>> {
    return { ...super.getStartupConf(), ...STARTUP_SETTINGS };
  }

  /** A connection that breaks while nobody listens rejects its next statement; Node would end the process. */
  override emit(event: string | symbol, ...details: readonly unknown[]): boolean {
    if (event !== "error") return super.emit(event, ...details);
    return this.listenerCount(event) > 0 && super.emit(event, recognisedOnConnection(details[0]));
  }

  override connect(): Promise<Client>;
  override connect(callback: ((error: Error) => void) | ((error: null, client: Client) => void)): void;
  override connect(callback?: unknown): Promise<Client> | void {
    return isCallback(callback) ? callbackify(() => this.#open())(callback) : this.#open();
  }

  async #open(): Promise<Client> {
    await super.connect().catch((error: unknown) => {
      // pg keeps the socket of a TLS connection that the server refused, and its end() then waits for ever.
      this.connection.stream.destroy();
      throw error;
    });
    const end = (error?: Error): void => void this.connection.stream.destroy(error);
    const timer = setTimeout(end, CONNECT_MS, new Error("timeout expired"));
    try {
      const { processID } = this;
      const { rows } = await this.query<SessionSetting>(inspectSession(processID ?? 0, this.searchPath));
      this.#settings = rows;
      this.#state = rows[0]?.pid === processID ? "direct" : "pooled";
      if (this.pooled) this.#begin = beginWith(rows);
      return this;
    } catch (error) {
      end();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  async #perform(send: Send, statement: unknown, values: unknown): Promise<unknown> {
    const text = textOf(statement);
    if (BEGIN.test(text)) return this.#beginAhead(send);
    const begun = this.#begun;
    if (END.test(text)) this.#begun = null;
    if (begun !== null) await begun;
    if (this.#state !== "pooled") {
      const name = typeof statement === "string" && values !== undefined ? this.planOf(statement) : null;
      return send(name === null ? statement : { text: statement, name }, values);
    }
    const unnamed = typeof statement === "object" ? { ...statement, name: undefined } : statement;
    if (this.getTransactionStatus() !== "I" || END.test(text) || ALONE.test(text)) return send(unnamed, values);
    await send(this.#begin, undefined);
    try {
      const result = await send(unnamed, values);
      await send("commit", undefined);
      return result;
    } catch (error) {
      await send("rollback", undefined).catch(() => undefined);
      throw error;
    }
  }

  /**
   * Returns before the transaction has begun: its first statement is prepared meanwhile, and sent once it has. If it could
   * not begin, each of its statements throws the error.
   */
  #beginAhead(send: Send): unknown {
    const begun = send(this.#begin, undefined);
    this.#begun = begun;
    begun.then(
      () => (this.#begun = null),
      () => {},
    );
    return NO_ROWS;
  }
}

/** What the answer to a statement is that returns no rows. */
const NO_ROWS = { rows: [], fields: [], rowCount: null } as const;

/**
 * pg verifies the server with `sslmode=require` as with `verify-full`, and prints a page about that on standard error. The
 * weaker modes of libpq need `uselibpqcompat=true`.
 */
function withVerifiedTls(url: string): string {
  if (/[?&]uselibpqcompat=true\b/.test(url)) return url;
  return url.replace(/([?&]sslmode=)(prefer|require|verify-ca)(?=&|$)/, "$1verify-full");
}

function isSubmittable(statement: unknown): boolean {
  return typeof statement === "object" && statement !== null && "submit" in statement;
}

function isCallback(argument: unknown): argument is Callback {
  return typeof argument === "function";
}

function textOf(statement: unknown): string {
  if (typeof statement === "string") return statement;
  const text = typeof statement === "object" && statement !== null && "text" in statement ? statement.text : "";
  return typeof text === "string" ? text : "";
}

/**
 * The name of a prepared statement. It holds a hash of the text: two processes of different versions may share a server
 * connection behind a pooler.
 */
export function statementName(text: string): string {
  return `applicant_sync_${createHash("sha256").update(text).digest("hex").slice(0, 40)}`;
}
