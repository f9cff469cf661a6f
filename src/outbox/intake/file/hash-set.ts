import { hash } from "node:crypto";

/** The largest share of used slots: beyond it, finding a free one is slow. */
const FULL = 0.7;
/** Room for so many times what is expected, because growing costs twice the memory. */
const MARGIN = 1.1;

/**
 * A set of texts, each with an optional owner. It keeps 64 bits of each text and 32 bits of each owner: a million texts need 13 MB, where
 * a `Set` of strings needs 100. Two texts are taken for the same once in some ten million files of a million lines. `expected`: about
 * how many will be added. The set grows, but the memory that it outgrew is freed late.
 */
export function createHashSet(expected: number) {
  let table = new Uint32Array(2 * Math.ceil(Math.max(1_000, expected * MARGIN) / FULL));
  let owners: Uint32Array | null = null;
  let size = 0;

  /** Returns the slot of a text, or the free one where it belongs. */
  function slotOf(high: number, low: number): number {
    const slots = table.length / 2;
    for (let slot = low % slots; ; slot = (slot + 1) % slots) {
      const [tableHigh, tableLow] = [table[slot * 2], table[slot * 2 + 1]];
      if (tableHigh === 0 || (tableHigh === high && tableLow === low)) return slot;
    }
  }

  function put(slot: number, high: number, low: number, owner: number): void {
    table[slot * 2] = high;
    table[slot * 2 + 1] = low;
    if (owner === 0) return;
    owners ??= new Uint32Array(table.length / 2);
    owners[slot] = owner;
  }

  function grow(): void {
    const [oldTable, oldOwners] = [table, owners];
    table = new Uint32Array(oldTable.length * 2);
    owners = null;
    for (let slot = 0; slot < oldTable.length / 2; slot += 1) {
      const [high = 0, low = 0] = [oldTable[slot * 2], oldTable[slot * 2 + 1]];
      if (high !== 0) put(slotOf(high, low), high, low, oldOwners?.[slot] ?? 0);
    }
  }

  return {
    /** Adds a text. If it is there already, returns whether its owner is the same. */
    add(text: string, owner?: string): "new" | "same" | "other" {
      const digest = digestOf(text);
      const [high, low] = [Math.max(1, wordAt(digest, 0)), wordAt(digest, 4)];
      const tag = owner === undefined ? 0 : Math.max(1, wordAt(digestOf(owner), 0));
      const slot = slotOf(high, low);
      if (table[slot * 2] !== 0) return (owners?.[slot] ?? 0) === tag ? "same" : "other";
      put(slot, high, low, tag);
      size += 1;
      if (size > (table.length / 2) * FULL) grow();
      return "new";
    },
  };
}

/** A digest as a string of its bytes: a buffer would cost three times as much. */
function digestOf(text: string): string {
  return hash("sha1", text, "binary");
}

/** Four bytes of a digest as a number. */
function wordAt(digest: string, at: number): number {
  const byte = (n: number) => digest.charCodeAt(at + n);
  return (byte(0) | (byte(1) << 8) | (byte(2) << 16) | (byte(3) << 24)) >>> 0;
}
