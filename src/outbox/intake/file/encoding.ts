/** Detects the encoding of a file from all of its bytes, before its first line is read. */
import { isAscii } from "node:buffer";
import { open, stat } from "node:fs/promises";
import { UsageError } from "../../../platform/errors.ts";
import { readChunks, type Encoding } from "./lines.ts";

export interface FileText {
  readonly encoding: Encoding;
  readonly bytes: number;
}

const BYTE_ORDER_MARKS: readonly (readonly [Encoding, readonly number[]])[] = [
  ["utf-16le", [0xff, 0xfe]],
  ["utf-16be", [0xfe, 0xff]],
];
/** The first bytes of a zip archive: workbooks of Excel and LibreOffice are archives. */
const ZIP = [0x50, 0x4b, 0x03, 0x04];

/**
 * Returns the size and encoding of a file. UTF-16 is recognised by its byte order mark. A file that is not valid UTF-8 is read as
 * Windows-1252, unless most of its characters beyond ASCII are valid UTF-8: then only a few of its bytes are broken.
 * @throws UsageError `no_such_file`, `not_a_file`, `empty_file`, `workbook`.
 */
export async function inspectFile(path: string): Promise<FileText> {
  const bytes = await sizeOf(path);
  const head = await firstBytes(path);
  const startsWith = (mark: readonly number[]) => mark.every((byte, n) => head[n] === byte);
  if (startsWith(ZIP)) {
    throw new UsageError(
      "workbook",
      `${path} is a workbook or an archive, not text. Save its sheet as CSV (UTF-8) first.`,
    );
  }
  const marked = BYTE_ORDER_MARKS.find(([, mark]) => startsWith(mark));
  return { encoding: marked?.[0] ?? (await utf8OrWindows(path)), bytes };
}

async function sizeOf(path: string): Promise<number> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new UsageError("no_such_file", `${path} is not there, or this user may not read it.`, { cause });
  });
  if (!found.isFile()) throw new UsageError("not_a_file", `${path} is not a file.`);
  if (found.size === 0) throw new UsageError("empty_file", `${path} is empty.`);
  return found.size;
}

async function firstBytes(path: string): Promise<Uint8Array> {
  const file = await open(path).catch((cause: unknown) => {
    throw new UsageError("no_such_file", `${path} cannot be opened: this user may not read it.`, { cause });
  });
  try {
    const { buffer, bytesRead } = await file.read(new Uint8Array(4), 0, 4, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

async function utf8OrWindows(path: string): Promise<Encoding> {
  const decoder = new TextDecoder("utf-8");
  let [broken, beyondAscii] = [0, 0];
  const count = (text: string) => {
    const lost = text.match(/\uFFFD/g)?.length ?? 0;
    broken += lost;
    beyondAscii += (text.match(/[^\0-\x7f]/gu)?.length ?? 0) - lost;
  };
  for await (const chunk of readChunks(path)) {
    const text = decoder.decode(chunk, { stream: true });
    // A character may be split across two chunks: then the text is longer than the chunk.
    if (!isAscii(chunk) || text.length !== chunk.length) count(text);
  }
  count(decoder.decode());
  return broken > beyondAscii ? "windows-1252" : "utf-8";
}
