import { InvalidArgumentError, type Command } from "commander";
import { table } from "../../platform/text.ts";
import { CATEGORIES, readStatuses, setCategories, type Category, type MappedStatus } from "../../report/statuses.ts";
import { byCommand, reasonText } from "../decider.ts";
import { runCommand, show } from "../run.ts";
import { openExisting } from "../stores.ts";
import { examples } from "../verbs.ts";

type Mapping = ReadonlyMap<string, Category | null>;

export function declare(command: Command): void {
  command
    .option(
      "--set <status=category>",
      `what a status means: ${CATEGORIES.join(", ")} or none; may be repeated`,
      mapping,
    )
    .option("--why <text>", "why, for the record of decisions", reasonText)
    .option("--json", "print it as JSON")
    .addHelpText(
      "after",
      examples(
        "applicant-sync report statuses",
        'applicant-sync report statuses --set "Vivier=refused" --set "2e entretien=interview"',
      ),
    )
    .action(({ set, why, json }: { readonly set?: Mapping; readonly why?: string; readonly json?: true }) =>
      runCommand({}, async (context) => {
        const { database } = await openExisting(context);
        const { account } = context.config;
        if (set !== undefined) await setCategories(database, account, set, byCommand(why));
        show(await readStatuses(database, account), json, render);
      }),
    );
}

function mapping(text: string, before: Mapping = new Map()): Mapping {
  const at = text.lastIndexOf("=");
  const [status, name] = [text.slice(0, at).trim(), text.slice(at + 1).trim()];
  const category = CATEGORIES.find((one) => one === name.replaceAll(/[ -]/g, "_").toLowerCase());
  if (at < 1 || (category === undefined && name !== "none")) {
    throw new InvalidArgumentError(`STATUS=CATEGORY, with one of ${CATEGORIES.join(", ")}, none.`);
  }
  return new Map([...before, [status, category ?? null]]);
}

function render(statuses: readonly MappedStatus[]): string {
  if (statuses.length === 0) return "No status is known yet. Sync first: applicant-sync sync applications";
  const rows = statuses.map(({ status, category, isGuessed, applications }) => [
    status,
    category ?? "not mapped",
    category === null && isGuessed ? "no word of it is known" : isGuessed ? "guessed" : "set",
    applications,
  ]);
  const unmapped = statuses.filter(({ category, isGuessed }) => category === null && isGuessed);
  const advice =
    unmapped.length === 0
      ? []
      : [
          `Applications with a status that is not mapped count as open. Map it with: applicant-sync report statuses --set "${unmapped[0]?.status ?? ""}=refused"`,
        ];
  return [table(["status", "category", "how it is known", "applications now"], rows), ...advice].join("\n");
}
