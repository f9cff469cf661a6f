/** What is kept of one person, table by table, without their data: ids, states, times and counts. */
import { writeAudit, type Decider } from "../../database/audit.ts";
import { inTransaction, type Database, type Executor } from "../../database/client.ts";
import { findPerson, subjectsOf, type Named, type Person } from "./find-person.ts";
import { countRows, TABLES_OF_PEOPLE } from "./rows.ts";

/** Ids as text, times in ISO 8601. */
export type PersonOverview = Awaited<ReturnType<typeof readOverview>>;

/** Reads what is kept of a person, and notes in the audit who looked. */
export function showPerson(database: Database, account: string, named: Named, by: Decider): Promise<PersonOverview> {
  return inTransaction(database, async (tx) => {
    const person = await findPerson(tx, account, named);
    await writeAudit(tx, { account, by, what: "person_shown", subjects: subjectsOf(person) });
    return readOverview(tx, person);
  });
}

export async function readOverview(tx: Executor, person: Person) {
  const { account, applicants, applications, imports, requests, formerly } = person;
  const order = { id: "asc" } as const;
  const mirrored = { id: true, first_seen_at: true, deleted_at: true } as const;
  const [found, erasures, candidacies, imported] = [
    await tx.applicant.findMany({ where: { account, id: { in: [...applicants] } }, orderBy: order, select: mirrored }),
    await tx.suppression.findMany({ where: { account, applicantId: { in: [...applicants] }, isErased: true } }),
    await tx.application.findMany({
      where: { account, id: { in: [...applications] } },
      orderBy: order,
      select: { ...mirrored, applicant_id: true, campaign_id: true, status: true },
    }),
    await tx.applicantImport.findMany({ where: { account, id: { in: [...imports] } }, orderBy: order }),
  ];
  return {
    account,
    applicants: found.map((row) => ({
      id: String(row.id),
      ...seen(row),
      /** When the person was erased here; null: not. */
      erasedAt: erasures.find(({ applicantId }) => applicantId === row.id)?.createdAt.toISOString() ?? null,
    })),
    applications: candidacies.map((row) => ({
      id: String(row.id),
      applicantId: idText(row.applicant_id),
      campaignId: idText(row.campaign_id),
      status: row.status,
      ...seen(row),
    })),
    imports: imported.map((row) => ({
      id: String(row.id),
      intake: row.intake,
      source: row.source,
      state: row.state,
      applicantId: idText(row.applicantId),
      createdAt: row.createdAt.toISOString(),
      erasedAt: row.erasedAt?.toISOString() ?? null,
    })),
    /** Rows of each table that are about the person. */
    rows: await countRows(tx, person),
    /** Answers to requests of the HTTP intake that name an import of theirs. */
    requests: requests.length,
    /** Other rows of `applicant` that had this address formerly. */
    formerly: formerly.map(String),
  };
}

export function isKept({ rows }: Pick<PersonOverview, "rows">): boolean {
  return TABLES_OF_PEOPLE.some((table) => rows[table] > 0);
}

const idText = (id: bigint | null) => id?.toString() ?? null;
const seen = (row: { readonly first_seen_at: Date; readonly deleted_at: Date | null }) => ({
  firstSeenAt: row.first_seen_at.toISOString(),
  /** When the vendor was found not to have it any more; null: the vendor has it, as far as the syncs know. */
  deletedAt: row.deleted_at?.toISOString() ?? null,
});
