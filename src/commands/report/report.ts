import { Option, type Command } from "commander";
import { csvLine } from "../../outbox/intake/file/errors-file.ts";
import { table } from "../../platform/text.ts";
import { UsageError } from "../../platform/errors.ts";
import { ask, type Answer } from "../../report/ask.ts";
import { QUESTIONS, type Question } from "../../report/questions.ts";
import { makeFacts } from "../../report/facts.ts";
import { storeTimezone } from "../../report/settings.ts";
import type { Context } from "../../process/stores.ts";
import { readMoment } from "../imports/moment.ts";
import { withBar } from "../progress.ts";
import { print, runCommand, show } from "../run.ts";
import { openExisting } from "../stores.ts";
import { addVerbs, addExamples, type Verb } from "../verbs.ts";
import { wrongValue } from "../usage.ts";

const VERBS: readonly Verb[] = [
  {
    name: "statuses",
    summary: "show which category each status means, and correct it",
    load: () => import("./statuses.ts"),
  },
  {
    name: "grant",
    summary: "let a database role read the schema report and nothing else",
    load: () => import("./grant.ts"),
  },
];

interface Options {
  readonly asOf?: string;
  readonly csv?: string;
  readonly xlsx?: string;
  readonly json?: true;
}

export async function declare(command: Command, words?: readonly string[]): Promise<void> {
  addExamples(command, "", "funnel --as-of 2026-06-30", "sources --csv sources.csv", "hires --xlsx hires.xlsx");
  command
    .argument("[name]", "the question; without it, all questions are listed", questionName)
    .option("--as-of <day>", "as of the end of a day, in TIMEZONE, such as 2026-06-30, or of a moment")
    .option("--csv <file>", "write the answer to this file, for a spreadsheet")
    .addOption(new Option("--xlsx <file>", "write the answer to this file, as a workbook").conflicts("csv"))
    .option("--json", "print it as JSON")
    .action((name: keyof typeof QUESTIONS | undefined, options: Options) =>
      runCommand({}, async (context) => {
        const { language } = context.config;
        if (name !== undefined) return answer(context, name, options);
        const { asOf, csv, xlsx } = options;
        if (asOf !== undefined || csv !== undefined || xlsx !== undefined) {
          throw new UsageError("report_unnamed", {
            en: "Name a question, such as: applicant-sync report funnel",
            fr: "Nommez une question, par exemple : applicant-sync report funnel",
          });
        }
        const list = Object.entries(QUESTIONS).map(([one, { title }]) => ({ name: one, question: title[language] }));
        show(list, options.json, (all) =>
          table(
            ["name", "question"],
            all.map((one) => [one.name, one.question]),
          ),
        );
      }),
    );
  await addVerbs(command, VERBS, words);
}

function questionName(text: string): string {
  if (Object.hasOwn(QUESTIONS, text)) return text;
  const names = Object.keys(QUESTIONS).join(", ");
  throw wrongValue({ en: `One of: ${names}.`, fr: `Une question parmi : ${names}.` });
}

async function answer(
  context: Context,
  name: keyof typeof QUESTIONS,
  { asOf, csv, xlsx, json }: Options,
): Promise<void> {
  const { account, language, schedules } = context.config;
  const { timezone } = schedules;
  const question: Question = QUESTIONS[name];
  const at = asOf === undefined ? null : momentOf(asOf, name, question, timezone);
  const { database } = await openExisting(context);
  await storeTimezone(database, account, timezone);
  await withBar("facts of reports", (onMade) => makeFacts(database, account, { onMade }));
  const found = await ask(database, question, { account, at, timezone, language });
  if (csv === undefined && xlsx === undefined) {
    show(jsonOf(name, found), json, () => render(found, language));
    return;
  }
  // Loaded only here: few answers become a workbook.
  const { writeCsv, writeXlsx } = await import("../../report/files.ts");
  if (csv === undefined) await writeXlsx(xlsx ?? "", found);
  else await writeCsv(csv, found, csvLine);
  print(WRITTEN[language].replace("{rows}", String(found.rows.length)).replace("{file}", csv ?? xlsx ?? ""));
}

const WRITTEN = { en: "Written to {file}: {rows} rows.", fr: "Écrit dans {file} : {rows} lignes." } as const;
const NOTHING = { en: "Nothing yet.", fr: "Rien pour l'instant." } as const;

function momentOf(text: string, name: string, { asOf }: Question, timezone: string): Date {
  if (asOf === undefined) {
    const able = Object.entries(QUESTIONS).filter(([, question]) => "asOf" in question);
    throw new UsageError("report_only_now", {
      en: `${name} is answered as it is now. --as-of goes with: ${able.map(([one]) => one).join(", ")}.`,
      fr: `${name} répond pour maintenant. --as-of s'emploie avec : ${able.map(([one]) => one).join(", ")}.`,
    });
  }
  const end = readMoment(text, { timezone, now: new Date(), edge: "to" });
  if (end === null) {
    throw new UsageError("bad_moment", {
      en: `--as-of ${text} is no day, such as 2026-06-30.`,
      fr: `--as-of ${text} n'est pas un jour, tel que 2026-06-30.`,
    });
  }
  // The end of a day is the last moment before the next.
  return /^\d{1,4}[-/.]\d\d?[-/.]\d{1,4}$/.test(text.trim()) ? new Date(end.getTime() - 1) : end;
}

function jsonOf(name: string, { title, heads, rows }: Answer) {
  return { name, question: title, columns: heads, rows };
}

function render({ title, heads, rows }: Answer, language: "en" | "fr"): string {
  if (rows.length === 0) return `${title[language]}\n${NOTHING[language]}`;
  return `${title[language]}\n${table(
    heads,
    rows.map((row) => row.map((cell) => (cell === null ? "-" : typeof cell === "number" ? cell : String(cell)))),
  )}`;
}
