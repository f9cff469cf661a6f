import type { Command } from "commander";
import { CONTENTS } from "../../ops/page/table-names.ts";
import { isKept, showPerson, type PersonOverview } from "../../people/find/overview.ts";
import { TABLES_OF_PEOPLE } from "../../people/find/rows.ts";
import type { Language } from "../../platform/language.ts";
import { localTime, table } from "../../platform/text.ts";
import { byCommand, reasonText } from "../decider.ts";
import { runCommand, show } from "../run.ts";
import { openExisting } from "../stores.ts";
import { addExamples } from "../verbs.ts";
import { declareWho, readWho, type WhoOptions } from "./who.ts";
import { WORDS } from "./words.ts";

interface Options extends WhoOptions {
  readonly reason?: string;
  readonly json?: true;
}

export function declare(command: Command): void {
  addExamples(command, "< address.txt", "--applicant 17");
  declareWho(command)
    .option("--reason <text>", "why, for the audit: name no people", reasonText)
    .option("--json", "print it as JSON")
    .action((person: string | undefined, { reason, json, ...who }: Options) =>
      runCommand({}, async (context) => {
        const named = await readWho(person, who);
        const { account, language } = context.config;
        const { database } = await openExisting(context);
        const found = await showPerson(database, account, named, byCommand(reason));
        show(found, json, (one) => renderOverview(one, language));
      }),
    );
}

export function renderOverview(found: PersonOverview, language: Language): string {
  const words = WORDS[language];
  const { applicants, applications, imports, rows, requests, formerly } = found;
  const kept = TABLES_OF_PEOPLE.filter((name) => rows[name] > 0).map((name) => [
    name,
    rows[name],
    CONTENTS[name][language],
  ]);
  const answers = requests > 0 ? [["import_request", requests, CONTENTS.import_request[language]]] : [];
  const atSource = (deletedAt: string | null) =>
    deletedAt === null ? words.there : `${words.gone} ${localTime(deletedAt)}`;
  const erased = ({ erasedAt }: { readonly erasedAt: string | null }) =>
    erasedAt === null ? "-" : localTime(erasedAt);
  const sections = [
    isKept(found) ? table([words.table, words.rows, ""], [...kept, ...answers]) : words.nothing(found.account),
    ...list(
      [words.applicant, words.firstSeen, words.vendor, words.erased],
      applicants.map((one) => [one.id, localTime(one.firstSeenAt), atSource(one.deletedAt), erased(one)]),
    ),
    ...list(
      [words.application, words.campaign, words.status, words.vendor],
      applications.map((one) => [one.id, one.campaignId ?? "-", one.status ?? "-", atSource(one.deletedAt)]),
    ),
    ...list(
      ["import", words.came, "source", words.state, words.erased],
      imports.map((one) => [one.id, `${localTime(one.createdAt)}, ${one.intake}`, one.source, one.state, erased(one)]),
    ),
    ...(formerly.length === 0 ? [] : [words.formerly(formerly.join(", "))]),
  ];
  return sections.join("\n\n");
}

function list(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  return rows.length === 0 ? [] : [table(head, rows)];
}
