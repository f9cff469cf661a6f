import type { Command } from "commander";
import { perLanguage, type Language } from "../../platform/language.ts";
import { plain, roomFor, table } from "../../platform/text.ts";
import { countPending } from "../../report/facts.ts";
import { CATEGORIES, readStatuses, setCategories, type Category, type MappedStatus } from "../../report/statuses.ts";
import { byCommand, reasonText } from "../decider.ts";
import { withBar } from "../progress.ts";
import { runCommand, show } from "../run.ts";
import { openExisting } from "../stores.ts";
import { addExamples } from "../verbs.ts";
import { wrongValue } from "../usage.ts";

type Mapping = ReadonlyMap<string, Category | null>;

export function declare(command: Command): void {
  addExamples(command, "", '--set "Vivier=refused" --set "2e entretien=interview"');
  command
    .option(
      "--set <status=category>",
      `what a status means: ${CATEGORIES.join(", ")} or none; may be repeated`,
      mapping,
    )
    .option("--why <text>", "why, for the record of decisions", reasonText)
    .option("--json", "print it as JSON")
    .action(({ set, why, json }: { readonly set?: Mapping; readonly why?: string; readonly json?: true }) =>
      runCommand({}, async (context) => {
        const { database } = await openExisting(context);
        const { account, language } = context.config;
        if (set !== undefined) {
          await withBar("facts of reports", (onMade) =>
            setCategories(database, account, set, byCommand(why), { onMade }),
          );
        }
        const pending = await countPending(database, account);
        const { columns: width } = process.stdout;
        show(await readStatuses(database, account), json, (all) => renderStatuses(all, pending, { language, width }));
      }),
    );
}

function mapping(text: string, before: Mapping = new Map()): Mapping {
  const at = text.lastIndexOf("=");
  const [status, name] = [text.slice(0, at), text.slice(at + 1).trim()];
  const category = CATEGORIES.find((one) => one === name.replaceAll(/[ -]/g, "_").toLowerCase());
  if (at < 0 || (category === undefined && name !== "none")) {
    const names = CATEGORIES.join(", ");
    throw wrongValue({
      en: `STATUS=CATEGORY, with one of ${names}, none.`,
      fr: `Écrivez STATUT=CATÉGORIE, avec l'une de : ${names}, none.`,
    });
  }
  return new Map([...before, [status, category ?? null]]);
}

/** What a person can type between quotation marks in any shell. */
const TYPABLE = /^[^"$`\\!%\p{C}]{1,60}$/u;

const WORDS = perLanguage({
  heads: {
    en: ["status", "category", "how it is known", "applications now"],
    fr: ["statut", "catégorie", "comment elle est connue", "candidatures à ce jour"],
  },
  none: {
    en: "No status is known yet. Sync first: applicant-sync sync applications",
    fr: "Aucun statut n'est connu. Lisez d'abord les candidatures : applicant-sync sync applications",
  },
  unmapped: { en: "not mapped", fr: "non classé" },
  unknown: { en: "no word of it is known", fr: "aucun mot connu" },
  guessed: { en: "guessed", fr: "devinée" },
  set: { en: "set", fr: "choisie" },
  status: { en: "STATUS", fr: "STATUT" },
  whole: {
    en: "Long names are cut; --json shows them whole.",
    fr: "Les noms longs sont coupés ; --json les montre en entier.",
  },
  pending: {
    en: "The reports of {n} applications are still to be recomputed: a worker goes on, or the next report.",
    fr: "Les rapports sur {n} candidatures sont encore à recalculer : un processus continue, ou le prochain rapport.",
  },
  advice: {
    en: "Applications with a status that is not mapped count as open. Map it with:",
    fr: "Une candidature dont le statut n'est pas classé compte comme ouverte. Classez-le :",
  },
});

/** `width`: of the terminal, in characters; undefined: it is none. */
export function renderStatuses(
  statuses: readonly MappedStatus[],
  pending: number,
  { language, width }: { readonly language: Language; readonly width: number | undefined },
): string {
  const words = WORDS[language];
  if (statuses.length === 0) return words.none;
  const rows = statuses.map(
    ({ status, category, isGuessed, applications }): readonly [string, ...(string | number)[]] => [
      status,
      category ?? words.unmapped,
      category === null && isGuessed ? words.unknown : isGuessed ? words.guessed : words.set,
      applications,
    ],
  );
  const unmapped = statuses.filter(({ category, isGuessed }) => category === null && isGuessed);
  const { status } = unmapped.find((one) => TYPABLE.test(one.status)) ?? { status: words.status };
  const advice =
    unmapped.length === 0 ? [] : [`${words.advice} applicant-sync report statuses --set "${status}=refused"`];
  const room = roomFor(0, [words.heads, ...rows], width);
  const isCut = room !== undefined && statuses.some((one) => plain(one.status).length > room);
  const rest = pending === 0 ? [] : [words.pending.replace("{n}", String(pending))];
  return [
    table(words.heads, isCut ? rows.map(([name, ...others]) => [cut(name, room), ...others]) : rows),
    ...(isCut ? [words.whole] : []),
    ...advice,
    ...rest,
  ].join("\n");
}

function cut(name: string, room: number): string {
  const safe = plain(name);
  return safe.length > room ? plain(safe, room - 1) : safe;
}
