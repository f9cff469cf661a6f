import type { Command } from "commander";
import { resolveImport, type Decided, type Resolution } from "../../outbox/operations/review.ts";
import { verifyResolution } from "../../outbox/operations/verify.ts";
import { UsageError } from "../../platform/errors.ts";
import { openApi, openStores, type Context } from "../../wiring.ts";
import { runCommand } from "../run.ts";
import { examples } from "../verbs.ts";
import { eachOf, showActed, type Acted } from "./acted.ts";
import { positiveId } from "./arguments.ts";

interface Options {
  readonly applicant?: bigint;
  readonly application?: bigint;
  readonly absent?: true;
  readonly drop?: true;
  readonly review?: true;
  readonly unchecked?: true;
  readonly json?: true;
}

export function declare(command: Command): void {
  command
    .argument("<id>", "id as imports list shows it", positiveId)
    .option("--applicant <id>", "the applicant exists, with this id", positiveId)
    .option("--application <id>", "the application exists, with this id", positiveId)
    .option("--absent", "it does not exist: the import is sent once more, and the person may be e-mailed")
    .option("--review", "withdraw an earlier answer: the import needs a review again")
    .option("--unchecked", "accept the id even if the API cannot be asked whose it is")
    .option("--drop", "give the import up: it is never sent")
    .option("--json", "print it as JSON")
    .addHelpText(
      "after",
      examples(
        "applicant-sync imports resolve 17 --applicant 4711",
        "applicant-sync imports resolve 17 --absent",
        "applicant-sync imports resolve 17 --drop",
      ),
    )
    .action((id: bigint, options: Options) =>
      runCommand({}, async (context) => {
        const resolution = resolutionOf(options);
        return showActed(await importsResolve(context, id, resolution, options.unchecked === true), options.json);
      }),
    );
}

function resolutionOf({ applicant, application, absent, drop, review }: Options): Resolution {
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
    "Choose exactly one answer: --applicant ID, --application ID, --absent, --review or --drop.",
  );
}

/**
 * Settles an import by what a person found, after looking up the id that they report. `isUnchecked`: even if the API cannot be
 * asked, for example because the key may not read applicants.
 */
async function importsResolve(
  context: Context,
  id: bigint,
  resolution: Resolution,
  isUnchecked: boolean,
): Promise<Acted> {
  const { account, kind } = context.config;
  const stores = await openStores(context);
  const deps = { database: stores.database, account };
  const seen = await verifyResolution(
    { ...deps, accountKind: kind, api: () => openApi(context, stores).api },
    id,
    resolution,
  );
  const refused = (message: string): Acted => ({
    imports: [{ id: String(id), isDone: false, state: null, message }],
    message: null,
    moved: 0,
  });
  if (seen.is === "wrong") return refused(`${seen.reason}. Nothing was changed`);
  if (seen.is === "unanswered" && !isUnchecked) {
    return refused(`it could not be looked up (${seen.reason}). Try again later, or add --unchecked if you are sure`);
  }
  const acted = await eachOf([id], (one) => resolveImport(deps, one, resolution));
  if (seen.is === "right") return acted;
  const warn = (one: Decided): Decided =>
    one.isDone ? { ...one, message: `${one.message}. It was accepted unchecked: ${seen.reason}` } : one;
  return { ...acted, imports: acted.imports.map(warn) };
}
