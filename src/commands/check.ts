/** The lines of `doctor`: what each found, and what all of them come to. */
import { databaseErrorOf } from "../database/errors.ts";
import { errorFields } from "../platform/errors.ts";

export interface Check {
  readonly name: string;
  /** `wrong`: it does not work. `warning`: it works, and somebody must look. */
  readonly outcome: "ok" | "warning" | "wrong" | "skipped";
  readonly detail: string;
  /** What monitoring must hear of: `doctor` and `status --max-age` exit with 1. */
  readonly alert?: AlertCode;
}

/** Nothing is broken, and yet what people rely on does not happen until somebody acts. */
export type AlertCode =
  "never_synced" | "stale" | "no_worker" | "kill_switch" | "imports_need_person" | "run_needs_review";

/** As people and `--json` read it. */
export const LEVELS = { ok: "ok", warning: "warning", wrong: "failed", skipped: "skipped" } as const satisfies Readonly<
  Record<Check["outcome"], string>
>;

/** The line of a check that found nothing wrong. */
export function ok(name: string, detail: string): Check {
  return { name, outcome: "ok", detail };
}

/** The line of a check that found something to look at. */
export function warning(name: string, detail: string): Check {
  return { name, outcome: "warning", detail };
}

/** The line of a check that found something on which somebody must act. */
export function alert(name: string, code: AlertCode, detail: string): Check {
  return { ...warning(name, detail), alert: code };
}

/** The line of a check that could not be made without what `needs` names. */
export function skipped(name: string, needs: string): Check {
  return { name, outcome: "skipped", detail: `needs the ${needs}` };
}

/** The line of a check that threw, whatever it was: one sentence, and no stack. */
export function failed(name: string, error: unknown): Check {
  const known = databaseErrorOf(error);
  if (known !== null) return { name, outcome: "wrong", detail: known.message };
  const { code, message } = errorFields(error);
  return { name, outcome: "wrong", detail: code === null ? message : `${message} (${code})` };
}

/** What `work` gives, with its line; null where it threw. */
export async function attempt<T>(
  checks: Check[],
  name: string,
  work: () => Promise<T>,
  detail: (result: T) => string,
): Promise<T | null> {
  try {
    const result = await work();
    checks.push(ok(name, detail(result)));
    return result;
  } catch (error) {
    checks.push(failed(name, error));
    return null;
  }
}

/** The lines of a check that is one by itself. */
export async function linesOf(name: string, work: () => Promise<readonly Check[]>): Promise<readonly Check[]> {
  return work().catch((error: unknown) => [failed(name, error)]);
}
