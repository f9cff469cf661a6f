import { readChunks } from "./chunks.ts";
import type { Encoding } from "./encoding.ts";

/** A physical line of a file; the first is number 1. */
export interface Line {
  readonly number: number;
  /** Without its end; null: longer than `LONGEST_LINE`, and let go. */
  readonly text: string | null;
}

/** In characters. Whoever needs more has a quotation mark astray, or pasted a document into a cell. */
export const LONGEST_LINE = 1_000_000;

/**
 * The lines of a file, some hundreds at a time, read no faster than they are consumed. Lines end with LF or CR LF, or with CR
 * alone where the first one does. `onBytes` receives how many bytes have been read.
 */
export async function* readLines(
  path: string,
  encoding: Encoding,
  onBytes: (bytes: number) => void = () => {},
): AsyncGenerator<readonly Line[]> {
  const decoder = new TextDecoder(encoding);
  const split = createSplitter();
  let bytes = 0;
  for await (const chunk of readChunks(path)) {
    bytes += chunk.length;
    onBytes(bytes);
    const lines = split.push(decoder.decode(chunk, { stream: true }));
    if (lines.length > 0) yield lines;
  }
  const rest = [...split.push(decoder.decode()), ...split.end()];
  if (rest.length > 0) yield rest;
}

function createSplitter() {
  let ending: "\n" | "\r" | null = null;
  let number = 0;
  /** What came since the last end of a line; null: it is too long already. */
  let rest: string | null = "";

  const line = (text: string | null): Line => {
    number += 1;
    const isLong = text === null || text.length > LONGEST_LINE;
    return { number, text: isLong ? null : ending === "\r" || !text.endsWith("\r") ? text : text.slice(0, -1) };
  };

  return {
    push(text: string): Line[] {
      ending ??= endingOf(text);
      const parts = text.split(ending ?? "\n");
      const last = parts.pop() ?? "";
      const lines = parts.map((part, n) => line(n > 0 ? part : rest === null ? null : rest + part));
      const kept: string | null = parts.length > 0 ? "" : rest;
      rest = kept === null || kept.length + last.length > LONGEST_LINE ? null : kept + last;
      return lines;
    },
    end: (): Line[] => (rest === "" ? [] : [line(rest)]),
  };
}

function endingOf(text: string): "\n" | "\r" | null {
  const at = text.search(/[\r\n]/);
  if (at === -1) return null;
  return text[at] === "\r" && text[at + 1] !== "\n" ? "\r" : "\n";
}
