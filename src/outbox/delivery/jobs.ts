import type { ImportRow } from "../import/row.ts";

/** A job of the outbox: ids and numbers only. `deliver` sends a step of an import, `reconcile` does one step of looking one up. */
export interface OutboxJob {
  readonly kind: "deliver" | "reconcile";
  readonly import: number;
  /** Tells the job from the one that enqueues it: two of the same turn are one. */
  readonly turn: number;
  readonly bulk: boolean;
}

/** The job of an import as it stands now. */
export function jobOf(
  kind: OutboxJob["kind"],
  row: Pick<ImportRow, "id" | "applicantState" | "resends" | "attempts" | "lookups" | "lookupPage" | "bulk">,
): OutboxJob {
  // One job for what is to be sent, however often it is tried: what the queue still holds must not come into it once more.
  const sending = row.resends * 2 + (row.applicantState === "sent" ? 1 : 0);
  const turn = kind === "deliver" ? sending : row.attempts * 10_000 + row.lookups * 1_000 + row.lookupPage;
  return { kind, import: Number(row.id), turn, bulk: row.bulk };
}
