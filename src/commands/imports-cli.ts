/** The commands `imports …`: their arguments, and nothing else. */
import { InvalidArgumentError, Option, type Command } from "commander";
import { UsageError } from "../platform/errors.ts";
import { isImportState } from "../outbox/operations/overview.ts";
import type { Resolution } from "../outbox/operations/review.ts";
import { IMPORT_STATES, type ImportState } from "../outbox/import/states.ts";
import type { Acted, Chosen, Released } from "./imports.ts";
import { resetKillSwitch, throwKillSwitch } from "./kill-switch.ts";
import { renderActed, renderImport, renderImports } from "./imports-text.ts";
import { EXIT, run } from "./run.ts";

interface Print {
  readonly print: (text: string) => void;
  readonly printJson: (value: unknown) => void;
}

interface Choice {
  readonly source?: string;
  readonly all?: true;
  readonly json?: true;
}

interface ReleaseChoice extends Choice {
  readonly campaign?: bigint;
  readonly withoutResume?: true;
}

interface Answers {
  readonly applicant?: bigint;
  readonly application?: bigint;
  readonly absent?: true;
  readonly drop?: true;
  readonly review?: true;
  readonly unchecked?: true;
  readonly json?: true;
}

interface Filter {
  readonly state: readonly ImportState[];
  readonly source?: string;
  readonly campaign?: bigint;
  readonly limit: number;
  readonly json?: true;
}

/** Adds the group of commands. Exit codes as everywhere; 1 also where an import could not be acted on. */
export function addImportsCommands(program: Command, { print, printJson }: Print): void {
  const group = program
    .command("imports")
    .description("the people to be created: list, show, retry, resolve, hold, release")
    .addHelpText("after", "\nExamples:\n  applicant-sync imports list\n  applicant-sync imports hold --all");

  const tell = (acted: Acted, json: true | undefined): number => {
    if (json) printJson(acted);
    else print(renderActed(acted));
    return acted.imports.every(({ isDone }) => isDone) ? EXIT.ok : EXIT.failed;
  };

  group
    .command("list")
    .description("imports and their states, the newest first; of what was submitted shows the key alone")
    .option("--state <state>", `only these: ${IMPORT_STATES.join(", ")}; repeated, or with commas`, collectStates, [])
    .option("--source <name>", "only those of this source")
    .option("--campaign <id>", "only those for this campaign", positiveId)
    .option("--limit <number>", "how many at most", limit, 50)
    .option("--json", "print it as JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  applicant-sync imports list\n  applicant-sync imports list --state needs_review,rejected --limit 200",
    )
    .action(({ state, source, campaign, limit: most, json }: Filter) =>
      run({}, async (context) => {
        const found = await (
          await acts()
        ).importsList(context, {
          states: state,
          source: source ?? null,
          campaign: campaign ?? null,
          limit: most,
        });
        if (json) printJson(found);
        else print(renderImports(found));
        return EXIT.ok;
      }),
    );

  group
    .command("show")
    .description("everything about one import, the person's data included, and what to do next")
    .argument("<id>", "as imports list shows it", positiveId)
    .option("--json", "print it as JSON")
    .addHelpText("after", "\nExample:\n  applicant-sync imports show 17")
    .action((id: bigint, { json }: { readonly json?: true }) =>
      run({}, async (context) => {
        const found = await (await acts()).importsShow(context, id);
        if (json) printJson(found);
        else print(renderImport(found));
        return EXIT.ok;
      }),
    );

  group
    .command("retry")
    .description("retry rejected imports as they are; look up those of unknown outcome at once")
    .argument("<id...>", "as imports list shows them", collectIds)
    .option("--json", "print it as JSON")
    .addHelpText("after", "\nExample:\n  applicant-sync imports retry 17 18")
    .action((ids: readonly bigint[], { json }: { readonly json?: true }) =>
      run({}, async (context) => tell(await (await acts()).importsRetry(context, ids), json)),
    );

  group
    .command("resolve")
    .description("report what you found in the account about an import of unknown outcome, or drop it")
    .argument("<id>", "as imports list shows it", positiveId)
    .option("--applicant <id>", "the applicant is there, with this id", positiveId)
    .option("--application <id>", "the application is there, with this id", positiveId)
    .option("--absent", "it is not there: it is sent once more, and the person may be e-mailed")
    .option("--review", "withdraw what was reported: it needs a review again")
    .option("--unchecked", "accept the id although the API cannot be asked whose it is")
    .option("--drop", "give it up: it is never sent")
    .option("--json", "print it as JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  applicant-sync imports resolve 17 --applicant 4711\n  applicant-sync imports resolve 17 --absent\n  applicant-sync imports resolve 17 --drop",
    )
    .action((id: bigint, answers: Answers) =>
      run({}, async (context) =>
        tell(
          await (await acts()).importsResolve(context, id, resolutionOf(answers), answers.unchecked === true),
          answers.json,
        ),
      ),
    );

  group
    .command("hold")
    .description("hold imports that wait; --all is the kill switch: nothing is sent any more, whatever comes")
    .argument("[id...]", "as imports list shows them", collectIds)
    .option("--source <name>", "all of this source that wait now")
    .option("--all", "everything of the account")
    .option("--reason <text>", "why: shown to whoever looks")
    .option("--json", "print it as JSON")
    .addHelpText(
      "after",
      '\nExamples:\n  applicant-sync imports hold --all --reason "wrong offers"\n  applicant-sync imports hold 17 18',
    )
    .action((ids: readonly bigint[] | undefined, choice: Choice & { readonly reason?: string }) =>
      run({}, async (context) => {
        const chosen = chosenOf(ids ?? [], choice);
        const reason = choice.reason ?? null;
        if ("all" in chosen) return tell(await throwKillSwitch(context, reason), choice.json);
        return tell(await (await acts()).importsHold(context, chosen, reason), choice.json);
      }),
    );

  group
    .command("release")
    .description("let held imports go; with --all the kill switch is off, and what it held goes")
    .argument("[id...]", "as imports list shows them", collectIds)
    .addOption(new Option("--source <name>", "all of this source, whatever held them"))
    .option("--campaign <id>", "those that the API refused for this offer", positiveId)
    .option("--all", "what the kill switch held, and whatever comes")
    .option("--after-restore", "with --all: you have checked the account after the database was restored or copied")
    .option("--without-resume", "with ids: send them without their resume")
    .option("--json", "print it as JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  applicant-sync imports release --all\n  applicant-sync imports release 17\n  applicant-sync imports release 17 --without-resume\n  applicant-sync imports release --source careers-page",
    )
    .action((ids: readonly bigint[] | undefined, choice: ReleaseChoice & { readonly afterRestore?: true }) =>
      run({}, async (context) => {
        const chosen = releasedOf(ids ?? [], choice);
        if ("all" in chosen) return tell(await resetKillSwitch(context, choice.afterRestore === true), choice.json);
        return tell(await (await acts()).importsRelease(context, chosen), choice.json);
      }),
    );
}

/** Loaded when it is needed: `hold --all` needs none of it. */
const acts = () => import("./imports.ts");

function releasedOf(
  ids: readonly bigint[],
  { campaign, withoutResume, ...choice }: ReleaseChoice,
): Released | { readonly all: true } {
  if (withoutResume === true && ids.length === 0)
    throw new UsageError("imports_choice", "--without-resume needs the ids of imports: a person decides on each.");
  if (campaign === undefined) {
    const chosen = chosenOf(ids, choice);
    return "ids" in chosen && withoutResume === true ? { ...chosen, withoutResume } : chosen;
  }
  if (ids.length === 0 && choice.source === undefined && choice.all !== true) return { campaign };
  throw new UsageError("imports_choice", "Say which imports: ids, or --source, or --campaign, or --all. One of them.");
}

function chosenOf(ids: readonly bigint[], { source, all }: Choice): Chosen {
  const ways = [ids.length > 0, source !== undefined, all === true].filter(Boolean).length;
  if (ways !== 1)
    throw new UsageError("imports_choice", "Say which imports: ids, or --source, or --all. One of the three.");
  return all ? { all } : source === undefined ? { ids } : { source };
}

function resolutionOf({ applicant, application, absent, drop, review }: Answers): Resolution {
  const resolutions: readonly Resolution[] = [
    ...(applicant === undefined ? [] : [{ is: "applicant", id: applicant } as const]),
    ...(application === undefined ? [] : [{ is: "application", id: application } as const]),
    ...(absent ? [{ is: "absent" } as const] : []),
    ...(drop ? [{ is: "drop" } as const] : []),
    ...(review ? [{ is: "review" } as const] : []),
  ];
  const [one, ...more] = resolutions;
  if (one !== undefined && more.length === 0) return one;
  throw new UsageError(
    "imports_resolution",
    "Say what you saw: --applicant ID, --application ID, --absent, --review or --drop. One of them.",
  );
}

function positiveId(text: string): bigint {
  if (/^[1-9]\d{0,17}$/.test(text)) return BigInt(text);
  throw new InvalidArgumentError("An id is a whole number above 0.");
}

function collectIds(text: string, before: readonly bigint[] | undefined): readonly bigint[] {
  return [...(before ?? []), positiveId(text)];
}

function collectStates(text: string, before: readonly ImportState[]): readonly ImportState[] {
  const states = text.split(",").map((one) => one.trim());
  const known = states.filter(isImportState);
  if (known.length === states.length) return [...before, ...known];
  throw new InvalidArgumentError(`A state is one of ${IMPORT_STATES.join(", ")}.`);
}

function limit(text: string): number {
  if (/^[1-9]\d{0,4}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("A whole number from 1 to 99999.");
}
