import type { Command } from "commander";
import { inTransaction } from "../../database/client.ts";
import { unknownPerson } from "../../people/erase/erasure.ts";
import { findPerson, type Named } from "../../people/find/find-person.ts";
import { isKept, readOverview, type PersonOverview } from "../../people/find/overview.ts";
import { AppError, UsageError } from "../../platform/errors.ts";
import type { Language } from "../../platform/language.ts";
import type { Context } from "../../process/stores.ts";
import { openErasure } from "../../process/erasure.ts";
import { byCommand, reasonText } from "../decider.ts";
import { print, runCommand, show } from "../run.ts";
import { openExisting } from "../stores.ts";
import { addExamples } from "../verbs.ts";
import { renderOverview } from "./show.ts";
import { ask, declareWho, readWho, refuseArgument, ticketText, type WhoOptions } from "./who.ts";
import { WORDS } from "./words.ts";

interface Options extends WhoOptions {
  readonly ticket?: string | undefined;
  readonly reason?: string | undefined;
  readonly yes?: true | undefined;
  readonly json?: true | undefined;
}

export function declare(command: Command): void {
  addExamples(command, "--ticket DPO-17", "--yes --ticket DPO-17 < address.txt", "--applicant 17 --yes");
  declareWho(command)
    .option("--ticket <number>", "the number of the request where it was filed, for the audit", ticketText)
    .option("--reason <text>", "why, for the audit: name no people", reasonText)
    .option("--yes", "erase without asking, for programs")
    .option("--json", "print the outcome as JSON")
    .action((person: string | undefined, { ticket, reason, yes, json, ...who }: Options) =>
      runCommand({}, async (context) => {
        refuseArgument(person ?? who.email);
        if (yes !== true && !process.stdin.isTTY) throw needsYes();
        const outcome = await peopleErase(context, await readWho(person, who), { ticket, reason, yes, json });
        show(outcome, json, (one) => renderErased(one, context.config.language));
      }),
    );
}

/** The effect of an erasure; ids as text. */
async function peopleErase(
  context: Context,
  named: Named,
  { ticket, reason, yes, json }: Pick<Options, "ticket" | "reason" | "yes" | "json">,
) {
  const stores = await openExisting(context);
  const { account, language } = context.config;
  const erase = openErasure(context, stores);
  const plan = await inTransaction(stores.database, async (tx) =>
    readOverview(tx, await findPerson(tx, account, named)),
  );
  if (!isKept(plan)) throw unknownPerson(account);
  if (!json) print(renderPlan(plan, language));
  if (!yes && !/^(yes|oui)$/i.test(await ask(WORDS[language].question))) throw notConfirmed();
  const shown = yes ? null : plan.rows;
  const by = byCommand(reason);
  const { rows, requests, applicants, imports, left, later } = await erase({
    named,
    ticket: ticket ?? null,
    by,
    shown,
  });
  return {
    rows,
    requests,
    applicants: applicants.map(String),
    imports: imports.map(String),
    /** Ids of applicants that the vendor still has. */
    atVendor: plan.applicants.filter(({ deletedAt }) => deletedAt === null).map(({ id }) => id),
    /** Tables in whose files former values stay until they are written over. */
    left,
    /** Large tables that a worker rewrites in a quiet moment. */
    later,
  };
}

/** What would be erased, table by table, what stays and why. */
function renderPlan(plan: PersonOverview, language: Language): string {
  const words = WORDS[language];
  return [renderOverview(plan, language), words.goes, words.stays].join("\n\n");
}

function renderErased({ atVendor, left, later }: Awaited<ReturnType<typeof peopleErase>>, language: Language): string {
  const words = WORDS[language];
  return [
    words.done,
    ...(atVendor.length === 0 ? [] : [words.deleteThere(atVendor.join(", "))]),
    ...(later.length === 0 ? [] : [words.filesLater(later.join(", "))]),
    ...(left.length === 0 ? [] : [words.filesKeep(left.join(", "))]),
  ].join("\n");
}

const needsYes = () =>
  new UsageError("needs_yes", {
    en: "Nobody can be asked here, because standard input is no terminal: give --yes to erase without a question. Nothing was erased.",
    fr: "L'entrée standard n'est pas un terminal, il n'y a personne à interroger : donnez --yes pour effacer sans question. Rien n'a été effacé.",
  });

const notConfirmed = () => new AppError("not_confirmed", { en: "Nothing was erased.", fr: "Rien n'a été effacé." });
