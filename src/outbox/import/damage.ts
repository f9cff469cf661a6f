/** Values that a spreadsheet or a conversion damaged before they came. They are refused in every field. */
import type { FaultCode } from "./faults.ts";

/** `#N/A`, `#REF!`, `#VALEUR!`, `#NOM?`, `#¿NOMBRE?`, `#ERREUR!`, `Err :502`, `#####`: errors of Excel, LibreOffice and Google Sheets. */
const SPREADSHEET_ERROR =
  /^[='"\s]*(?:#(?:N ?\/ ?[AD]|NV|\p{L}+_(?:DATA|DONN[ÉE]ES)|[¡¿]?[\p{L}_/0 ]{2,25}[!?])|#{2,}|(?:Err|Erreur|Fehler) ?: ?\d{3})["\s]*$/iu;

/**
 * What UTF-8 looks like that was read as Windows-1252 (`Ã©` for é, `â€™` for ’), MacRoman (`√©`) or MS-DOS (`├®`), and MS-DOS that was
 * read as Windows-1252 (`L‚a` for Léa).
 */
const READ_TWICE =
  /Ã[\u0080-\u00bf\u0152-\u02dc\u2013-\u2122]|[ÂÄÅ][\u00a1-\u00bf]|Å[“”’‘]|â€|[√├]\S|\p{L}[‚‡ˆ](?=\p{Ll}|$)/u;

/** No text of ASCII alone was read twice. */
const ASCII = /^[\0-\x7f]*$/;

/** Returns what is wrong with a text as a whole; null: nothing. */
export function damageOf(value: unknown): FaultCode | null {
  if (typeof value !== "string") return null;
  // U+FFFD, also in UTF-8 that was read as Windows-1252.
  if (value.includes("\uFFFD") || value.includes("ï¿½")) return "lost_character";
  if (value.includes("#") || /: ?\d{3}/u.test(value)) {
    if (SPREADSHEET_ERROR.test(value.normalize("NFKC"))) return "spreadsheet_error";
  }
  return !ASCII.test(value) && READ_TWICE.test(value) ? "read_twice" : null;
}
