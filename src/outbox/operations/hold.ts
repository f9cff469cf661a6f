/** The kill switch, and holding and releasing single imports or those of a source. */
import { writeAudit, type DecisionCode } from "../../database/audit.ts";
import { inTransaction, type Database, type Executor } from "../../database/client.ts";
import type { DecisionStore } from "../context.ts";
import { holdEverything, LOCK_MS, queryOf, readSwitch, releaseEverything, type Query } from "./switch.ts";
import { decide, done, mailNote, refuse, type Decided, type Verdict } from "./decide-one.ts";
import { because, codesWith, reasonOf } from "../import/reasons.ts";
import { sentence } from "../import/sentences.ts";
import { WAIVER, type LiftableCode } from "../import/waivers.ts";
import { moveColumns } from "../import/move-columns.ts";
import { lockOutbox, moveStep, stepOf, type ImportRow } from "../import/row.ts";
import { spellingsOf } from "./sources.ts";
import { verdictText } from "./verdict-texts.ts";

/** `holdEverything`, in the process of a worker. Must not run in a transaction. */
export function holdAll({ database, account, by }: DecisionStore, reason: string | null, code: string | null = null) {
  return holdEverything(boundedQueryOf(database), account, { code, reason, by });
}

/** `releaseEverything`, in the process of a worker. Must not run in a transaction. */
export function releaseAll({ database, account, by }: DecisionStore, isAfterRestore = false) {
  return releaseEverything(boundedQueryOf(database), account, { by, isAfterRestore });
}

/** Each statement has its own transaction, in which no wait for a lock, that of a table included, is longer than `LOCK_MS`. */
function boundedQueryOf(database: Database): Query {
  return (sql, ...values) =>
    inTransaction(database, async (tx) => {
      await tx.$executeRaw`select set_config('lock_timeout', ${String(LOCK_MS)}, true)`;
      return tx.$queryRawUnsafe(sql, ...values);
    });
}

export function holdImport(store: DecisionStore, id: bigint): Promise<Decided> {
  return decide(store, id, { what: "import_held" }, async (tx, row): Promise<Verdict> => {
    const { state } = stepOf(row);
    const why = byHand(store.by.why);
    if (state === "ready") {
      await moveStep(tx, row, why);
      return done("held");
    }
    // A release of all that are held for a common reason must not release this one.
    const bulk = reasonOf(row.reasonCode)?.bulk;
    if (state === "held" && (bulk === "switch" || bulk === "approval")) {
      const { reasonCode, reason: text } = why;
      await tx.applicantImport.update({ where: { id: row.id }, data: { reasonCode, reason: text } });
      return done("held_by_itself");
    }
    if (state === "held") return done("held_already");
    return refuse("only_ready_held", { state });
  });
}

/** Holds all imports of a source that wait to be sent. Returns how many; those that come later are not held. */
export function holdSource(store: DecisionStore, source: string): Promise<number> {
  return decideMany(store, { what: "source_held", subject: source }, async (tx, account) => {
    const { reasonCode, reason: text } = byHand(store.by.why);
    const columns = moveColumns("'held'", { reason_code: "$3::text", reason: "$4::text" });
    const spellings = await spellingsOf(tx, account, [source]);
    const sql = `update public.applicant_import i set ${columns} where i.account = $1 and i.state = 'ready' and i.source = any($2::text[])`;
    const moved = await tx.$executeRawUnsafe(sql, account, spellings, reasonCode, text);
    return { moved, result: moved };
  });
}

/** Releases one import from the reason it is held for. `withoutResume`: it is sent without its resume. */
export function releaseImport(store: DecisionStore, id: bigint, withoutResume = false): Promise<Decided> {
  return decide(store, id, { what: "import_released" }, async (tx, row): Promise<Verdict> => {
    const { step, state } = stepOf(row);
    if (state !== "held") return refuse("only_held_released", { state });
    if (withoutResume) {
      if (step === "application") return refuse("resume_there");
      if ((await tx.importResume.count({ where: { importId: id } })) === 0) return refuse("no_resume");
    }
    await release(tx, store.account, { id, withoutResume });
    return releasedVerdict(row, withoutResume);
  });
}

/** Releases all imports that are held because the API refuses their offer. Returns how many. */
export function releaseOffer(store: DecisionStore, campaign: bigint): Promise<number> {
  return decideMany(store, { what: "campaign_released", subject: String(campaign) }, async (tx, account) => {
    const only = codesWith(({ bulk }) => bulk === "campaign");
    const moved = await release(tx, account, { campaign, only });
    return { moved, result: moved };
  });
}

export interface ReleasedSource {
  readonly released: number;
  /** How many of them are sent without an agreement although their caller claims one. */
  readonly withoutEvidence: number;
}

/** Releases all imports of a source, whatever they are held for, except by a kill switch that is on. */
export function releaseSource(store: DecisionStore, source: string): Promise<ReleasedSource> {
  return decideMany(store, { what: "source_released", subject: source }, async (tx, account) => {
    const { held } = await readSwitch(queryOf(tx), account);
    const sources = await spellingsOf(tx, account, [source], true);
    const where = {
      account,
      source: { in: [...sources] },
      state: "held",
      reasonCode: "consent_evidence" satisfies LiftableCode,
    };
    const withoutEvidence = await tx.applicantImport.count({ where });
    const but = held ? codesWith(({ bulk }) => bulk === "switch") : [];
    const moved = await release(tx, account, { sources, but });
    return { moved, result: { released: moved, withoutEvidence } };
  });
}

/** Locks the outbox, does `work`, and adds the row of the audit, with how many imports were moved, in one transaction. */
function decideMany<T>(
  { database, account, by }: DecisionStore,
  { what, subject }: { readonly what: DecisionCode; readonly subject: string },
  work: (tx: Executor, account: string) => Promise<{ readonly moved: number; readonly result: T }>,
): Promise<T> {
  return inTransaction(database, async (tx) => {
    await lockOutbox(tx, account);
    const { moved, result } = await work(tx, account);
    await writeAudit(tx, { account, by, what, subjects: [subject], facts: { moved } });
    return result;
  });
}

interface Released {
  readonly id?: bigint;
  readonly sources?: readonly string[];
  readonly campaign?: bigint;
  /** Only imports that are held for one of these reasons, or for none of those. */
  readonly only?: readonly string[];
  readonly but?: readonly string[];
  readonly withoutResume?: boolean;
}

const LIFTABLE = codesWith(({ lifts }) => lifts === true);
const OVERRULED = codesWith(({ overrules }) => overrules === true);

/** Releases held imports by a person's decision: lifts the checks it covers (`waived`), and records what it overrules. Returns how many. */
function release(
  tx: Executor,
  account: string,
  { id, sources, campaign, only, but = [], withoutResume = false }: Released,
): Promise<number> {
  const columns = moveColumns("'ready'", {
    waived: `case when i.reason_code = any($6::text[]) and ${WAIVER} <> all(i.waived) then i.waived || ${WAIVER} else i.waived end`,
    email_expected: "case when i.reason_code = 'consent_evidence' then true else i.email_expected end",
    without_resume: "i.without_resume or $8::boolean",
    reason_code: "case when i.reason_code = any($7::text[]) then 'released_by_hand' else 'released' end",
    reason: "case when $8::boolean then $10::text end",
  });
  const sql = `
    update public.applicant_import i set ${columns}
    where i.account = $1 and i.state = 'held'
      and ($2::bigint is null or i.id = $2) and ($3::text[] is null or i.source = any($3))
      and ($4::bigint is null or i.campaign_id = $4) and ($5::text[] is null or i.reason_code = any($5))
      and (i.reason_code is null or i.reason_code <> all($9::text[]))`;
  const which = [account, id ?? null, sources ?? null, campaign ?? null, only ?? null];
  return tx.$executeRawUnsafe(sql, ...which, LIFTABLE, OVERRULED, withoutResume, but, sentence("without_resume"));
}

function releasedVerdict(row: ImportRow, withoutResume: boolean): Verdict {
  const resume = withoutResume ? verdictText("without_resume") : null;
  if (row.reasonCode === "consent_evidence") return done("released_without_consent", {}, resume);
  const code = row.reasonCode === "campaign_not_online" ? "released_offline" : "released";
  return done(code, { campaign: String(row.campaignId) }, mailNote(row), resume);
}

function byHand(reason: string | null) {
  return because("by_hand", reason === null ? {} : sentence("held_because", { why: reason }));
}
