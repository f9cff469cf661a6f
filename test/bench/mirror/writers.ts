import type { Client } from "pg";
import { inTransaction, type Database } from "../../../src/database/client.ts";
import type { Prisma } from "../../../src/generated/prisma/client.ts";
import { mapApplication } from "../../../src/mirror/items/application.ts";
import type { Item } from "../../../src/mirror/items/item.ts";
import { applicationColumns } from "../../../src/mirror/items/rows.ts";
import { writeItems } from "../../../src/mirror/write-page.ts";
import { resources } from "../../../src/sync/resources.ts";
import { ACCOUNT } from "../support/environment.ts";
import { copyRows } from "./copy.ts";

/** A way to write a page of applications. Each maps the items it needs to map, as part of its work. */
export interface Writer {
  readonly name: string;
  /** Writes only every so many-th page: enough to tell its rate. */
  readonly everyNthPage?: number;
  readonly prepare?: () => Promise<void>;
  readonly write: (page: readonly Item[]) => Promise<void>;
}

const COLUMNS = {
  id: "bigint",
  hash: "text",
  raw: "jsonb",
  ...applicationColumns,
  comments: "jsonb",
  status_history: "jsonb",
} as const;
const names = Object.keys(COLUMNS);
const updates = names.filter((name) => name !== "id").map((name) => `${name} = excluded.${name}`);
const ON_CONFLICT = `on conflict (account, id) do update set ${updates.join(", ")}, changed_at = now()
  where application.hash is distinct from excluded.hash`;

const rowOf = ({ id, hash, raw }: Item) => ({
  id,
  hash,
  raw,
  ...mapApplication(raw),
  comments: raw["comments"] ?? null,
  status_history: raw["status_history"] ?? null,
});

/** The product's own page write and what it is measured against. All write the real table with its real indexes. */
export function createWriters(database: Database, client: Client): readonly Writer[] {
  return [
    {
      name: "page write of the product",
      write: async (page) =>
        void (await inTransaction(database, (tx) =>
          writeItems(tx, { account: ACCOUNT, run: 1 }, resources.applications.table, page),
        )),
    },
    {
      name: "batch upsert, IS DISTINCT FROM",
      write: async (page) => inTransaction(database, async (tx) => void (await batchUpsert(tx, page))),
    },
    {
      name: "COPY + merge",
      prepare: async () =>
        void (await client.query(`create temp table page as select ${names.join(", ")} from application with no data`)),
      write: (page) => copyAndMerge(client, page),
    },
    {
      name: "one Prisma upsert a row",
      everyNthPage: 20,
      async write(page) {
        for (const item of page) await upsertOne(database, item);
      },
    },
  ];
}

function batchUpsert(tx: Prisma.TransactionClient, page: readonly Item[]): Promise<number> {
  const typed = Object.entries(COLUMNS).map(([name, type]) => `${name} ${type}`);
  return tx.$executeRawUnsafe(
    `insert into public.application (account, ${names.join(", ")})
     select $1, ${names.join(", ")} from jsonb_to_recordset($2::jsonb) as page(${typed.join(", ")}) ${ON_CONFLICT}`,
    ACCOUNT,
    JSON.stringify(page.map(rowOf)),
  );
}

async function copyAndMerge(client: Client, page: readonly Item[]): Promise<void> {
  await client.query("begin");
  await client.query("truncate page");
  await copyRows(client, "page", COLUMNS, page.map(rowOf));
  await client.query({
    name: "merge",
    text: `insert into application (account, ${names.join(", ")}) select $1, ${names.join(", ")} from page ${ON_CONFLICT}`,
    values: [ACCOUNT],
  });
  await client.query("commit");
}

async function upsertOne(database: Database, { id, hash, raw }: Item): Promise<void> {
  const { tags, skills, ...columns } = mapApplication(raw);
  const data = {
    ...columns,
    campaign_id: bigint(columns.campaign_id),
    applicant_id: bigint(columns.applicant_id),
    company_id: bigint(columns.company_id),
    entity_id: bigint(columns.entity_id),
    tags: [...(tags ?? [])],
    skills: [...(skills ?? [])],
    comments: prismaJson(raw["comments"]),
    status_history: prismaJson(raw["status_history"]),
    raw: prismaJson(raw),
    hash,
  };
  await database.application.upsert({
    where: { account_id: { account: ACCOUNT, id: BigInt(id) } },
    create: { account: ACCOUNT, id: BigInt(id), ...data },
    update: { ...data, changed_at: new Date() },
    select: { id: true },
  });
}

function bigint(id: string | null): bigint | null {
  return id === null ? null : BigInt(id);
}

/** Prisma's type for JSON knows no `unknown`; what came out of JSON goes in again. */
function prismaJson(value: unknown): Prisma.InputJsonValue {
  return JSON.parse(JSON.stringify(value ?? []));
}
