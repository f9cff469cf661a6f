/** The kill switch, and holding and releasing single imports or those of a source. */
import { inTransaction, type Database, type Executor } from "../../database/client.ts";
import { holdEverything, releaseEverything } from "./hold-all.ts";
import { decide, done, mailNote, refuse, type Decided, type Verdict } from "./review.ts";
import { lockOutbox, moveStep, stepOf, type ImportRow } from "../import/row.ts";
import { queryOf, readSwitch } from "./switch.ts";
import { waivedWith } from "../import/waived.ts";

/** The reason code of an import that a person released although it fails a check. */
const RELEASED = "released_by_hand";

interface HoldDeps {
  readonly database: Database;
  readonly account: string;
}

/** `holdEverything`, in the process of a worker. Must not run in a transaction. */
export function holdAll({ database, account }: HoldDeps, reason: string | null, code: string | null = null) {
  return holdEverything(queryOf(database), account, { code, reason });
}

/** `releaseEverything`, in the process of a worker. Must not run in a transaction. */
export function releaseAll({ database, account }: HoldDeps) {
  return releaseEverything(queryOf(database), account);
}

/** Holds one import that waits to be sent. */
export function holdImport(deps: HoldDeps, id: bigint, reason: string | null): Promise<Decided> {
  return decide(deps, id, async (tx, row): Promise<Verdict> => {
    const { state } = stepOf(row);
    const why = { reasonCode: "by_hand", reason: byHand(reason) };
    if (state === "ready") {
      await moveStep(tx, row, { to: "held", ...why });
      return done("it is held");
    }
    // A release of all that are held for a common reason must not release this one.
    if (state === "held" && (row.reasonCode === "kill_switch" || row.reasonCode === "awaits_source_approval")) {
      await tx.applicantImport.update({ where: { id: row.id }, data: why });
      return done("it is held, by itself now");
    }
    if (state === "held") return done("it is held already");
    return refuse(`it is ${state}: only what is ready can be held`);
  });
}

/** Holds all imports of a source that wait to be sent. Returns how many; those that come later are not held. */
export function holdSource({ database, account }: HoldDeps, source: string, reason: string | null): Promise<number> {
  return inTransaction(database, async (tx) => {
    await lockOutbox(tx, account);
    return moveAll(tx, account, { from: "ready", to: "held", source, reasonCode: "by_hand", reason: byHand(reason) });
  });
}

/** Releases one import from the reason it is held for. `withoutResume`: it is sent without its resume. */
export function releaseImport(deps: HoldDeps, id: bigint, withoutResume = false): Promise<Decided> {
  return decide(deps, id, async (tx, row): Promise<Verdict> => {
    const { step, state } = stepOf(row);
    if (state !== "held") return refuse(`it is ${state}: only what is held can be released`);
    if (!withoutResume) return done(await releaseRow(tx, row));
    if (step === "application") return refuse("its applicant is there already, with the resume");
    if ((await tx.importResume.count({ where: { importId: id } })) === 0) return refuse("it has no resume");
    return done(`${await releaseRow(tx, row, true)}, without its resume`);
  });
}

/** Releases all imports that are held because the API refuses their offer. Returns how many. */
export function releaseOffer({ database, account }: HoldDeps, campaign: bigint): Promise<number> {
  return inTransaction(database, async (tx) => {
    await lockOutbox(tx, account);
    const why = { only: "offer_refused", reasonCode: "released", reason: null, isWaived: true } as const;
    return moveAll(tx, account, { from: "held", to: "ready", campaign, ...why });
  });
}

export interface ReleasedSource {
  readonly released: number;
  /** How many of them are sent without an agreement although their caller claims one. */
  readonly withoutEvidence: number;
}

/** Releases all imports of a source, whatever they are held for, except by a kill switch that is on. */
export function releaseSource({ database, account }: HoldDeps, source: string): Promise<ReleasedSource> {
  return inTransaction(database, async (tx) => {
    await lockOutbox(tx, account);
    const { held } = await readSwitch(queryOf(tx), account);
    const release = (which: Pick<MoveAll, "only" | "but">, reasonCode: string) =>
      moveAll(tx, account, { from: "held", to: "ready", source, ...which, reasonCode, reason: null, isWaived: true });
    const withoutEvidence = await release({ only: "consent_evidence" }, RELEASED);
    const withoutCampaign = await release({ only: "campaign_not_online" }, RELEASED);
    const others = await release(held ? { but: "kill_switch" } : {}, "released");
    return { released: withoutEvidence + withoutCampaign + others, withoutEvidence };
  });
}

async function releaseRow(tx: Executor, row: ImportRow, withoutResume = false): Promise<string> {
  const { reasonCode, campaignId } = row;
  const overrules = reasonCode === "consent_evidence" || reasonCode === "campaign_not_online";
  await moveStep(tx, row, {
    to: "ready",
    reasonCode: overrules ? RELEASED : "released",
    waived: waivedWith(row),
    ...(withoutResume ? { withoutResume, reason: "A person decided to send it without its resume." } : {}),
    ...(reasonCode === "consent_evidence" ? { emailExpected: true } : {}),
  });
  if (reasonCode === "consent_evidence") {
    return "it goes without the agreement, for which there is no evidence: the vendor e-mails the person. It is released from nothing else";
  }
  if (reasonCode === "campaign_not_online") {
    return `it is tried although campaign ${campaignId} is not online as far as the mirror knows${mailNote(row)}`;
  }
  return `it may be sent${mailNote(row)}`;
}

function byHand(reason: string | null): string {
  return reason === null ? "A person held it." : `A person held it: ${reason}`;
}

interface MoveAll {
  readonly from: "ready" | "held";
  readonly to: "ready" | "held";
  readonly source?: string;
  readonly campaign?: bigint;
  /** Only imports that are held for this reason, or all others. */
  readonly only?: string;
  readonly but?: string;
  readonly reasonCode: string;
  readonly reason: string | null;
  /** Whether a person decided about the reason that each of them is held for. */
  readonly isWaived?: true;
}

/** Moves the current step of all imports in one state, in one statement. Returns how many. */
function moveAll(
  tx: Executor,
  account: string,
  { from, to, source, campaign, only, but, reasonCode, reason, isWaived }: MoveAll,
): Promise<number> {
  return tx.$executeRaw`
    update public.applicant_import set
      applicant_state = case when applicant_state = ${from} then ${to} else applicant_state end,
      application_state = case when applicant_state = 'sent' then ${to} else application_state end,
      waived = case when ${isWaived ?? false}::boolean and reason_code is not null
        then array(select distinct unnest(waived || (reason_code || coalesce(':' || campaign_id, '')))) else waived end,
      reason_code = ${reasonCode}, reason = ${reason}
    where account = ${account} and state = ${from}
      and (${source ?? null}::text is null or source = ${source ?? null})
      and (${campaign ?? null}::bigint is null or campaign_id = ${campaign ?? null}::bigint)
      and (${only ?? null}::text is null or reason_code = ${only ?? null})
      and (${but ?? null}::text is null or reason_code is distinct from ${but ?? null})`;
}
