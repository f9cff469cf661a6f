import { hash } from "node:crypto";

/** Slots of which at most this share is taken: beyond it, looking for a free one takes long. */
const FULL = 0.6;

/**
 * A set of texts that keeps 64 bits of each: a million take 16 MB, where a `Set` of strings takes 100. Two texts are taken for the
 * same by mistake once in some ten million files of a million lines. `expected`: about
 * how many will come; more find room as well, but what was too small is given back late.
 */
export function createHashSet(expected: number) {
  let table = new Uint32Array(2 * 2 ** Math.ceil(Math.log2(Math.max(1_000, expected) / FULL)));
  let size = 0;

  /** Whether it was not there yet. */
  function put(high: number, low: number): boolean {
    const mask = table.length / 2 - 1;
    for (let slot = low & mask; ; slot = (slot + 1) & mask) {
      const at = slot * 2;
      if (table[at] === 0 && table[at + 1] === 0) {
        table[at] = high;
        table[at + 1] = low;
        return true;
      }
      if (table[at] === high && table[at + 1] === low) return false;
    }
  }

  function grow(): void {
    const old = table;
    table = new Uint32Array(old.length * 2);
    for (let at = 0; at < old.length; at += 2) {
      const [high = 0, low = 0] = [old[at], old[at + 1]];
      if (high !== 0 || low !== 0) put(high, low);
    }
  }

  return {
    /** Adds a text. Returns whether it was not there yet. */
    add(text: string): boolean {
      const digest = hash("sha1", text, "buffer");
      const isNew = put(Math.max(1, digest.readUInt32LE(0)), digest.readUInt32LE(4));
      if (isNew) size += 1;
      if (size > (table.length / 2) * FULL) grow();
      return isNew;
    },
  };
}
