import { Option, type Command } from "commander";
import type { Decider } from "../database/audit.ts";
import type { Context } from "../process/stores.ts";
import { byCommand, reasonText } from "./decider.ts";
import { openExisting } from "./stores.ts";
import { acceptRun, heldRuns, rejectRun, type HeldRun } from "../sync/conclusion/review.ts";
import { localTime, table } from "../platform/text.ts";
import { runCommand, show } from "./run.ts";
import { addExamples } from "./verbs.ts";
import { wrongValue } from "./usage.ts";

type Decision = { readonly accept: number } | { readonly reject: number } | null;

interface Options {
  readonly accept?: number;
  readonly reject?: number;
  readonly reason?: string;
  readonly json?: true;
}

export function declare(command: Command): void {
  addExamples(command, "", "--accept 42");
  command
    .addOption(new Option("--accept <run>", "mark the absent rows as deleted").argParser(runNumber).conflicts("reject"))
    .option("--reject <run>", "keep all rows", runNumber)
    .option("--reason <text>", "why, for the audit: name no people", reasonText)
    .option("--json", "print it as JSON")
    .action(({ accept, reject, reason, json }: Options) =>
      runCommand({}, async (context) => {
        const decision = accept !== undefined ? { accept } : reject !== undefined ? { reject } : null;
        const held = await review(context, decision, byCommand(reason));
        show({ held }, json, () => renderReview(held, decision));
      }),
    );
}

function runNumber(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw wrongValue({
    en: "The number of a run, as `applicant-sync review` shows it.",
    fr: "Le numéro d'une synchronisation, tel que `applicant-sync review` le montre.",
  });
}

/** The runs that the brake stopped, after the decision on one of them. The watchdog of a worker resumes an accepted run. */
export async function review(context: Context, decision: Decision, by: Decider): Promise<readonly HeldRun[]> {
  const { database } = await openExisting(context);
  const { account } = context.config;
  const how = { database, account, by, absent: null };
  if (decision !== null && "accept" in decision) await acceptRun(how, decision.accept);
  if (decision !== null && "reject" in decision) await rejectRun(how, decision.reject);
  return heldRuns(database, account);
}

/** The effect of the decision, and the runs that wait for one, as a person reads them. */
export function renderReview(runs: readonly HeldRun[], decision: Decision = null): string {
  return [...describeDecision(decision), describeHeld(runs, decision)].join("\n");
}

function describeDecision(decision: Decision): readonly string[] {
  if (decision === null) return [];
  if ("reject" in decision) return [`Run ${decision.reject} has ended: all its rows are kept.`];
  return [
    `Run ${decision.accept} continues: each absent row is requested, where the API allows it, and marked as deleted if it is gone. ` +
      `It needs a worker: one that runs (applicant-sync start) resumes it within half a minute, as does the next applicant-sync sync.`,
  ];
}

function describeHeld(runs: readonly HeldRun[], decision: Decision): string {
  if (runs.length === 0) return `Nothing ${decision === null ? "" : "else "}waits for a decision.`;
  const lines = table(
    ["run", "resource", "started", "rows absent", "of", "for example"],
    runs.map((run) => [
      run.run,
      run.resource,
      localTime(run.startedAt),
      run.absent,
      run.known,
      run.examples.join(", "),
    ]),
  );
  const advice = `Check whether these rows are gone at the source, then run: applicant-sync review --accept RUN (each row is still requested before it is marked as deleted, where the API allows it) or --reject RUN.`;
  return `${lines}\n${advice}`;
}
