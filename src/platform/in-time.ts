/** Returns what was asked for, or `late` if it takes longer than `ms` milliseconds. */
export async function inTime<T, L>(asked: Promise<T>, late: L, ms: number): Promise<T | L> {
  let timer: NodeJS.Timeout | undefined;
  const waited = new Promise<L>((resolve) => (timer = setTimeout(resolve, ms, late)));
  try {
    return await Promise.race([asked, waited]);
  } finally {
    clearTimeout(timer);
  }
}

/** Callers that ask while an answer is awaited share it: probes must not use up the connections of the pool. */
export function shared<T>(ask: () => Promise<T>): () => Promise<T> {
  let asked: Promise<T> | null = null;
  return () => (asked ??= ask().finally(() => (asked = null)));
}
