import { createHash } from "node:crypto";
import { fileTypeFromBuffer } from "file-type";
import type { ImportConfig } from "../../config/config.ts";

/** A CV that may be sent: what its signature says it is, and its bytes. */
export interface Resume {
  /** A kind of `RESUME_TYPES`. */
  readonly type: string;
  readonly bytes: Uint8Array;
  readonly sha256: string;
}

export type ResumeOptions = Pick<ImportConfig, "resumeTypes" | "resumeMaxBytes">;

/** Checks a CV by its size and its signature, whatever its name says. Returns it, or why it cannot be accepted. */
export async function checkResume(
  bytes: Uint8Array,
  options: ResumeOptions,
): Promise<Resume | { readonly reason: string }> {
  if (bytes.byteLength === 0) return { reason: "is an empty file" };
  if (bytes.byteLength > options.resumeMaxBytes) {
    return { reason: `has ${bytes.byteLength} bytes, more than the ${options.resumeMaxBytes} of RESUME_MAX_BYTES` };
  }
  const found = (await fileTypeFromBuffer(bytes))?.ext ?? null;
  const type = found === "cfb" && isOldWord(bytes) ? "doc" : found;
  if (type === null || options.resumeTypes[type] === undefined) {
    const accepted = Object.keys(options.resumeTypes).join(", ");
    return { reason: `is not of a kind that is accepted (${accepted}), by the signature in the file` };
  }
  return { type, bytes, sha256: createHash("sha256").update(bytes).digest("hex") };
}

// Excel's old format and installers have the same container; what is in it is named in UTF-16.
const WORD_DOCUMENT = Buffer.from("WordDocument", "utf16le");

function isOldWord(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(WORD_DOCUMENT);
}

/** The bytes of base64 as the API wants it: without `data:` prefix and line breaks. Null: it is none. */
export function bytesOfBase64(text: string): Uint8Array | null {
  const isBase64 = text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
  return isBase64 ? Buffer.from(text, "base64") : null;
}
