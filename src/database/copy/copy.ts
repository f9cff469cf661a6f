/** All our tables from one database into another, whole or not at all. */
import { counted } from "../../platform/text.ts";
import { pipeline } from "node:stream/promises";
import type { Client } from "pg";
import { from as copyFrom, to as copyTo } from "pg-copy-streams";
import { AppError, UsageError } from "../../platform/errors.ts";
import { withClient } from "../connect.ts";
import {
  describeTables,
  filledTables,
  otherTables,
  ourTables,
  readSequences,
  type Sequence,
  type Table,
} from "./catalog.ts";
import { copiedBefore, countsOf, type CopiedTable, type CopyReport } from "./finished.ts";
import { applyMigrations } from "../migrations/migrations.ts";

export interface CopyOptions {
  readonly from: string;
  readonly to: string;
  /** Aborted, the copy ends and leaves the target without a row. */
  readonly signal: AbortSignal;
  /** Called when a table has been copied. */
  readonly onTable?: (table: CopiedTable) => void;
}

export type { CopyReport };

/** What migrations themselves write; the rows of the source replace it. */
const WRITTEN_BY_MIGRATIONS: readonly string[] = ["import_salt", "import_transition", "status_word"];

/** The other side waits while this one works, longer than a transaction of ours may idle otherwise. */
const PATIENCE = "set local idle_in_transaction_session_timeout = '1h'";

/**
 * The identity of the source is copied with it, so that the first start finds a copy and holds all imports. A source that no
 * worker has served since it has identities gives none: then that of a database that does not exist.
 */
const IDENTITY_OF_A_COPY =
  "insert into public.database_identity (database, version) values (0, 0) on conflict do nothing";

/**
 * Copies every table of ours, as it stands at one moment, into a database that holds none of our rows, which is migrated first.
 * Writes to the source wait meanwhile. Triggers do not fire, generated columns are made anew, sequences stand where they stood.
 * Memory is bounded: rows are passed on as they come. The source must have every migration. Where the target holds this copy already,
 * since a copy was interrupted at its very end, the rows are counted and nothing is copied.
 * Throws `copy_target_in_use`, `copy_target_encoding`, `copy_same_database` (UsageErrors) and `copy_differs`.
 */
export async function copyDatabase(options: CopyOptions): Promise<CopyReport> {
  const names = await ourTables();
  const before = await copiedBefore(options, names);
  if (before !== null) return before;
  await withTarget(options.to, (target) => prepareTarget(target, names));
  await applyMigrations({ url: options.to });
  return withClient(options.from, (source) =>
    withTarget(options.to, (target) =>
      inOne(source, "repeatable read, read only", () =>
        inOne(target, "read committed, read write", () => copyAll(source, target, names, options)),
      ),
    ),
  );
}

/** Throws `copy_source_empty` if the migrated database at `from` never held anything. `name`: what to call it. */
export async function refuseEmptySource(from: string, name: string): Promise<void> {
  const names = await ourTables();
  const filled = await withClient(from, (source) => filledTables(source, ofUsers(names)));
  if (filled.length > 0) return;
  const message = `The database to copy from (${name}) holds nothing yet: run this where applicant-sync ran before, or set DATA_DIR or DATABASE_URL. Nothing was copied.`;
  throw new AppError("copy_source_empty", message, { disposition: "fail" });
}

function withTarget<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  return withClient(url, work, "the URL to copy to");
}

/**
 * Runs `work` in one transaction. `begin` stands alone: behind a pooler our connections add their settings to it. An error
 * rolls back by closing the connection, which does not wait for the rest of a table.
 */
async function inOne<T>(client: Client, mode: string, work: () => Promise<T>): Promise<T> {
  await client.query("begin");
  await client.query(`set transaction isolation level ${mode}`);
  await client.query(PATIENCE);
  const result = await work();
  await client.query("commit");
  return result;
}

async function copyAll(
  source: Client,
  target: Client,
  names: readonly string[],
  { signal, onTable }: CopyOptions,
): Promise<CopyReport> {
  const list = names.map((name) => `public."${name}"`).join(", ");
  // Before the snapshot begins: what is being written now is in it, and nothing is written until the end.
  await source.query(`lock table ${list} in share mode`);
  await target.query(`lock table ${list} in access exclusive mode`);
  await refuseFilled(target, names);
  const tables = await describeTables(source, names);
  refuseDifferent(tables, await describeTables(target, names));
  const left = await otherTables(source, names);
  await target.query(`truncate ${list}`);
  const copied: CopiedTable[] = [];
  for (const table of tables) {
    signal.throwIfAborted();
    const one = { name: table.name, rows: await copyTable(source, target, table, signal) };
    copied.push(one);
    onTable?.(one);
  }
  await setSequences(target, await readSequences(source, names));
  await verify(target, copied);
  await target.query(IDENTITY_OF_A_COPY);
  signal.throwIfAborted();
  return { tables: copied, left };
}

async function copyTable(source: Client, target: Client, table: Table, signal: AbortSignal): Promise<number> {
  const name = `public."${table.name}"`;
  const columns = table.columns.map((column) => `"${column.name}"`).join(", ");
  await target.query(`alter table ${name} disable trigger user`);
  const reader = source.query(copyTo(`copy ${name} (${columns}) to stdout`));
  const writer = target.query(copyFrom(`copy ${name} (${columns}) from stdin`));
  await pipeline(reader, writer, { signal });
  await target.query(`alter table ${name} enable trigger user`);
  return reader.rowCount ?? 0;
}

async function setSequences(target: Client, sequences: readonly Sequence[]): Promise<void> {
  for (const { name, last, isCalled } of sequences) {
    await target.query("select setval($1::regclass, $2, $3)", [`public."${name}"`, last, isCalled]);
  }
}

async function verify(target: Client, copied: readonly CopiedTable[]): Promise<void> {
  for (const { name, rows } of copied) {
    const [found] = await countsOf(target, [name]);
    if (found?.rows === rows) continue;
    throw new AppError(
      "copy_differs",
      `${found?.rows ?? 0} of the ${counted(rows, "row")} of ${name} arrived: nothing was copied.`,
    );
  }
}

async function prepareTarget(target: Client, names: readonly string[]): Promise<void> {
  const { rows } = await target.query<{ is: boolean }>("select current_setting('server_encoding') = 'UTF8' as is");
  if (rows[0]?.is !== true) {
    throw new UsageError("copy_target_encoding", {
      en: "The database to copy to is not in UTF8, and cannot hold every name: create one with ENCODING 'UTF8' TEMPLATE template0.",
      fr: "La base cible n'est pas en UTF8 et ne peut pas contenir tous les noms : créez-en une avec ENCODING 'UTF8' TEMPLATE template0.",
    });
  }
  const there = await describeTables(target, names);
  await refuseFilled(
    target,
    there.map(({ name }) => name),
  );
}

/** Without the tables that migrations fill. */
function ofUsers(names: readonly string[]): readonly string[] {
  return names.filter((name) => !WRITTEN_BY_MIGRATIONS.includes(name));
}

async function refuseFilled(target: Client, names: readonly string[]): Promise<void> {
  const filled = await filledTables(target, ofUsers(names));
  if (filled.length === 0) return;
  const tables = filled.join(", ");
  throw new UsageError("copy_target_in_use", {
    en: `The database to copy to holds rows already, in ${tables}: name an empty one. Nothing was copied.`,
    fr: `La base cible contient déjà des lignes, dans ${tables} : indiquez-en une qui est vide. Rien n'a été copié.`,
  });
}

function refuseDifferent(source: readonly Table[], target: readonly Table[]): void {
  const different = source.filter(
    ({ name, columns }) =>
      JSON.stringify(columns) !== JSON.stringify(target.find((table) => table.name === name)?.columns),
  );
  if (different.length === 0) return;
  const names = different.map(({ name }) => name).join(", ");
  const message = `The columns of ${names} are not those of the database to copy to, so one was changed by hand: nothing was copied.`;
  throw new AppError("copy_differs", message, { disposition: "fail" });
}
