/**
 * Text that comes from outside, made safe for a terminal or a log. Whatever could move the cursor, reorder or hide what stands
 * beside it, or imitate a line of ours is shown as its code: control characters and escape sequences, bidirectional overrides,
 * zero-width characters, line and paragraph separators, halves of surrogate pairs.
 */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u034f\u115f\u1160\u3164\uffa0]/gu;
const UNSAFE_IN_LINES = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u034f\u115f\u1160\u3164\uffa0]/gu;
const SHORT: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };
const LONGEST_LINE = 8_000;

/** `text` as one line of at most `most` characters, before what is escaped in it. */
export function plain(text: string, most = 1_000): string {
  return cut(text, most).replace(UNSAFE, codeOf);
}

/** The same for a text of several lines. */
export function plainLines(text: string): string {
  return text
    .split("\n")
    .map((line) => cut(line, LONGEST_LINE).replace(UNSAFE_IN_LINES, codeOf))
    .join("\n");
}

/** `value` as indented JSON that any parser reads back unchanged, with nothing in it that a terminal would act on. */
export function plainJson(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(UNSAFE_IN_LINES, (character) =>
    Array.from({ length: character.length }, (_, n) => unit(character.charCodeAt(n))).join(""),
  );
}

function codeOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return SHORT[character] ?? (code > 0xffff ? `\\u{${code.toString(16)}}` : unit(code));
}

function unit(code: number): string {
  return `\\u${code.toString(16).padStart(4, "0")}`;
}

function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  const kept = text.slice(0, most);
  // Not between the halves of one character.
  return `${kept.isWellFormed() ? kept : kept.replace(/[\ud800-\udbff]$/, "")}…`;
}
