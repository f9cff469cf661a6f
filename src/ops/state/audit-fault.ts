import type { Database } from "../../database/client.ts";
import type { AuditFault } from "./types.ts";

/** What the last check of the audit found; null: nothing is wrong, or it was not checked yet. */
export async function readAuditFault(database: Database, account: string): Promise<AuditFault | null> {
  const found = await database.auditCheck.findFirst({ where: { account, fault: { not: null } } });
  if (found === null) return null;
  return { decision: String(found.decision), since: found.since ?? found.checkedAt };
}
