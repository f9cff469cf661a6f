type End = () => Promise<void>;

/** Runs `work` and then every end that it has named, the youngest first, for what does not live as long as its test. */
export async function withEnds<T>(work: (onEnd: (end: End) => void) => Promise<T>): Promise<T> {
  const ends: End[] = [];
  try {
    return await work((end) => void ends.push(end));
  } finally {
    for (const end of ends.toReversed()) await end();
  }
}
