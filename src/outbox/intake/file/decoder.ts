/** Decoders of the encodings in which spreadsheets save text. */
import { fileError } from "./file-errors.ts";

/** A name of the Encoding Standard, or `ibm850` (MS-DOS), or `utf-8-twice`: UTF-8 that was read as Windows-1252 and saved as UTF-8. */
export type Encoding = string;

export interface Decoder {
  /** Without bytes: the end of the text. What cannot be decoded becomes U+FFFD. */
  decode(bytes?: Uint8Array): string;
}

const IBM850 =
  "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u00ad±‗¾¶§÷¸°¨·¹³²■\u00a0";

/** The characters of the bytes 0x80 to 0x9f; all others are those of Latin-1. */
const WINDOWS_1252 = "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ";

/** Names that people use beside those of the standard. */
const OTHER_NAMES: Readonly<Record<string, Encoding>> = {
  ansi: "windows-1252",
  macroman: "macintosh",
  "mac-roman": "macintosh",
  latin9: "iso-8859-15",
  "latin-9": "iso-8859-15",
  "latin-1": "windows-1252",
  cp850: "ibm850",
  850: "ibm850",
  "ms-dos": "ibm850",
};

/** Returns the encoding of a name in its one form. Throws a UsageError `unknown_encoding`. */
export function encodingOf(name: string): Encoding {
  const written = name.trim().toLowerCase();
  const known = OTHER_NAMES[written] ?? written;
  if (known === "ibm850" || known === "utf-8-twice") return known;
  try {
    return new TextDecoder(known).encoding;
  } catch (cause) {
    throw fileError("unknown_encoding", { name }, { cause });
  }
}

export function createDecoder(encoding: Encoding): Decoder {
  if (encoding === "ibm850") return { decode: (bytes = new Uint8Array()) => decodeIbm850(bytes) };
  if (encoding === "windows-1252") return { decode: (bytes = new Uint8Array()) => decodeWindows(bytes) };
  const decoder = new TextDecoder(encoding === "utf-8-twice" ? "utf-8" : encoding);
  const decode = (bytes?: Uint8Array) =>
    bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true });
  if (encoding !== "utf-8-twice") return { decode };
  const second = new TextDecoder("utf-8");
  return {
    decode(bytes) {
      const again = windowsBytes(decode(bytes));
      return bytes === undefined ? second.decode(again) : second.decode(again, { stream: true });
    },
  };
}

function decodeIbm850(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => (byte < 0x80 ? String.fromCharCode(byte) : (IBM850[byte - 0x80] ?? ""))).join("");
}

/** Not by a TextDecoder: that of many versions of Node 20, 22 and 24 reads Latin-1 in its place (nodejs/node#56542, #60888). */
function decodeWindows(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
  return text.replaceAll(/[\x80-\x9f]/g, (byte) => WINDOWS_1252[byte.charCodeAt(0) - 0x80] ?? "");
}

const WINDOWS_BYTES: ReadonlyMap<string, number> = new Map(
  Array.from(WINDOWS_1252, (character, n) => [character, n + 0x80]),
);
/** No byte of UTF-8: it becomes U+FFFD. */
const NO_BYTE = 0xff;

/** The bytes of a text in Windows-1252. */
function windowsBytes(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => {
    const code = character.codePointAt(0) ?? 0;
    const isLatin = code < 0x80 || (code >= 0xa0 && code <= 0xff);
    return isLatin ? code : (WINDOWS_BYTES.get(character) ?? NO_BYTE);
  });
}
