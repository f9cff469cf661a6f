/** A fault of a value: its field, and its text from `fault-texts.ts`. */
import { fill, type Facts, type Language, type Text } from "../../platform/language.ts";
import { FAULTS } from "./fault-texts.ts";

export type FaultCode = keyof typeof FAULTS;

/** A field that cannot be accepted, and why. The reason repeats nothing that was submitted but numbers. */
export interface InputFault {
  readonly field: string;
  readonly reason: Text;
}

export function fault(field: string, code: FaultCode, facts: Facts = {}): InputFault {
  return { field, reason: reasonFor(code, facts) };
}

export function reasonFor(code: FaultCode, facts: Facts = {}): Text {
  return fill(FAULTS[code], facts);
}

/** Faults as one line that people read. */
export function describeFaults(faults: readonly InputFault[], language: Language): string {
  return faults.map(({ field, reason }) => `${field} ${reason[language]}`).join(language === "fr" ? " ; " : "; ");
}

// The message of a schema is one string: it carries the text of each language.
const BETWEEN = "\n";

/** A text of the table as the message of a schema. */
export function message(code: FaultCode, facts: Facts = {}): string {
  const { en, fr } = reasonFor(code, facts);
  return `${en}${BETWEEN}${fr}`;
}

/** Reads what `message` wrote. */
export function reasonOfMessage(text: string): Text {
  const [en = "", fr = en] = text.split(BETWEEN);
  return { en, fr };
}
