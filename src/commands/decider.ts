/** Who decides by a command, for the audit. */
import { userInfo } from "node:os";
import { LONGEST_WHY, type Decider } from "../database/audit.ts";
import { wrongValue } from "./usage.ts";
import { redactText } from "../platform/redact.ts";

/** The user of the operating system. `why`: what they gave as the reason, of which e-mails are hidden; null: nothing. */
export function byCommand(why: string | null | undefined): Decider {
  return { source: "command", role: "operator", name: userName(), why: why ? redactText(why) : null };
}

/** In a container, the user may have a number and no name. */
function userName(): string | null {
  try {
    return userInfo().username;
  } catch {
    const uid = process.getuid?.();
    return uid === undefined ? null : `uid ${uid}`;
  }
}

export function reasonText(text: string): string {
  if (Array.from(text).length <= LONGEST_WHY) return text;
  throw wrongValue({ en: `At most ${LONGEST_WHY} characters.`, fr: `Au plus ${LONGEST_WHY} caractères.` });
}
