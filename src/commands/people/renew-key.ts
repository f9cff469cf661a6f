import type { Command } from "commander";
import { inTransaction } from "../../database/client.ts";
import { createKeyring, replaceKeyFile } from "../../people/suppression/key.ts";
import { renewKey, type Renewed } from "../../people/suppression/renew.ts";
import type { Language } from "../../platform/language.ts";
import type { Context } from "../../process/stores.ts";
import { byCommand, reasonText } from "../decider.ts";
import { runCommand, show } from "../run.ts";
import { openExisting } from "../stores.ts";
import { examples } from "../verbs.ts";

export function declare(command: Command): void {
  command
    .option("--reason <text>", "why, for the audit: name no people", reasonText)
    .option("--json", "print the outcome as JSON")
    .addHelpText("after", examples("applicant-sync people renew-key"))
    .action(({ reason, json }: { readonly reason?: string; readonly json?: true }) =>
      runCommand({}, async (context) => {
        const renewed = await peopleRenewKey(context, reason);
        show(renewed, json, (one) => renderRenewed(one, context.config.language));
      }),
    );
}

async function peopleRenewKey(context: Context, reason: string | undefined): Promise<Renewed> {
  const { account, privacy } = context.config;
  const { database } = await openExisting(context);
  if (privacy.key === null) replaceKeyFile(privacy.keyFile);
  const keyring = createKeyring(privacy);
  return inTransaction(database, (tx) => renewKey(tx, account, keyring, byCommand(reason)));
}

function renderRenewed({ current, former }: Renewed, language: Language): string {
  return language === "fr"
    ? `${current} blocages ont la clé actuelle. ${former} ont encore besoin de la précédente (PRIVACY_KEY_PREVIOUS, ou privacy.key.previous), jusqu'à ce qu'une synchronisation revoie leur adresse.`
    : `${current} suppressions have the current key. ${former} still need the former one (PRIVACY_KEY_PREVIOUS, or privacy.key.previous) until a sync sees their e-mail again.`;
}
