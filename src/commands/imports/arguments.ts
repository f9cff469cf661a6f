/** Which imports a command is about, as people write it. */
import type { Command } from "commander";
import { reasonText } from "../decider.ts";
import type { OutboxStore } from "../../outbox/context.ts";
import type { Chosen, SheetDecision } from "../../outbox/operations/sheet/rows.ts";
import { UsageError } from "../../platform/errors.ts";
import { wrongValue } from "../usage.ts";

export function positiveId(text: string): bigint {
  if (/^[1-9]\d{0,17}$/.test(text)) return BigInt(text);
  throw wrongValue({ en: "An id is a whole number above 0.", fr: "Un id est un nombre entier supérieur à 0." });
}

/** How many of something. */
export function positiveNumber(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw wrongValue({ en: "A whole number above 0.", fr: "Un nombre entier supérieur à 0." });
}

export function collectIds(text: string, before: readonly bigint[] | undefined): readonly bigint[] {
  return [...(before ?? []), positiveId(text)];
}

/** Declares several ids, or a file of imports, and why. */
export function declareSome(command: Command): Command {
  return command
    .argument("[id...]", "ids as imports list shows them", collectIds)
    .option("--from <file>", "the imports of this file, which imports list --csv wrote")
    .option("--reason <text>", "why, as others and the audit will read it: name no people", reasonText);
}

/** The options that `declareSome` declares, and that all its commands have. */
export interface SomeOptions {
  readonly from?: string;
  readonly reason?: string;
  readonly json?: true;
}

/** What people named, by `declareSome`. */
export interface Some {
  readonly ids: readonly bigint[];
  readonly from: string | undefined;
}

/** Throws unless there are ids or a file, and not both. */
export function requireSome({ ids, from }: Some): void {
  requireOne([ids.length > 0, from !== undefined], "ids, --from");
}

/** Returns the ids, or those of the file that are meant. Throws `UsageError` `bad_sheet`. */
export async function idsOf(store: OutboxStore, { ids, from }: Some, verb: SheetDecision): Promise<Chosen> {
  if (from === undefined) return { ids, note: null };
  const { readIds } = await import("../../outbox/operations/sheet/rows.ts"); // Other commands must not wait for it.
  return readIds(store, from, verb);
}

/** Throws unless exactly one of `ways` is there. `choices`: how they are written. */
export function requireOne(ways: readonly boolean[], choices: string): void {
  if (ways.filter(Boolean).length === 1) return;
  throw new UsageError("imports_choice", {
    en: `Choose the imports by exactly one of: ${choices}.`,
    fr: `Choisissez les imports d'une seule façon : ${choices}.`,
  });
}
