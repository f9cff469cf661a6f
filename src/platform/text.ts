/** Texts for a terminal: safe with any content, in columns, with durations as a person says them. */

import type { Language } from "./language.ts";

/**
 * Text that comes from outside, made safe for a terminal or a log. Whatever could move the cursor, reorder or hide what stands
 * beside it, or imitate a line of ours is shown as its code: control characters and escape sequences, bidirectional overrides,
 * zero-width characters, line and paragraph separators, halves of surrogate pairs.
 */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u034f\u115f\u1160\u3164\uffa0]/gu;
const UNSAFE_IN_LINES = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u034f\u115f\u1160\u3164\uffa0]/gu;
const SHORT: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };
const LONGEST_LINE = 8_000;

type Cell = string | number;

/** The longest cell of a list. */
const LONGEST_CELL = 200;

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

/** Columns side by side: numbers to the right, words to the left. Cells are made safe for a terminal, and cut at `longest`. */
export function table(head: readonly string[], rows: readonly (readonly Cell[])[], longest = LONGEST_CELL): string {
  const all = [head, ...rows].map((row) => row.map((cell) => plain(String(cell), longest)));
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const isNumeric = head.map(
    (_, column) => rows.length > 0 && rows.every((row) => /^[\d/]+$/.test(String(row[column]))),
  );
  return all
    .map((row) =>
      row
        .map((cell, column) =>
          isNumeric[column] ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
        )
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** How many characters are left for a column of a table on a terminal of `width`, but at least 20; undefined: it is no terminal. */
export function roomFor(
  column: number,
  rows: readonly (readonly Cell[])[],
  width: number | undefined,
): number | undefined {
  if (width === undefined) return undefined;
  const others = (rows[0] ?? []).map((_, n) =>
    n === column ? 0 : Math.max(...rows.map((row) => plain(String(row[n])).length)) + 2,
  );
  return Math.max(20, width - others.reduce((sum, one) => sum + one, 0));
}

/** How long ago, in the unit a person would say. */
export function ago(seconds: number): string {
  return `${spellDuration(seconds)} ago`;
}

/**
 * A time as Postgres writes it, in the time zone of the process: `2026-11-26 04:43:54+01`. Reports carry UTC, as `toISOString` writes it;
 * this is for where a person reads them.
 */
export function localTime(time: Date | string, precision: "second" | "minute" = "second"): string {
  const at = new Date(time);
  const offset = -at.getTimezoneOffset();
  const shifted = new Date(at.getTime() + offset * 60_000)
    .toISOString()
    .slice(0, precision === "second" ? 19 : 16)
    .replace("T", " ");
  const two = (number: number) => String(number).padStart(2, "0");
  const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60];
  return `${shifted}${offset < 0 ? "-" : "+"}${two(hours)}${minutes === 0 ? "" : `:${two(minutes)}`}`;
}

const UNIT_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/** Reads a length of time such as `90m`, `26h` or `1d 12h`, in milliseconds; null: it is none, or nothing. */
export function parseDuration(text: string): number | null {
  const parts = [...text.matchAll(/(\d{1,6}(?:\.\d{1,3})?) ?([smhdw])/g)];
  if (text.trim() === "" || parts.map(([part]) => part).join("") !== text.replaceAll(/(?<=[smhdw]) +/g, ""))
    return null;
  const ms = parts.reduce((sum, [, number, letter]) => sum + Number(number) * unitMs(letter), 0);
  return ms > 0 ? ms : null;
}

/** The length of a unit (`s`, `m`, `h`, `d`, `w`), in milliseconds; of any other, 0. */
export function unitMs(letter = ""): number {
  return Object.entries(UNIT_MS).find(([name]) => name === letter)?.[1] ?? 0;
}

/** A number with its thousands apart: `1,234,567`, in French with narrow spaces. */
export function spellNumber(value: number, language: Language = "en"): string {
  return value.toLocaleString(language);
}

/** A number with its noun: `1 worker`, `2 workers`; `many` where that is not the noun with an s. */
export function counted(count: number, noun: string, many = `${noun}s`): string {
  return `${spellNumber(count)} ${count === 1 ? noun : many}`;
}

/** A length of time in the unit a person would say: `45 s`, `10 min`, `2.5 h`, `3 days`. */
export function spellDuration(seconds: number, language: Language = "en"): string {
  const spell = (value: number) => short(value).toLocaleString(language, { useGrouping: false });
  if (seconds < 120) return `${spell(seconds)} s`;
  if (seconds < 2 * 3600) return `${spell(seconds / 60)} min`;
  if (seconds < 2 * 86_400) return `${spell(seconds / 3600)} h`;
  return `${spell(seconds / 86_400)} ${language === "fr" ? "jours" : "days"}`;
}

/** Rounds to two digits. */
function short(value: number): number {
  return value < 10 ? Math.round(value * 10) / 10 : Math.round(value);
}
