/** Which imports a command is about, as people write it. */
import { InvalidArgumentError } from "commander";
import { UsageError } from "../../platform/errors.ts";

export function positiveId(text: string): bigint {
  if (/^[1-9]\d{0,17}$/.test(text)) return BigInt(text);
  throw new InvalidArgumentError("An id is a whole number above 0.");
}

export function collectIds(text: string, before: readonly bigint[] | undefined): readonly bigint[] {
  return [...(before ?? []), positiveId(text)];
}

/** Throws unless exactly one of `ways` is there. `choices`: how they are written. */
export function requireOne(ways: readonly boolean[], choices: string): void {
  if (ways.filter(Boolean).length === 1) return;
  throw new UsageError("imports_choice", `Choose the imports by exactly one of: ${choices}.`);
}
