/** Holds and releases some imports. All of them: kill-switch.ts, which needs none of what is loaded here. */
import { together } from "../../platform/language.ts";
import { counted } from "../../platform/text.ts";
import type { OutboxStore } from "../../outbox/context.ts";
import { holdImport, holdSource, releaseImport, releaseOffer, releaseSource } from "../../outbox/operations/hold.ts";
import { spellingsOf } from "../../outbox/operations/sources.ts";
import { UsageError } from "../../platform/errors.ts";
import type { Context } from "../../process/stores.ts";
import { byCommand } from "../decider.ts";
import { openExisting } from "../stores.ts";
import { atOnce, eachOf, type Acted } from "./acted.ts";
import { idsOf, type Some } from "./arguments.ts";

type Held = Some | { readonly source: string };
type Released =
  | (Some & { readonly withoutResume: boolean })
  | { readonly source: string }
  /** Imports that the API refused for this campaign. */
  | { readonly campaign: bigint };

/** Throws `UsageError` `no_source` if the account has no import of the source. */
export async function holdSome(context: Context, chosen: Held, why: string | null): Promise<Acted> {
  const deps = await depsOf(context, why);
  if ("ids" in chosen) return eachOf(await idsOf(deps, chosen, "hold"), (id) => holdImport(deps, id));
  await requireSource(deps, chosen.source);
  const moved = await holdSource(deps, chosen.source);
  return atOnce(moved, {
    en: `${counted(moved, "import")} of source "${chosen.source}" ${moved === 1 ? "is" : "are"} held. Imports that arrive later are not.`,
    fr: `Imports suspendus de la source « ${chosen.source} » : ${moved}. Ceux qui arriveront plus tard ne le sont pas.`,
  });
}

/** Throws `UsageError` `no_source` if the account has no import of the source. */
export async function releaseSome(context: Context, chosen: Released, why: string | null): Promise<Acted> {
  const deps = await depsOf(context, why);
  if ("ids" in chosen) {
    const ids = await idsOf(deps, chosen, "release");
    return eachOf(ids, (id) => releaseImport(deps, id, chosen.withoutResume));
  }
  if ("campaign" in chosen) {
    const moved = await releaseOffer(deps, chosen.campaign);
    return atOnce(moved, {
      en: `${counted(moved, "import")} that the API refused for campaign ${chosen.campaign} may be sent.`,
      fr: `Imports refusés par l'API pour l'offre ${chosen.campaign} qui peuvent être envoyés : ${moved}.`,
    });
  }
  await requireSource(deps, chosen.source);
  const { released, withoutEvidence } = await releaseSource(deps, chosen.source);
  const mailed =
    withoutEvidence === 0
      ? null
      : {
          en: ` ${withoutEvidence} of them are sent without their consent, because it lacks evidence: the vendor e-mails these people.`,
          fr: ` Parmi eux, ${withoutEvidence} partent sans accord, faute de preuve : l'éditeur envoie un e-mail à ces personnes.`,
        };
  const all = {
    en: `${counted(released, "import")} of source "${chosen.source}" may be sent.`,
    fr: `Imports de la source « ${chosen.source} » qui peuvent être envoyés : ${released}.`,
  };
  return atOnce(released, together(all, mailed));
}

async function depsOf(context: Context, why: string | null) {
  const { database } = await openExisting(context);
  return { database, account: context.config.account, by: byCommand(why) };
}

async function requireSource({ database, account }: OutboxStore, source: string): Promise<void> {
  if ((await spellingsOf(database, account, [source])).length > 0) return;
  throw new UsageError("no_source", {
    en: `Account ${account} has no import of source "${source}". See its sources with: applicant-sync imports list`,
    fr: `Le compte ${account} n'a pas d'import de la source « ${source} ». Voyez ses sources : applicant-sync imports list`,
  });
}
