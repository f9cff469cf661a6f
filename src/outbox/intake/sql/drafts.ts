/** Accepts imports that another application inserted by SQL, once they have been checked like all others. */
import { databaseErrorOf } from "../../../database/errors.ts";
import { inTransaction, type Executor } from "../../../database/client.ts";
import { AppError, codeOf } from "../../../platform/errors.ts";
import { addressesIn } from "../../../platform/email-key.ts";
import type { Language } from "../../../platform/language.ts";
import { describeFaults } from "../../import/faults.ts";
import { createHomes } from "../../import/home-country.ts";
import { because } from "../../import/reasons.ts";
import { sentenceIn } from "../../import/sentences.ts";
import { lockImport, moveStep, stepOf } from "../../import/row.ts";
import { rejectSuppressed, SUPPRESSED, suppressedEmails } from "../../import/suppressed.ts";
import { FEW, addCheckedRows, type AddResult, type Submitter } from "../add.ts";
import { admitDraftRows } from "../store.ts";
import {
  checkDraft,
  readDrafts,
  submittedOf,
  type AdmitOptions,
  type CheckedDraft,
  type Draft,
} from "./check-draft.ts";

/** Few at once, because a claim of an import waits for the same lock. */
const LOT = 25;

/** Checks all drafts of an account, the oldest first: each becomes ready, held, or rejected with the reason. */
export async function admitDrafts(options: AdmitOptions): Promise<void> {
  const nextLot = draftLots(options);
  while (await nextLot());
}

/** Returns a function that checks the next lot of drafts, and returns whether there was one. */
export function draftLots(options: AdmitOptions): () => Promise<boolean> {
  const skipped = new Set<bigint>();
  return async () => {
    const drafts = await readDrafts(options.database, options.account, [...skipped], LOT);
    if (drafts.length === 0) return false;
    try {
      await admitLot(options, drafts);
    } catch (error) {
      if (isPassing(error)) throw error;
      for (const draft of drafts) if (!(await admitAlone(options, draft))) skipped.add(draft.row.id);
    }
    return true;
  };
}

/** Checks a draft alone, so that its error costs no other one. If it fails it is rejected, or left to the next maintenance task (false). */
async function admitAlone(options: AdmitOptions, draft: Draft): Promise<boolean> {
  try {
    await admitLot(options, [draft]);
    return true;
  } catch (error) {
    if (isPassing(error)) throw error;
  }
  const reason = "It could not be checked, for a value that the outbox cannot hold.";
  const rejected = inTransaction(options.database, (tx) =>
    reject(tx, options.account, draft, { code: "invalid", reason }),
  );
  return rejected.then(
    () => true,
    () => false,
  );
}

/** Returns whether an error says nothing about a draft: the database is down, busy or full, or the process stops. */
function isPassing(error: unknown): boolean {
  if (error instanceof AppError || databaseErrorOf(error) !== null) return true;
  const code = codeOf(error);
  if (error instanceof TypeError || error instanceof RangeError) return false;
  // P2…: Postgres or Prisma refused the statement. P2024, P2028 and P2034: there was no connection, or a conflict.
  return code === null || !/^P2\d{3}$/.test(code) || /^P20(24|28|34)$/.test(code);
}

async function admitLot(options: AdmitOptions, drafts: readonly Draft[]): Promise<void> {
  const checked: CheckedDraft[] = [];
  // Before the lock is acquired, so that nothing waits for a check.
  const homeOf = await createHomes(options, (read) => read(options.database))(drafts.map(submittedOf));
  for (const draft of drafts) checked.push(await checkDraft(options, draft, homeOf));
  await inTransaction(options.database, async (tx) => {
    const bad = checked.filter((one) => "faults" in one);
    const good = checked.filter((one) => "input" in one);
    const byId = (id: bigint) => good.find(({ draft: { row } }) => row.id === id);
    const bulk = await crowdsOf(tx, options.account, drafts);
    const results = await addCheckedRows(tx, options, good, {
      source: "sql",
      admit: (submitted) =>
        admitDraftRows(
          tx,
          options.account,
          submitted.flatMap((row) => {
            const one = good[row.n];
            if (one === undefined) return [];
            const { id, admitted, waived, submittedBy } = one.draft.row;
            return [{ ...row, draft: id, waived: admitted ? waived : [], bulk: bulk.has(submittedBy) }];
          }),
        ),
      keepResume: (importId, n) => keepResume(tx, importId, good[n]),
      mayFix: (rejected, n) => isOwn(rejected, good[n]?.draft),
      isKnown: (id) => byId(id)?.draft.row.admitted === true,
    });
    for (const [n, result] of results.entries()) {
      const one = good[n];
      const verdict = one === undefined ? null : verdictOf(one.draft, result, options.language);
      if (one !== undefined && verdict !== null) await reject(tx, options.account, one.draft, verdict);
    }
    await keepNotes(tx, good, results, options.language);
    const theirs = await suppressedEmails(
      tx,
      options,
      bad.flatMap(({ draft }) => addressesIn(draft.row.email)),
    );
    for (const { draft, faults } of bad) {
      if (addressesIn(draft.row.email).some((email) => theirs.has(email))) {
        await reject(tx, options.account, draft, { code: "suppressed", reason: null });
        continue;
      }
      const reason = describeFaults(faults, options.language);
      await reject(tx, options.account, draft, { code: "invalid", reason });
    }
  });
}

/** Keeps what was assumed or left out of drafts that were accepted: nobody waits for an answer that could say it. */
async function keepNotes(
  tx: Executor,
  good: readonly Extract<CheckedDraft, { readonly notes: unknown }>[],
  results: readonly AddResult[],
  language: Language,
): Promise<void> {
  const noted = good.flatMap(({ notes }, n) => {
    const result = results[n];
    if (notes.length === 0 || result === undefined || "fault" in result || result.outcome === "known") return [];
    return [{ id: String(result.id), notes: describeFaults(notes, language) }];
  });
  if (noted.length === 0) return;
  await tx.$executeRaw`
    update public.applicant_import i set notes = n.notes
    from jsonb_to_recordset(${JSON.stringify(noted)}::jsonb) as n (id bigint, notes text) where i.id = n.id`;
}

interface DraftVerdict {
  readonly code: "invalid" | "duplicate" | "key_in_use" | "suppressed";
  /** Null: the text of the code. */
  readonly reason: string | null;
}

/** Returns whether the role that inserted a draft submitted an import, and so may know of it. */
function isOwn({ intake, submittedBy }: Submitter, draft: Draft | undefined): boolean {
  return intake === "sql" && (submittedBy === null || submittedBy === draft?.row.submittedBy);
}

/** Returns why a draft does not become an import; null: it does. The role that inserted it reads this: no id of others stands there. */
function verdictOf(draft: Draft, result: AddResult, language: Language): DraftVerdict | null {
  const isOfOthers = result.by !== undefined && !isOwn(result.by, draft);
  if ("fault" in result) {
    const { fault } = result;
    if (fault === SUPPRESSED) return { code: "suppressed", reason: null };
    const code = fault.field === "key" ? "key_in_use" : "invalid";
    return { code, reason: isOfOthers ? null : describeFaults([fault], language) };
  }
  if (result.id === draft.row.id) return null;
  if (isOfOthers) return { code: "duplicate", reason: null };
  const what = result.outcome === "resubmitted" ? "fixes" : "duplicate_of";
  const reason = sentenceIn(language, what, { id: String(result.id) });
  return { code: "duplicate", reason };
}

async function reject(tx: Executor, account: string, { row }: Draft, { code, reason }: DraftVerdict): Promise<void> {
  const now = await lockImport(tx, account, row.id);
  if (now === null || stepOf(now).state !== "draft") return;
  if (code === "suppressed") return rejectSuppressed(tx, now);
  await moveStep(tx, now, because(code, reason ?? {}));
}

/** The resume of a draft stays with it, or moves to the import that the draft fixes. */
async function keepResume(tx: Executor, importId: bigint, checked: CheckedDraft | undefined): Promise<void> {
  if (checked === undefined || !("input" in checked) || checked.resume === null) return;
  const { id } = checked.draft.row;
  if (id !== importId) {
    await tx.importResume.deleteMany({ where: { importId } });
    await tx.importResume.updateMany({ where: { importId: id }, data: { importId } });
  }
  await tx.importResume.updateMany({ where: { importId }, data: { type: checked.resume.type } });
}

/** Returns the roles that have more than a few drafts waiting. Their imports are a batch. */
async function crowdsOf(tx: Executor, account: string, drafts: readonly Draft[]): Promise<ReadonlySet<string | null>> {
  const crowds = new Set<string | null>();
  for (const role of new Set(drafts.map(({ row }) => row.submittedBy))) {
    const waiting = await tx.applicantImport.findMany({
      where: { account, state: "draft", submittedBy: role },
      select: { id: true },
      take: FEW + 1,
    });
    if (waiting.length > FEW) crowds.add(role);
  }
  return crowds;
}
