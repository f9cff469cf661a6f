/** The outcome of a command that changes imports. Exit code 1 if one of them could not be changed. */
import type { Decided } from "../../outbox/operations/decide-one.ts";
import type { Chosen } from "../../outbox/operations/sheet/rows.ts";
import type { Language, Text } from "../../platform/language.ts";
import { plain } from "../../platform/text.ts";
import type { Context } from "../../process/stores.ts";
import { EXIT, show } from "../run.ts";

/** What a command did to single imports, or to many at once. */
export interface Acted {
  readonly imports: readonly Decided[];
  /** For people, about all of them; null: each import has its own message. */
  readonly message: string | null;
  /** The same in French. */
  readonly french: string | null;
  /** How many imports changed their state. */
  readonly moved: number;
}

/** An error that ended a command midway, and what was done before it. */
interface Stopped extends Acted {
  readonly error: unknown;
}

/** Does `act` with each import once, one after the other, each in its own transaction. An error ends it; what was done stays done. */
export async function eachOf({ ids, note }: Chosen, act: (id: bigint) => Promise<Decided>): Promise<Acted | Stopped> {
  const imports: Decided[] = [];
  const acted = () => ({ imports, ...messageOf(note), moved: imports.filter(({ isDone }) => isDone).length });
  try {
    for (const id of new Set(ids)) imports.push(await act(id));
    return acted();
  } catch (error) {
    if (imports.length === 0) throw error;
    return { ...acted(), error };
  }
}

/** The outcome for many imports that were moved in one statement. */
export function atOnce(moved: number, message: Text): Acted {
  return { imports: [], ...messageOf(message), moved };
}

function messageOf(text: Text | null): Pick<Acted, "message" | "french"> {
  return { message: text?.en ?? null, french: text?.fr ?? null };
}

/** Prints the outcome. Returns the exit code. Throws the error that ended the command midway. */
export function showActed(acted: Acted | Stopped, { config }: Context, json: boolean | undefined): number {
  const { imports, message, french, moved } = acted;
  show({ imports, message, french, moved }, json, (one) => renderActed(one, config.language));
  if ("error" in acted) throw acted.error;
  return imports.every(({ isDone }) => isDone) ? EXIT.ok : EXIT.failed;
}

function renderActed({ imports, message, french, moved }: Acted, language: Language): string {
  const isFrench = language === "fr";
  const about = isFrench ? french : message;
  const lines = imports.map((one) =>
    isFrench
      ? `Import ${one.id} : ${one.isDone ? "" : "rien n'a été fait : "}${plain(one.french)}.`
      : `Import ${one.id}: ${one.isDone ? "" : "nothing was done: "}${plain(one.message)}.`,
  );
  const summary = isFrench
    ? `Imports modifiés : ${moved} sur ${imports.length}.`
    : `Imports changed: ${moved} of ${imports.length}.`;
  return [...(about === null ? [] : [plain(about)]), ...lines, ...(imports.length > 1 ? [summary] : [])].join("\n");
}
