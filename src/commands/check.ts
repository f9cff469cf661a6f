/** The lines of `doctor`, one for each check. */
import { databaseErrorOf } from "../database/errors.ts";
import { errorFields } from "../platform/errors.ts";

export interface Check {
  readonly name: string;
  /** `wrong`: it does not work. `warning`: it works, but a person should look at it. */
  readonly outcome: "ok" | "warning" | "wrong" | "skipped";
  readonly detail: string;
  /** Monitoring must report it: `doctor` and `status --max-age` exit with 1. */
  readonly alert?: AlertCode;
}

/** Nothing is broken, but what people rely on does not happen until a person acts. */
export type AlertCode =
  "never_synced" | "stale" | "no_worker" | "kill_switch" | "imports_need_person" | "run_needs_review";

/** The levels as shown, also by `--json`. */
export const LEVELS = { ok: "ok", warning: "warning", wrong: "failed", skipped: "skipped" } as const satisfies Readonly<
  Record<Check["outcome"], string>
>;

export function ok(name: string, detail: string): Check {
  return { name, outcome: "ok", detail };
}

/** A check that found something to look at. */
export function warning(name: string, detail: string): Check {
  return { name, outcome: "warning", detail };
}

/** A check that found something on which a person must act. */
export function alert(name: string, code: AlertCode, detail: string): Check {
  return { ...warning(name, detail), alert: code };
}

/** A check that was skipped because `needs` failed. */
export function skipped(name: string, needs: string): Check {
  return { name, outcome: "skipped", detail: `needs the ${needs}` };
}

/** A check that threw: one sentence without a stack. */
export function failed(name: string, error: unknown): Check {
  const known = databaseErrorOf(error);
  if (known !== null) return { name, outcome: "wrong", detail: known.message };
  const { code, message } = errorFields(error);
  return { name, outcome: "wrong", detail: code === null ? message : `${message} (${code})` };
}

/** Runs `work` and adds its line. Returns its result; null if it threw. */
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

/** The lines of a check on which no other depends; one line if it threw. */
export async function linesOf(name: string, work: () => Promise<readonly Check[]>): Promise<readonly Check[]> {
  return work().catch((error: unknown) => [failed(name, error)]);
}
