/** `people suppress` and `people unsuppress`. */
import type { Decider } from "../../database/audit.ts";
import type { Command } from "commander";
import { inTransaction } from "../../database/client.ts";
import { rejectImports } from "../../outbox/operations/close.ts";
import { keepErasures } from "../../outbox/restore/erasures.ts";
import type { Named } from "../../people/find/find-person.ts";
import { suppressPerson, unsuppressPerson } from "../../people/suppression/decide.ts";
import { createKeyring } from "../../people/suppression/key.ts";
import { currentKey } from "../../people/suppression/suppress.ts";
import { fill, type Language, type Text } from "../../platform/language.ts";
import type { Context } from "../../process/stores.ts";
import { byCommand, reasonText } from "../decider.ts";
import { runCommand, show } from "../run.ts";
import { openExisting } from "../stores.ts";
import { addExamples } from "../verbs.ts";
import { declareWho, readWho, refuseArgument, ticketText, type WhoOptions } from "./who.ts";

type Verb = "suppress" | "unsuppress";

interface Options extends WhoOptions {
  readonly ticket?: string;
  readonly reason?: string;
  readonly yes?: true;
  readonly json?: true;
}

const DONE: Readonly<Record<Verb, Text>> = {
  suppress: {
    en: "The person is suppressed: the mirror keeps their ids, dates and states alone, and no import creates them. Imports that waited were rejected and emptied. Former values and finished imports stay: applicant-sync people erase",
    fr: "La personne est bloquée : la copie ne garde que ses identifiants, dates et états, et aucun import ne la crée. Les imports en attente ont été rejetés et vidés. Les anciennes valeurs et les imports terminés restent : applicant-sync people erase",
  },
  unsuppress: {
    en: "The person is no longer suppressed: the next full sync brings them back if Kelio ATS has them, and imports may create them.",
    fr: "La personne n'est plus bloquée : la prochaine synchronisation complète la rétablit si Kelio ATS la connaît, et les imports peuvent la créer.",
  },
};

const IN_FLIGHT: Text = {
  en: "Not called back, because it is being sent, or it is not known whether it reached Kelio ATS: import {ids}. Nothing further is sent for it. See what became of it: applicant-sync imports show {first}. If the person was created, delete them in Kelio ATS.",
  fr: "Impossible à rappeler, car l'envoi est en cours ou son issue est inconnue : import {ids}. Rien d'autre n'est envoyé pour lui. Voyez ce qu'il est devenu : applicant-sync imports show {first}. Si la personne a été créée, supprimez-la dans Kelio ATS.",
};

export function declareSuppression(command: Command, verb: Verb): void {
  addExamples(command, "--ticket DPO-17 < address.txt");
  declareWho(command)
    .option("--ticket <number>", "the number of the request where it was filed, for the audit", ticketText)
    .option("--reason <text>", "why, for the audit: name no people", reasonText)
    .option("--yes", "for programs: nothing is asked here")
    .option("--json", "print the outcome as JSON")
    .action((person: string | undefined, { ticket, reason, json, ...who }: Options) =>
      runCommand({}, async (context) => {
        refuseArgument(person ?? who.email);
        const outcome = await decide(verb, context, await readWho(person, who), {
          ticket: ticket ?? null,
          by: byCommand(reason),
        });
        show(outcome, json, () => render(verb, outcome, context.config.language));
      }),
    );
}

function render(verb: Verb, { inFlight = [] }: Outcome, language: Language): string {
  const [first] = inFlight;
  if (first === undefined) return DONE[verb][language];
  return `${DONE[verb][language]}\n${fill(IN_FLIGHT, { ids: inFlight.join(", "), first })[language]}`;
}

interface Outcome {
  /** Ids as text. */
  readonly applicants: readonly string[];
  readonly imports: readonly string[];
  /** Of `suppress`: the imports that could not be called back. */
  readonly inFlight?: readonly string[];
}

async function decide(
  verb: Verb,
  context: Context,
  named: Named,
  how: { readonly ticket: string | null; readonly by: Decider },
): Promise<Outcome> {
  const { account, privacy } = context.config;
  const { database } = await openExisting(context);
  const keyring = createKeyring(privacy);
  const { applicants, imports, inFlight } = await inTransaction(database, async (tx) => {
    if (verb === "unsuppress") return { inFlight: null, ...(await unsuppressPerson(tx, account, named, keyring, how)) };
    return suppressPerson(tx, account, named, await currentKey(tx, account, keyring), { ...how, rejectImports });
  });
  await keepErasures(database, context.config);
  const outcome = { applicants: applicants.map(String), imports: imports.map(String) };
  return inFlight === null ? outcome : { ...outcome, inFlight: inFlight.map(String) };
}
