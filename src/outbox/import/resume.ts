import { createHash } from "node:crypto";
import type { ImportConfig } from "../../config/config.ts";
import type { Text } from "../../platform/language.ts";
import { reasonFor } from "./faults.ts";
import { isLink } from "./link.ts";

/** A resume that may be sent. */
export interface Resume {
  /** A kind of `RESUME_TYPES`, recognised by the signature of the file. */
  readonly type: string;
  readonly bytes: Uint8Array;
  readonly sha256: string;
}

/** Why a value cannot be accepted. */
export interface Unacceptable {
  readonly reason: Text;
}

/** A link, or a shortcut to one, in place of a document. */
const MOST_LINK_BYTES = 4_000;

export type ResumeOptions = Pick<ImportConfig, "resumeTypes" | "resumeMaxBytes">;

/** Checks a resume by its size and its signature; its name does not matter. */
export async function checkResume(bytes: Uint8Array, options: ResumeOptions): Promise<Resume | Unacceptable> {
  if (bytes.byteLength === 0) return { reason: reasonFor("resume_empty") };
  if (bytes.byteLength > options.resumeMaxBytes) return tooLarge(bytes.byteLength, options);
  const { fileTypeFromBuffer } = await import("file-type"); // Most imports bring no resume.
  const found = (await fileTypeFromBuffer(bytes))?.ext ?? null;
  const type = found === "cfb" && isOldWord(bytes) ? "doc" : found;
  if (type === null && bytes.byteLength <= MOST_LINK_BYTES && isLink(Buffer.from(bytes).toString("utf8"))) {
    return { reason: reasonFor("link_for_file") };
  }
  if (type === null || options.resumeTypes[type] === undefined) {
    const accepted = Object.keys(options.resumeTypes).join(", ");
    return { reason: reasonFor("resume_type", { accepted }) };
  }
  return { type, bytes, sha256: createHash("sha256").update(bytes).digest("hex") };
}

/** Refuses a resume by its size, before its bytes are read. */
export function tooLarge(bytes: number, { resumeMaxBytes }: ResumeOptions): Unacceptable {
  return { reason: reasonFor("resume_too_large", { bytes, most: resumeMaxBytes }) };
}

// Old workbooks and installers have the same container format as old Word documents. The names of its parts are in UTF-16.
const WORD_DOCUMENT = Buffer.from("WordDocument", "utf16le");

function isOldWord(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(WORD_DOCUMENT);
}

/** Decodes base64 as the API wants it: padded, without `data:` prefix and line breaks. Null: it is not that. */
export function bytesOfBase64(text: string): Uint8Array | null {
  const isBase64 = text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
  return isBase64 ? Buffer.from(text, "base64") : null;
}
