/** Queries of the outbox for people and programs. They write nothing, and make no request to the API. */
import type { Database } from "../../database/client.ts";
import type { OutboxSettings } from "../context.ts";
import { gateOf, type Gate } from "../delivery/send-gate.ts";
import { IMPORT_STATES, type ImportState } from "../import/states.ts";

export interface ImportsOverview {
  readonly counts: Readonly<Record<ImportState, number>>;
  /** When the oldest import that a worker will send came in. ISO 8601; null: none waits. */
  readonly oldestWaiting: string | null;
  readonly gate: GateReport;
}

/** Whether imports may be sent now. `until` ISO 8601, null: until a person opens it. */
export interface GateReport extends Pick<Gate, "open" | "code" | "reason"> {
  readonly until: string | null;
}

const NO_IMPORTS = { draft: 0, held: 0, ready: 0, sending: 0, unknown: 0, needs_review: 0, rejected: 0, done: 0 };

/** How many imports an account has in each state, and what keeps them from being sent. */
export async function overviewOf(database: Database, settings: OutboxSettings): Promise<ImportsOverview> {
  const rows = await database.$queryRaw<{ state: string; count: number; oldest: Date }[]>`
    select state, count(*)::int as count, min(created_at) as oldest from public.applicant_import
    where account = ${settings.account} group by state`;
  const waiting = rows.filter(({ state }) => state === "draft" || state === "ready").map(({ oldest }) => oldest);
  const { until, ...gate } = await gateOf(database, settings);
  return {
    counts: {
      ...NO_IMPORTS,
      ...Object.fromEntries(rows.map(({ state, count }) => [state, count])),
    },
    oldestWaiting: waiting.toSorted((a, b) => Number(a) - Number(b))[0]?.toISOString() ?? null,
    gate: { ...gate, until: until?.toISOString() ?? null },
  };
}

export interface ImportFilter {
  /** Empty: all. */
  readonly states: readonly ImportState[];
  readonly source: string | null;
  readonly campaign: bigint | null;
  /** How many at most, the newest first. */
  readonly limit: number;
}

/** An import without the person: of what was submitted, only the key. Ids as text, times in ISO 8601. */
export interface ImportLine {
  readonly id: string;
  readonly key: string | null;
  readonly source: string;
  readonly state: string;
  readonly reasonCode: string | null;
  readonly companyId: string | null;
  readonly campaignId: string | null;
  readonly applicantId: string | null;
  readonly applicationId: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** Returns the imports of an account that match a filter. */
export async function listImports(
  database: Database,
  account: string,
  { states, source, campaign, limit }: ImportFilter,
): Promise<readonly ImportLine[]> {
  const rows = await database.applicantImport.findMany({
    where: {
      account,
      ...(states.length === 0 ? {} : { state: { in: [...states] } }),
      ...(source === null ? {} : { source }),
      ...(campaign === null ? {} : { campaignId: campaign }),
    },
    orderBy: { id: "desc" },
    take: limit,
    select: {
      id: true,
      key: true,
      source: true,
      state: true,
      reasonCode: true,
      companyId: true,
      campaignId: true,
      applicantId: true,
      applicationId: true,
      createdAt: true,
      updatedAt: true,
    },
  });
  return rows.map(({ id, companyId, campaignId, applicantId, applicationId, createdAt, updatedAt, ...rest }) => ({
    ...rest,
    id: String(id),
    companyId: idText(companyId),
    campaignId: idText(campaignId),
    applicantId: idText(applicantId),
    applicationId: idText(applicationId),
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  }));
}

/** Returns whether an account has an import of this source, in any state. */
export async function hasSource(database: Database, account: string, source: string): Promise<boolean> {
  return (await database.applicantImport.findFirst({ where: { account, source }, select: { id: true } })) !== null;
}

export function isImportState(text: string): text is ImportState {
  return IMPORT_STATES.some((state) => state === text);
}

export function idText(id: bigint | null): string | null {
  return id === null ? null : String(id);
}
