/** The outcome of a command that changes imports. Exit code 1 if one of them could not be changed. */
import type { Decided } from "../../outbox/operations/review.ts";
import { plain } from "../../platform/text.ts";
import { EXIT, show } from "../run.ts";

/** What a command did to single imports, or to many at once. */
export interface Acted {
  readonly imports: readonly Decided[];
  /** For people; null if each import has its own message. */
  readonly message: string | null;
  /** How many imports changed their state. */
  readonly moved: number;
}

/** Does `act` with each import, one after the other. */
export async function eachOf(ids: readonly bigint[], act: (id: bigint) => Promise<Decided>): Promise<Acted> {
  const imports: Decided[] = [];
  for (const id of ids) imports.push(await act(id));
  return { imports, message: null, moved: imports.filter(({ isDone }) => isDone).length };
}

/** The outcome for many imports that were moved in one statement. */
export function atOnce(moved: number, message: string): Acted {
  return { imports: [], message, moved };
}

/** Prints the outcome. Returns the exit code. */
export function showActed(acted: Acted, json: boolean | undefined): number {
  show(acted, json, renderActed);
  return acted.imports.every(({ isDone }) => isDone) ? EXIT.ok : EXIT.failed;
}

function renderActed({ imports, message }: Acted): string {
  const lines = imports.map(
    ({ id, isDone, message: said }) => `Import ${id}: ${isDone ? "" : "nothing was done: "}${plain(said)}.`,
  );
  return [...(message === null ? [] : [plain(message)]), ...lines].join("\n");
}
