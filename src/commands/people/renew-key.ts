import type { Command } from "commander";
import { inTransaction } from "../../database/client.ts";
import { createKeyring, replaceKeyFile } from "../../people/suppression/key.ts";
import { renewKey, type Renewed } from "../../people/suppression/renew.ts";
import type { Language } from "../../platform/language.ts";
import type { Context } from "../../process/stores.ts";
import { byCommand, reasonText } from "../decider.ts";
import { plain } from "../../platform/text.ts";
import { runCommand, show } from "../run.ts";
import { openExisting } from "../stores.ts";
import { addExamples } from "../verbs.ts";

export function declare(command: Command): void {
  addExamples(command);
  command
    .option("--reason <text>", "why, for the audit: name no people", reasonText)
    .option("--json", "print the outcome as JSON")
    .action(({ reason, json }: { readonly reason?: string; readonly json?: true }) =>
      runCommand({}, async (context) => {
        const renewed = await peopleRenewKey(context, reason);
        show(renewed, json, (one) => renderRenewed(one, context.config.language));
      }),
    );
}

interface Outcome extends Renewed {
  /** The file of a previous key: no new one was made, as an interrupted renewal was ended. Null: one was made, or set. */
  readonly previous: string | null;
}

async function peopleRenewKey(context: Context, reason: string | undefined): Promise<Outcome> {
  const { account, privacy } = context.config;
  const { database } = await openExisting(context);
  const previous = privacy.key === null ? replaceKeyFile(privacy.keyFile) : null;
  const keyring = createKeyring(privacy);
  const renewed = await inTransaction(database, (tx) => renewKey(tx, account, keyring, byCommand(reason)));
  return { ...renewed, previous };
}

function renderRenewed({ current, former, previous }: Outcome, language: Language): string {
  const counts = renderCounts({ current, former }, language);
  if (previous === null) return counts;
  const name = plain(previous, 200);
  return language === "fr"
    ? `${counts}\nAucune nouvelle clé n'a été créée, car ${name} existe : une fois que plus rien n'a besoin de ce fichier, ni une sauvegarde, supprimez-le, puis renouvelez la clé.`
    : `${counts}\nNo new key was made, because ${name} is there: once nothing needs that file any more, nor a backup, remove it; then renew the key.`;
}

function renderCounts({ current, former }: Renewed, language: Language): string {
  return language === "fr"
    ? `${current} blocages ont la clé actuelle. ${former} ont encore besoin de la précédente (PRIVACY_KEY_PREVIOUS, ou privacy.key.previous), jusqu'à ce qu'une synchronisation revoie leur adresse.`
    : `${current} suppressions have the current key. ${former} still need the former one (PRIVACY_KEY_PREVIOUS, or privacy.key.previous) until a sync sees their e-mail again.`;
}
