/** How long what is costly to read is kept, as the state is. */
const KEPT_MS = 10_000;

/** A read whose answer is shared for ten seconds; a failure is not. */
export function kept<T>(read: () => Promise<T>, now: () => number = Date.now): () => Promise<T> {
  let last: { readonly at: number; readonly value: Promise<T> } | null = null;
  return () => {
    if (last !== null && now() - last.at < KEPT_MS) return last.value;
    const value = read();
    last = { at: now(), value };
    value.catch(() => {
      if (last?.value === value) last = null;
    });
    return value;
  };
}
