/** The kill switch, and holding and releasing single imports or those of a source. */
import { inTransaction, type Database, type Executor } from "../database.ts";
import { decide, done, mailNote, refuse, type Decided, type Verdict } from "./review.ts";
import { controlOf, lockOutbox, moveStep, stepOf, type ImportRow } from "./store.ts";
import { waivedWith } from "./waived.ts";

/** The reason code of an import that a person released from a check that it does not pass. */
const RELEASED = "released_by_hand";

interface HoldDeps {
  readonly database: Database;
  readonly account: string;
}

export interface HeldAll {
  readonly held: number;
  /** Requests that had left already. */
  readonly sending: number;
}

/** Throws the kill switch: nothing more is sent, and all that was ready is held. In one transaction. */
export function holdAll({ database, account }: HoldDeps, reason: string | null): Promise<HeldAll> {
  return inTransaction(database, async (tx) => {
    await lockOutbox(tx, account);
    await controlOf(tx, account);
    await tx.$executeRaw`
      update public.import_control set held = true, held_reason = ${reason}, held_at = clock_timestamp() where account = ${account}`;
    const why = {
      reasonCode: "kill_switch",
      reason: reason === null ? "All imports are held." : `All imports are held: ${reason}`,
    };
    const held = await moveAll(tx, account, { from: "ready", to: "held", ...why });
    const sending = await tx.applicantImport.count({ where: { account, state: "sending" } });
    return { held, sending };
  });
}

/** Takes the kill switch back, ends a pause, and lets go what the switch held; nothing that is held for another reason. */
export function releaseAll({
  database,
  account,
}: HoldDeps): Promise<{ readonly released: number; readonly stillHeld: number }> {
  return inTransaction(database, async (tx) => {
    await lockOutbox(tx, account);
    await controlOf(tx, account);
    await tx.importControl.update({
      where: { account },
      data: { held: false, heldReason: null, heldAt: null, trouble: 0, pausedUntil: null },
    });
    await tx.$executeRaw`
      update public.applicant_import set not_before = null where account = ${account} and state = 'ready' and not_before is not null`;
    const released = await moveAll(tx, account, {
      from: "held",
      to: "ready",
      only: "kill_switch",
      reasonCode: "released",
      reason: null,
    });
    const stillHeld = await tx.applicantImport.count({ where: { account, state: "held" } });
    return { released, stillHeld };
  });
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
    // What lets those go that wait for a common reason must not let this one go.
    if (state === "held" && (row.reasonCode === "kill_switch" || row.reasonCode === "awaits_first_n")) {
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

/** Lets one import go, whatever held it. */
export function releaseImport(deps: HoldDeps, id: bigint): Promise<Decided> {
  return decide(deps, id, async (tx, row): Promise<Verdict> => {
    const { state } = stepOf(row);
    if (state !== "held") return refuse(`it is ${state}: only what is held can be released`);
    return done(await releaseRow(tx, row));
  });
}

export interface ReleasedSource {
  readonly released: number;
  /** How many of them are told to the vendor as without agreement, although their caller says otherwise. */
  readonly withoutEvidence: number;
}

/** Lets all imports of a source go, whatever held them but a kill switch that is still thrown. */
export function releaseSource({ database, account }: HoldDeps, source: string): Promise<ReleasedSource> {
  return inTransaction(database, async (tx) => {
    await lockOutbox(tx, account);
    const { held } = await controlOf(tx, account);
    const release = (which: Pick<MoveAll, "only" | "but">, reasonCode: string) =>
      moveAll(tx, account, { from: "held", to: "ready", source, ...which, reasonCode, reason: null, isWaived: true });
    const withoutEvidence = await release({ only: "consent_evidence" }, RELEASED);
    const withoutCampaign = await release({ only: "campaign_not_online" }, RELEASED);
    const others = await release(held ? { but: "kill_switch" } : {}, "released");
    return { released: withoutEvidence + withoutCampaign + others, withoutEvidence };
  });
}

async function releaseRow(tx: Executor, row: ImportRow): Promise<string> {
  const { reasonCode, campaignId } = row;
  const overrules = reasonCode === "consent_evidence" || reasonCode === "campaign_not_online";
  await moveStep(tx, row, {
    to: "ready",
    reasonCode: overrules ? RELEASED : "released",
    waived: waivedWith(row),
    ...(reasonCode === "consent_evidence" ? { emailForeseen: true } : {}),
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
  /** Only what is held for this reason, or all but it. */
  readonly only?: string;
  readonly but?: string;
  readonly reasonCode: string;
  readonly reason: string | null;
  /** Whether it is a person's decision on what each of them is held for. */
  readonly isWaived?: true;
}

/** Moves the present step of all imports that are in one state, in one statement. Returns how many. */
function moveAll(
  tx: Executor,
  account: string,
  { from, to, source, only, but, reasonCode, reason, isWaived }: MoveAll,
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
      and (${only ?? null}::text is null or reason_code = ${only ?? null})
      and (${but ?? null}::text is null or reason_code is distinct from ${but ?? null})`;
}
