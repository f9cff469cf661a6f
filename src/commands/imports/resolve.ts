import type { Command } from "commander";
import type { Decider } from "../../database/audit.ts";
import type { Resolution } from "../../outbox/operations/review.ts";
import { readResolutions } from "../../outbox/operations/sheet/rows.ts";
import { resolveVerified } from "../../outbox/operations/verify.ts";
import { UsageError } from "../../platform/errors.ts";
import type { Context } from "../../process/stores.ts";
import { openApi } from "../../process/api.ts";
import { byCommand } from "../decider.ts";
import { runCommand } from "../run.ts";
import { openExisting } from "../stores.ts";
import { addExamples } from "../verbs.ts";
import { eachOf, showActed, type Acted } from "./acted.ts";
import { declareSome, positiveId, requireSome, type Some, type SomeOptions } from "./arguments.ts";

interface Options extends SomeOptions {
  readonly applicant?: bigint;
  readonly application?: bigint;
  readonly absent?: true;
  readonly drop?: true;
  readonly review?: true;
  readonly unchecked?: true;
}

const MORE = `
With --from, the file says what you found: type the id into applicant_id or application_id, or absent, drop or review into
decision. Lines in which you typed nothing are left as they are.`;

export function declare(command: Command): void {
  command.addHelpText("after", MORE);
  addExamples(command, "17 --applicant 4711", "17 18 --absent", "--from reviewed.csv");
  declareSome(command)
    .option("--applicant <id>", "the applicant exists, with this id", positiveId)
    .option("--application <id>", "the application exists, with this id", positiveId)
    .option("--absent", "it does not exist: the import is sent once more, and the person may be e-mailed")
    .option("--review", "withdraw an earlier answer: the import needs a review again")
    .option("--unchecked", "accept the id even if the API cannot be asked whose it is")
    .option("--drop", "give the import up: it is never sent")
    .option("--json", "print it as JSON")
    .action((ids: readonly bigint[] = [], options: Options) =>
      runCommand({}, async (context) => {
        const some = { ids, from: options.from };
        requireSome(some);
        const resolution = resolutionOf(options);
        const answer = { resolution, isUnchecked: options.unchecked === true, by: byCommand(options.reason) };
        return showActed(await importsResolve(context, some, answer), context, options.json);
      }),
    );
}

/** Null: the file of `--from` has the answers. */
function resolutionOf({ from, applicant, application, absent, drop, review }: Options): Resolution | null {
  const resolutions: readonly Resolution[] = [
    ...(applicant === undefined ? [] : [{ is: "applicant", id: applicant } as const]),
    ...(application === undefined ? [] : [{ is: "application", id: application } as const]),
    ...(absent ? [{ is: "absent" } as const] : []),
    ...(drop ? [{ is: "drop" } as const] : []),
    ...(review ? [{ is: "review" } as const] : []),
  ];
  const [one, ...more] = resolutions;
  if (from !== undefined && one === undefined) return null;
  if (from !== undefined && (one?.is === "applicant" || one?.is === "application")) {
    throw new UsageError("imports_resolution", {
      en: `With --from, the ids stand in the file: leave --${one.is} out.`,
      fr: `Avec --from, les identifiants sont dans le fichier : n'ajoutez pas --${one.is}.`,
    });
  }
  if (one !== undefined && more.length === 0) return one;
  throw new UsageError("imports_resolution", {
    en: "Choose exactly one answer: --applicant ID, --application ID, --absent, --review or --drop; or --from FILE, which has them.",
    fr: "Donnez une seule réponse : --applicant ID, --application ID, --absent, --review ou --drop ; ou --from FICHIER, qui les contient.",
  });
}

interface Answer {
  /** Null: the file has the answers. */
  readonly resolution: Resolution | null;
  /** Accepted even if the API cannot be asked, for example because the key may not read applicants. */
  readonly isUnchecked: boolean;
  readonly by: Decider;
}

/** Settles imports by what a person found, after looking up the ids that they report. */
async function importsResolve(
  context: Context,
  { ids, from }: Some,
  { resolution: all, isUnchecked, by }: Answer,
): Promise<Acted> {
  const { account, kind: accountKind } = context.config;
  const stores = await openExisting(context);
  const store = { database: stores.database, account, by };
  const inFile = from === undefined ? null : await readResolutions(store, from, all);
  let opened: ReturnType<typeof openApi>["api"] | null = null;
  const api = () => (opened ??= openApi(context, stores).api);
  const answers = inFile?.answers ?? new Map(ids.flatMap((id) => (all === null ? [] : [[id, all]])));
  return eachOf({ ids: [...answers.keys()], note: inFile?.note ?? null }, (id) =>
    resolveVerified({ ...store, accountKind, api }, id, answers.get(id) ?? { is: "review" }, isUnchecked),
  );
}
