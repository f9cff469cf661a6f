/** The kill switch, and holding and releasing single imports or those of a source. */
import type { OutboxStore } from "../context.ts";
import { inTransaction, type Executor } from "../../database/client.ts";
import { holdEverything, queryOf, readSwitch, releaseEverything } from "./switch.ts";
import { decide, done, mailNote, refuse, type Decided, type Verdict } from "./review.ts";
import { because, codesWith, reasonOf } from "../import/reasons.ts";
import { sentence } from "../import/sentences.ts";
import type { LiftableCode } from "../import/waivers.ts";
import { lockOutbox, moveColumns, moveStep, stepOf, type ImportRow } from "../import/row.ts";
import { inEach } from "../../platform/language.ts";
import { spellingsOf } from "./sources.ts";
import { verdictText } from "./verdict-texts.ts";

/** `holdEverything`, in the process of a worker. Must not run in a transaction. */
export function holdAll({ database, account }: OutboxStore, reason: string | null, code: string | null = null) {
  return holdEverything(queryOf(database), account, { code, reason });
}

/** `releaseEverything`, in the process of a worker. Must not run in a transaction. */
export function releaseAll({ database, account }: OutboxStore) {
  return releaseEverything(queryOf(database), account);
}

/** Holds one import that waits to be sent. */
export function holdImport(store: OutboxStore, id: bigint, reason: string | null): Promise<Decided> {
  return decide(store, id, async (tx, row): Promise<Verdict> => {
    const { state } = stepOf(row);
    const why = byHand(reason);
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
export function holdSource({ database, account }: OutboxStore, source: string, reason: string | null): Promise<number> {
  return inTransaction(database, async (tx) => {
    await lockOutbox(tx, account);
    const { reasonCode, reason: text } = byHand(reason);
    const columns = moveColumns("'held'", { reason_code: "$3::text", reason: "$4::text" });
    const spellings = await spellingsOf(tx, account, [source]);
    const sql = `update public.applicant_import i set ${columns} where i.account = $1 and i.state = 'ready' and i.source = any($2::text[])`;
    return tx.$executeRawUnsafe(sql, account, spellings, reasonCode, text);
  });
}

/** Releases one import from the reason it is held for. `withoutResume`: it is sent without its resume. */
export function releaseImport(store: OutboxStore, id: bigint, withoutResume = false): Promise<Decided> {
  return decide(store, id, async (tx, row): Promise<Verdict> => {
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
export function releaseOffer({ database, account }: OutboxStore, campaign: bigint): Promise<number> {
  return inTransaction(database, async (tx) => {
    await lockOutbox(tx, account);
    const only = codesWith(({ bulk }) => bulk === "campaign");
    return release(tx, account, { campaign, only });
  });
}

export interface ReleasedSource {
  readonly released: number;
  /** How many of them are sent without an agreement although their caller claims one. */
  readonly withoutEvidence: number;
}

/** Releases all imports of a source, whatever they are held for, except by a kill switch that is on. */
export function releaseSource({ database, account }: OutboxStore, source: string): Promise<ReleasedSource> {
  return inTransaction(database, async (tx) => {
    await lockOutbox(tx, account);
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
    return { released: await release(tx, account, { sources, but }), withoutEvidence };
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

/** The entry of `waived` for the reason of import `i`, as SQL. */
const WAIVER = "(i.reason_code || coalesce(':' || i.campaign_id, ''))";

/** Releases held imports by a person's decision: lifts the checks that it covers (`waived`), and records what it overrules. Returns how many. */
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
  const resume = withoutResume ? verdictText("without_resume") : { en: "", fr: "" };
  if (row.reasonCode === "consent_evidence") return done("released_without_consent", {}, resume);
  const mail = mailNote(row);
  const notes = inEach((language) => mail[language] + resume[language]);
  if (row.reasonCode === "campaign_not_online") {
    return done("released_offline", { campaign: String(row.campaignId) }, notes);
  }
  return done("released", {}, notes);
}

function byHand(reason: string | null) {
  return because("by_hand", reason === null ? {} : sentence("held_because", { why: reason }));
}
