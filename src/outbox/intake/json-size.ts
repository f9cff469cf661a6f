/** Bounds JSON before it is parsed: a few megabytes of brackets would need far more memory, or end the process. */

/** Functions that read or write JSON recurse at each level; an import is one object of plain values. */
const MOST_DEPTH = 8;
/** The bytes that structure JSON. */
const BYTE = { brace: 0x7b, bracket: 0x5b, endBrace: 0x7d, endBracket: 0x5d, comma: 0x2c, colon: 0x3a } as const;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** What there is too much of: levels, or `parts`, which are commas, colons, brackets and strings; null: neither. */
export function excessOf(json: Uint8Array, mostParts = Infinity): "depth" | "parts" | null {
  let depth = 0;
  let parts = 0;
  for (let at = 0; at < json.length; at += 1) {
    const byte = json[at] ?? 0;
    if (byte === QUOTE) at = endOfString(json, at);
    else if (byte === BYTE.brace || byte === BYTE.bracket) depth += 1;
    else if (byte === BYTE.endBrace || byte === BYTE.endBracket) depth -= 1;
    else if (byte !== BYTE.comma && byte !== BYTE.colon) continue;
    parts += 1;
    if (depth > MOST_DEPTH) return "depth";
    if (parts > mostParts) return "parts";
  }
  return null;
}

function endOfString(json: Uint8Array, start: number): number {
  for (let at = json.indexOf(QUOTE, start + 1); at !== -1; at = json.indexOf(QUOTE, at + 1)) {
    let slashes = 0;
    while (json[at - 1 - slashes] === BACKSLASH) slashes += 1;
    if (slashes % 2 === 0) return at;
  }
  return json.length;
}
