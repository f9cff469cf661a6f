/** Numbers that depend only on the seed, a salt and an index, so that each row can be built alone and at any time. */
export function createDice(seed: number) {
  const unit = (salt: number, index: number): number => mix(seed, salt, index) / 2 ** 32;
  const int = (salt: number, index: number, below: number): number => Math.floor(unit(salt, index) * below);
  return {
    /** In [0, 1). */
    unit,
    /** In [0, below). */
    int,
    pick: <T>(list: readonly [T, ...T[]], salt: number, index: number): T =>
      list[int(salt, index, list.length)] ?? list[0],
  };
}

export type Dice = ReturnType<typeof createDice>;

/** A sequence of numbers in [0, 1), for events (latency, random faults) rather than data. */
export function createSequence(seed: number, salt: number): () => number {
  let drawn = 0;
  return () => mix(seed, salt, drawn++) / 2 ** 32;
}

/** Hashes three integers to an unsigned 32-bit integer (the finaliser is "lowbias32"). */
function mix(seed: number, salt: number, index: number): number {
  let hash = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b);
  hash = scramble(hash ^ Math.imul(salt + 1, 0xc2b2ae35));
  return scramble(hash ^ Math.imul(index + 1, 0x27d4eb2f)) >>> 0;
}

function scramble(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d);
  hash = Math.imul(hash ^ (hash >>> 15), 0x846ca68b);
  return hash ^ (hash >>> 16);
}
