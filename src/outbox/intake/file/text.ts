/** The text of a file: its encoding, and its lines, read no faster than they are consumed. */
import { isAscii } from "node:buffer";
import { open, stat } from "node:fs/promises";
import type { Text } from "../../../platform/language.ts";
import { createDecoder, type Encoding } from "./decoder.ts";
import { fileError } from "./file-errors.ts";
import { createWordCollector, encodingOfWords, isReadTwice } from "./encoding.ts";

/** A physical line of a file; the first is number 1. */
export interface Line {
  readonly number: number;
  /** Without its line ending; null: it was longer than `LONGEST_LINE`, and was dropped. */
  readonly text: string | null;
}

/** In characters. A longer line has an unclosed quotation mark, or a document pasted into a cell. */
const LONGEST_LINE = 1_000_000;

// Small, so that what is made of a chunk is collected while it is young.
const CHUNK_BYTES = 8_192;

/**
 * The bytes of a file. Each chunk is valid only until the next one is read, because all are read into the same memory. Streams allocate
 * memory for each chunk, which is freed so late that it triples the memory of the process.
 */
async function* readChunks(path: string): AsyncGenerator<Uint8Array> {
  const file = await open(path);
  try {
    const memory = Buffer.allocUnsafeSlow(CHUNK_BYTES);
    for (;;) {
      const { bytesRead } = await file.read(memory, 0, CHUNK_BYTES);
      if (bytesRead === 0) return;
      yield memory.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

/**
 * The lines of a file, some hundreds at a time. Lines end with LF or CR LF, or with CR alone if the first line does. `onBytes` receives
 * the number of bytes that have been read.
 */
export async function* readLines(
  path: string,
  encoding: Encoding,
  onBytes: (bytes: number) => void = () => {},
): AsyncGenerator<readonly Line[]> {
  const decoder = createDecoder(encoding);
  const split = createSplitter();
  let bytes = 0;
  for await (const chunk of readChunks(path)) {
    bytes += chunk.length;
    onBytes(bytes);
    const lines = split.push(decoder.decode(chunk));
    if (lines.length > 0) yield lines;
  }
  const rest = [...split.push(decoder.decode()), ...split.end()];
  if (rest.length > 0) yield rest;
}

function createSplitter() {
  let ending: "\n" | "\r" | null = null;
  let number = 0;
  /** The text after the last line ending; null: it is too long already. */
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

interface FileText {
  readonly encoding: Encoding;
  readonly bytes: number;
}

const BYTE_ORDER_MARKS: readonly (readonly [Encoding, readonly number[]])[] = [
  ["utf-8", [0xef, 0xbb, 0xbf]],
  ["utf-16le", [0xff, 0xfe]],
  ["utf-16be", [0xfe, 0xff]],
];
/**
 * The first bytes of what people choose in place of a CSV file: workbooks of Excel and LibreOffice are zip archives, unless they are old.
 */
const NOT_TEXT: readonly (readonly [what: Text, mark: readonly number[]])[] = [
  [
    { en: "is a workbook or an archive, not text", fr: "est un classeur ou une archive, et non du texte" },
    [0x50, 0x4b, 0x03, 0x04],
  ],
  [
    {
      en: "is a workbook or a document of an old Office, not text",
      fr: "est un classeur ou un document d'un ancien Office, et non du texte",
    },
    [0xd0, 0xcf, 0x11, 0xe0],
  ],
  [{ en: "is a PDF, not text", fr: "est un PDF, et non du texte" }, [0x25, 0x50, 0x44, 0x46]],
];
const OTHER: Text = { en: "is not text", fr: "n'est pas du texte" };
const HEAD_BYTES = 4_096;
/** A damaged text holds one control character or two; the bytes of a picture or a program are of every kind. */
const MOST_CONTROLS = 3;

/**
 * Returns the size and encoding of a file: the one that is chosen, or that of its byte order mark. A file most of whose characters
 * beyond ASCII are valid UTF-8 is UTF-8, though a few of its bytes may be broken; of any other, its words decide (encoding.ts).
 * @throws UsageError `no_such_file`, `not_a_file`, `empty_file`, `not_text`, `unclear_encoding`.
 */
export async function inspectFile(path: string, chosen: Encoding | null = null): Promise<FileText> {
  const bytes = await sizeOf(path);
  const head = await firstBytes(path);
  const startsWith = (mark: readonly number[]) => mark.every((byte, n) => head[n] === byte);
  const mark = BYTE_ORDER_MARKS.find(([, start]) => startsWith(start))?.[0] ?? null;
  const wide = mark ?? wideOf(head);
  const isKnown = wide !== null && wide !== "utf-8";
  const binary = NOT_TEXT.find(([, start]) => startsWith(start))?.[0] ?? null;
  if (binary !== null || (chosen === null && !isKnown && isBinary(head))) {
    throw fileError("not_text", { path, what: binary ?? OTHER });
  }
  const encoding = chosen ?? (isKnown ? wide : await detectEncoding(path, mark));
  return { encoding, bytes };
}

async function sizeOf(path: string): Promise<number> {
  const found = await stat(path).catch((cause: unknown) => {
    throw fileError("no_such_file", { path }, { cause });
  });
  if (!found.isFile()) throw fileError("not_a_file", { path });
  if (found.size === 0) throw fileError("empty_file", { path });
  return found.size;
}

async function firstBytes(path: string): Promise<Uint8Array> {
  const file = await open(path).catch((cause: unknown) => {
    throw fileError("no_such_file", { path }, { cause });
  });
  try {
    const { buffer, bytesRead } = await file.read(new Uint8Array(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** UTF-16 without its mark, by the zeros of its first letters; null: it is something else. */
function wideOf(head: Uint8Array): Encoding | null {
  const zeros = [0, 1, 2, 3].filter((n) => head[n] === 0).join();
  return zeros === "1,3" ? "utf-16le" : zeros === "0,2" ? "utf-16be" : null;
}

/** Whether these bytes are no text in any encoding. A zero byte proves nothing: UTF-16 has one for each letter. */
function isBinary(head: Uint8Array): boolean {
  const controls = new Set(head.filter((byte) => (byte > 0 && byte < 0x09) || (byte > 0x0d && byte < 0x20)));
  return controls.size > MOST_CONTROLS && new TextDecoder("utf-8").decode(head, { stream: true }).includes("\uFFFD");
}

/** U+FFFD in UTF-8. */
const LOST = Buffer.from("\uFFFD");

function timesOf(bytes: Buffer, chunk: Uint8Array): number {
  const text = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  let times = 0;
  for (let at = text.indexOf(bytes); at !== -1; at = text.indexOf(bytes, at + bytes.length)) times += 1;
  return times;
}

async function detectEncoding(path: string, mark: Encoding | null): Promise<Encoding> {
  const collector = createWordCollector();
  const decoder = new TextDecoder("utf-8");
  let [broken, beyondAscii] = [0, 0];
  const count = (text: string, written: number) => {
    // Each is U+FFFD itself, or a byte that is not UTF-8.
    const lost = (text.match(/\uFFFD/g)?.length ?? 0) - written;
    broken += lost;
    beyondAscii += (text.match(/[^\0-\x7f]/gu)?.length ?? 0) - lost;
  };
  for await (const chunk of readChunks(path)) {
    const text = decoder.decode(chunk, { stream: true });
    collector.add(chunk);
    // A character may be split across two chunks: then the text is longer than the chunk.
    if (!isAscii(chunk) || text.length !== chunk.length) count(text, timesOf(LOST, chunk));
  }
  count(decoder.decode(), 0);
  if (mark === null && broken > beyondAscii) return encodingOfWords(path, collector.words());
  return isReadTwice(collector.words()) ? "utf-8-twice" : "utf-8";
}
