/** The decision before a request: may this import be sent now, and has it not been done already? */
import type { Executor } from "../database.ts";
import { consentToTell } from "./consent.ts";
import { gateOf, type Gate, type GateOptions } from "./gate.ts";
import { knownApplicant, knownApplication, knownCampaign } from "./known.ts";
import { lockImport, lockOutbox, moveStep, stepOf, type ImportRow } from "./store.ts";
import type { Step } from "./states.ts";

/** Another import of the same person is on its way: look again after this time, or as soon as that one is through. */
const WAIT_FOR_OTHER_MS = 60_000;

export type Claim =
  /** The row is `sending`, and this attempt's alone. */
  | { readonly is: "claimed"; readonly row: ImportRow; readonly step: Step }
  /** The step was done without a request; the next one may be claimed. */
  | { readonly is: "known" }
  /** Nothing is to be done now. */
  | { readonly is: "left" }
  | { readonly is: "closed"; readonly gate: Gate };

/**
 * Claims the present step of an import: `ready → sending`, committed with the transaction before the request leaves. One
 * that an earlier attempt left in `sending` becomes `unknown`: nobody may send it again unlooked.
 */
export async function claimImport(tx: Executor, options: GateOptions, id: number): Promise<Claim> {
  const { account } = options;
  await lockOutbox(tx, account);
  const row = await lockImport(tx, account, id);
  if (row === null) return { is: "left" };
  const { step, state } = stepOf(row);
  if (state === "sending") {
    const reason = "A worker ended, or lost its database, while the request was on its way.";
    await moveStep(tx, row, { to: "unknown", reasonCode: "worker_lost", reason });
    return { is: "left" };
  }
  if (state !== "ready") return { is: "left" };
  const gate = await gateOf(tx, options);
  if (!gate.open) return closed(tx, row, gate);
  if (await otherOnItsWay(tx, row, step)) {
    await tx.applicantImport.update({
      where: { id: row.id },
      data: { queuedAt: null, notBefore: new Date(Date.now() + WAIT_FOR_OTHER_MS) },
    });
    return { is: "left" };
  }
  return step === "applicant" ? claimApplicant(tx, row) : claimApplication(tx, row);
}

/** The kill switch turns what it stops to `held`, where a person sees it; gates of time leave it ready for later. */
async function closed(tx: Executor, row: ImportRow, gate: Gate): Promise<Claim> {
  if (gate.code === "kill_switch") await moveStep(tx, row, { to: "held", reasonCode: gate.code, reason: gate.reason });
  else await tx.applicantImport.update({ where: { id: row.id }, data: { queuedAt: null, notBefore: gate.until } });
  return { is: "closed", gate };
}

async function otherOnItsWay(tx: Executor, row: ImportRow, step: Step): Promise<boolean> {
  const busy = ["sending", "unknown", "needs_review"];
  const others = await tx.applicantImport.count({
    where: {
      account: row.account,
      person: row.person,
      companyId: row.companyId,
      id: { not: row.id },
      ...(step === "applicant"
        ? { applicantState: { in: busy } }
        : { applicationState: { in: busy }, campaignId: row.campaignId }),
    },
  });
  return others > 0;
}

async function claimApplicant(tx: Executor, row: ImportRow): Promise<Claim> {
  const known = await knownApplicant(tx, row);
  if (known !== null) {
    await moveStep(tx, row, { to: "sent", id: known, origin: "existing", emailForeseen: false });
    return { is: "known" };
  }
  // Before a person is e-mailed for the sake of an offer, the offer must be there.
  if (row.campaignId !== null && (await holdWithoutCampaign(tx, row, row.campaignId))) return { is: "left" };
  return claimed(tx, row, "applicant", !consentToTell(row));
}

async function claimApplication(tx: Executor, row: ImportRow): Promise<Claim> {
  const known = await knownApplication(tx, row);
  if (known !== null) {
    await moveStep(tx, row, { to: "sent", id: known, origin: "existing" });
    return { is: "known" };
  }
  if (row.campaignId !== null && (await holdWithoutCampaign(tx, row, row.campaignId))) return { is: "left" };
  return claimed(tx, row, "application");
}

async function holdWithoutCampaign(tx: Executor, row: ImportRow, campaignId: bigint): Promise<boolean> {
  if (row.reasonCode === "released_by_hand") return false;
  const campaign = await knownCampaign(tx, row.account, campaignId);
  if (campaign.is !== "gone") return false;
  const reason = `Campaign ${campaignId} is not, or no longer, online in the mirror. Sync, then release or reject it.`;
  await moveStep(tx, row, { to: "held", reasonCode: "campaign_not_online", reason });
  return true;
}

async function claimed(tx: Executor, row: ImportRow, step: Step, emailForeseen?: boolean): Promise<Claim> {
  await moveStep(tx, row, { to: "sending", ...(emailForeseen === undefined ? {} : { emailForeseen }) });
  const now = await tx.applicantImport.findUniqueOrThrow({ where: { id: row.id } });
  return { is: "claimed", row: now, step };
}
