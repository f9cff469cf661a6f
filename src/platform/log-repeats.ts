/** Keeps an error that comes back at once from filling the log: one line, then one a minute that says how often it came. */

const WINDOW_MS = 60_000;
/** So many different lines are remembered; beyond, the oldest is forgotten. */
const MOST_KEYS = 500;

interface Repeated {
  times: number;
  /** Writes the last of the lines that were left out, with their number. */
  again: (times: number) => void;
  readonly timer: NodeJS.Timeout;
}

/** Remembers which lines were written in the last `windowMs` milliseconds. */
export function createRepeats(windowMs: number = WINDOW_MS) {
  const seen = new Map<string, Repeated>();

  function endWindow(key: string): void {
    const found = seen.get(key);
    if (found === undefined) return;
    clearTimeout(found.timer);
    seen.delete(key);
    if (found.times === 0) return;
    found.again(found.times);
    begin(key, found.again);
  }

  function begin(key: string, again: Repeated["again"]): void {
    // Unreferenced: it keeps no process alive.
    const timer = setTimeout(endWindow, windowMs, key).unref();
    seen.set(key, { times: 0, again, timer });
    const [oldest] = seen.keys();
    if (seen.size <= MOST_KEYS || oldest === undefined) return;
    clearTimeout(seen.get(oldest)?.timer);
    seen.delete(oldest);
  }

  return {
    /** Whether the line of this key is to be written now. If not, `again` is called at the end of the window. */
    isNew(key: string, again: Repeated["again"]): boolean {
      const found = seen.get(key);
      if (found === undefined) {
        begin(key, again);
        return true;
      }
      found.times += 1;
      found.again = again;
      return false;
    },
  };
}

/**
 * What makes two lines with an error the same: all that they say except numbers and the name of the job. Null for a line
 * without an error.
 */
export function repeatKey(level: number, [first, ...rest]: readonly unknown[]): string | null {
  if (typeof first !== "object" || first === null || !("err" in first)) return null;
  const { err, ...fields }: { readonly err: unknown; readonly [name: string]: unknown } = first;
  if (typeof err !== "object" || err === null || !("message" in err)) return null;
  const code = "code" in err && typeof err.code === "string" ? err.code : "";
  const others = Object.entries(fields).filter(
    ([name, value]) => name !== "job" && (typeof value === "string" || typeof value === "boolean"),
  );
  const said = JSON.stringify([rest, err.message, others]).replaceAll(/[\da-f-]*\d[\da-f-]*/gi, "#");
  return `${level} ${code} ${said}`;
}
