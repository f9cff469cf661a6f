/** The outcome of a command that changes imports. Exit code 1 if one of them could not be changed. */
import type { Decided } from "../../outbox/operations/review.ts";
import type { Chosen } from "../../outbox/operations/sheet/rows.ts";
import { plain } from "../../platform/text.ts";
import { EXIT, show } from "../run.ts";

/** What a command did to single imports, or to many at once. */
export interface Acted {
  readonly imports: readonly Decided[];
  /** For people, about all of them; null: each import has its own message. */
  readonly message: string | null;
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
  const acted = () => ({ imports, message: note, moved: imports.filter(({ isDone }) => isDone).length });
  try {
    for (const id of new Set(ids)) imports.push(await act(id));
    return acted();
  } catch (error) {
    if (imports.length === 0) throw error;
    return { ...acted(), error };
  }
}

/** The outcome for many imports that were moved in one statement. */
export function atOnce(moved: number, message: string): Acted {
  return { imports: [], message, moved };
}

/** Prints the outcome. Returns the exit code. Throws the error that ended the command midway. */
export function showActed(acted: Acted | Stopped, json: boolean | undefined): number {
  const { imports, message, moved } = acted;
  show({ imports, message, moved }, json, renderActed);
  if ("error" in acted) throw acted.error;
  return imports.every(({ isDone }) => isDone) ? EXIT.ok : EXIT.failed;
}

function renderActed({ imports, message, moved }: Acted): string {
  const lines = imports.map(
    ({ id, isDone, message: said }) => `Import ${id}: ${isDone ? "" : "nothing was done: "}${plain(said)}.`,
  );
  const summary = imports.length > 1 ? [`Imports changed: ${moved} of ${imports.length}.`] : [];
  return [...(message === null ? [] : [plain(message)]), ...lines, ...summary].join("\n");
}
