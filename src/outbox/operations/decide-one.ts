/** One decision of a person about one import: its frame, which locks, decides and writes the audit, and the words of its outcome. */
import { writeAudit, type DecisionCode } from "../../database/audit.ts";
import { inTransaction, type Executor } from "../../database/client.ts";
import { together, type Facts, type Text } from "../../platform/language.ts";
import type { DecisionStore, OutboxJob } from "../context.ts";
import { consentToTell } from "../import/consent.ts";
import { lockImport, lockOutbox, stepOf, type ImportRow } from "../import/row.ts";
import { releaseAwaiting } from "./source-approval.ts";
import { verdictText, type VerdictCode } from "./verdict-texts.ts";

/** The effect of a decision on an import, or why it had none (`isDone` false). */
export interface Decided {
  readonly id: string;
  readonly isDone: boolean;
  /** The state after the decision; null: there is no such import. */
  readonly state: string | null;
  /** For people; holds no personal data. */
  readonly message: string;
  /** The same in French. */
  readonly french: string;
}

export interface Verdict {
  readonly isDone: boolean;
  readonly message: string;
  readonly french: string;
  readonly job?: OutboxJob;
}

export const refuse = (code: VerdictCode, facts: Facts = {}): Verdict => verdict(false, verdictText(code, facts));
export const done = (code: VerdictCode, facts: Facts = {}, ...more: readonly (Text | null)[]): Verdict =>
  verdict(true, together(verdictText(code, facts), ...more));

export function verdict(isDone: boolean, { en, fr }: Text): Verdict {
  return { isDone, message: en, french: fr };
}

/**
 * Locks an import and applies a decision. In the same transaction, releases what waited for the approval of its source, and adds the
 * row of the audit, unless the decision was refused.
 */
export function decide(
  { database, account, by }: DecisionStore,
  id: bigint,
  { what, facts }: { readonly what: DecisionCode; readonly facts?: Readonly<Record<string, string>> },
  apply: (tx: Executor, row: ImportRow) => Promise<Verdict>,
): Promise<Decided & { readonly job?: OutboxJob }> {
  return inTransaction(database, async (tx) => {
    await lockOutbox(tx, account);
    const row = await lockImport(tx, account, id);
    if (row === null) return { id: String(id), state: null, ...refuse("no_import", { id: String(id), account }) };
    const said = await apply(tx, row);
    if (said.isDone && row.reasonCode === "source_approval") await releaseAwaiting(tx, row);
    const now = await lockImport(tx, account, id);
    const state = now?.state ?? null;
    const moved = { from: row.state, to: state, reason: row.reasonCode };
    if (said.isDone) await writeAudit(tx, { account, by, what, subjects: [id], facts: { ...moved, ...facts } });
    return { id: String(id), state, ...said };
  });
}

/** Returns a note that the person is e-mailed; null: no e-mail is expected. */
export function mailNote(row: ImportRow): Text | null {
  const isMailed = stepOf(row).step === "applicant" && !consentToTell(row);
  return isMailed ? verdictText("mailed") : null;
}
