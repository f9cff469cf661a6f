/** Lists of imports. They write nothing, and make no request to the API. */
import { sql, type Database, type Sql } from "../../database/client.ts";
import type { ImportRow } from "../import/row.ts";
import { LISTED_STATE } from "./filter.ts";

/** An import without the person: of what was submitted, only the key and where it came from. Ids as text, times in ISO 8601. */
export interface ImportLine {
  readonly id: string;
  readonly key: string | null;
  readonly source: string;
  /** The name of the file it was last submitted in, and the line; null: another intake. */
  readonly file: string | null;
  readonly line: number | null;
  readonly state: string;
  readonly reasonCode: string | null;
  readonly companyId: string | null;
  readonly campaignId: string | null;
  readonly applicantId: string | null;
  readonly applicationId: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

type Line = Omit<ImportLine, "createdAt" | "updatedAt"> & { readonly createdAt: Date; readonly updatedAt: Date };

/** Returns the imports that match, the newest first. */
export async function listImports(database: Database, condition: Sql, limit: number): Promise<readonly ImportLine[]> {
  const rows = await database.$queryRaw<Line[]>`
    select i.id::text, i.key, i.source, i.file, i.line, ${LISTED_STATE} as state, i.reason_code as "reasonCode",
      i.company_id::text as "companyId", i.campaign_id::text as "campaignId", i.applicant_id::text as "applicantId",
      i.application_id::text as "applicationId", i.created_at as "createdAt", i.updated_at as "updatedAt"
    from public.applicant_import i where ${condition} order by i.id desc limit ${limit}`;
  return rows.map(({ createdAt, updatedAt, ...rest }) => ({
    ...rest,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  }));
}

export async function countImports(database: Database, condition: Sql): Promise<number> {
  const [row] = await database.$queryRaw<{ count: number }[]>`
    select count(*)::int as count from public.applicant_import i where ${condition}`;
  return row?.count ?? 0;
}

const PAGE = 1_000;

/** The rows that match in full, the newest first and `limit` at most, some at a time. */
export async function* fullImports(
  database: Database,
  condition: Sql,
  limit: number,
): AsyncGenerator<readonly ImportRow[]> {
  let [left, below] = [limit, null as bigint | null];
  while (left > 0) {
    const page = await database.$queryRaw<{ id: bigint }[]>`
      select i.id from public.applicant_import i
      where ${condition} and ${below === null ? sql`true` : sql`i.id < ${below}`}
      order by i.id desc limit ${Math.min(PAGE, left)}`;
    const ids = page.map(({ id }) => id);
    if (ids.length === 0) return;
    yield await database.applicantImport.findMany({ where: { id: { in: ids } }, orderBy: { id: "desc" } });
    left -= ids.length;
    below = ids.at(-1) ?? null;
  }
}
