import type { Command } from "commander";
import { pendingAtVendor, type PendingAtVendor } from "../../people/find/pending.ts";
import type { Language } from "../../platform/language.ts";
import { localTime, table } from "../../platform/text.ts";
import { runCommand, show } from "../run.ts";
import { openExisting } from "../stores.ts";
import { addExamples } from "../verbs.ts";
import { WORDS } from "./words.ts";

export function declare(command: Command): void {
  addExamples(command);
  command.option("--json", "print it as JSON").action(({ json }: { readonly json?: true }) =>
    runCommand({}, async (context) => {
      const { account, language } = context.config;
      const { database } = await openExisting(context);
      const pending = await pendingAtVendor(database, account);
      show({ pending }, json, () => renderPending(pending, language));
    }),
  );
}

function renderPending(pending: readonly PendingAtVendor[], language: Language): string {
  const words = WORDS[language];
  if (pending.length === 0) return words.nonePending;
  const rows = pending.map(({ applicant, erasedAt, ticket, applications }) => [
    applicant,
    localTime(erasedAt),
    ticket ?? "-",
    applications,
  ]);
  return `${table([words.applicant, words.erased, "ticket", words.applications], rows)}\n\n${words.pendingMeans}`;
}
