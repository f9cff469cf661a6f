/** The numbers in a text that people, spreadsheets and other programs wrote as a phone. */
import { plainWords } from "../../platform/comparable.ts";

/** A number as one dials it. */
export interface Dialled {
  /** Its digits, after `+` if it is international. */
  readonly digits: string;
  /** The digits of its first group. */
  readonly head: string;
}

export interface PhoneText {
  /** The whole text as one number; null: it is none. */
  readonly whole: Dialled | null;
  /** What stands between the signs and words that separate several numbers, and has digits; null: it is no number. */
  readonly parts: readonly (Dialled | null)[];
  readonly hasExtension: boolean;
}

const DASHES = /[\p{Pd}\u2212\u30fc]/gu;
const INVISIBLE = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;
/** Where the digits of Arabic and Persian begin. */
const ZEROS = [0x660, 0x6f0] as const;

/** What people write before or after a number. */
const LABELS = new Set(
  "tel tels telephone telephones phone telefon mobile mob portable port gsm cell cellulaire fixe domicile dom bureau perso personnel pro professionnel travail maison whatsapp numero num no n nr t m p b d".split(
    " ",
  ),
);
const SEPARATORS = new Set("ou or et and puis".split(" "));
const EXTENSION =
  /(?<=\d[\s).]*)[,;]?\s*\(?\s*(?:(?:ext|extn|extension|poste|interne|int|x|p)\s*[.:=]?\s*|#\s*)\d{1,6}\s*\)?\s*$/iu;
/** What nearly all cells hold: nothing that could separate two numbers. */
const ONE_NUMBER = /^\+?[\d .]{1,20}$/;
/** Where a number follows another: before its `+`, or before its 0 where the ten digits of one are complete. */
const NEXT_NUMBER = String.raw`(?<=\d)\s*(?=\+)|(?<=(?<!\d[ .-]?)0[1-9](?:[ .-]?\d){8})\s+(?=0[1-9](?:[ .-]?\d){8}(?!\d))`;
const BETWEEN = new RegExp(String.raw`[/;,|\r\n]|\s-\s|${NEXT_NUMBER}`);
const FAX = "fax";
const FAXES = new Set([FAX, "telecopie", "telecopieur"]);

/** Whether a spreadsheet has shortened a number of many digits, such as `6,12346E+08`: its last digits are lost. */
export function isShortened(text: string): boolean {
  return /^[='"+\s]*\d(?:[.,]\d+)?E\+?\d{1,3}["\s]*$/iu.test(text.normalize("NFKC").replaceAll(INVISIBLE, ""));
}

/** Null: there is something else than a number in it. */
export function readPhoneText(submitted: string): PhoneText | null {
  const text = withoutLink(plainSigns(submitted));
  if (ONE_NUMBER.test(text)) return { whole: dialled(text), parts: [], hasExtension: false };
  const bare = text.replace(EXTENSION, "");
  const read = (label: string) =>
    // `01 23 45 67 89 (fax)`: the number before it is the one of the fax.
    bare.replaceAll(/\p{L}+/gu, (word) => meaningOf(word, label)).replaceAll(/\(\s*\/(?=fax)/g, "(");
  const parts = read(";")
    .split(BETWEEN)
    .filter((part) => /\d/.test(part) && !part.includes(FAX))
    .map((part) => dialled(withoutWords(part)));
  const whole = dialled(read(" ")) ?? (parts.length === 1 ? (parts[0] ?? null) : null);
  return whole === null && parts.every((part) => part === null) ? null : { whole, parts, hasExtension: bare !== text };
}

/** The decimals of a number that a spreadsheet formatted: `612345678,00`, `612 345 678,00`, `612,345,678.00`. */
const DECIMALS =
  /^(\+?(?:\d{5,15}(?=[.,])|\d{1,3}(?: \d{3})+(?=[.,])|\d{1,3}(?:\.\d{3})+(?=,)|\d{1,3}(?:,\d{3})+(?=\.))).0{1,2}$/;

/** Digits, signs and spaces of one kind, without what spreadsheets put around a number. */
function plainSigns(text: string): string {
  return text
    .normalize("NFKC")
    .replaceAll(INVISIBLE, "")
    .replaceAll(/[\u0660-\u0669\u06f0-\u06f9]/g, (digit) => {
      const code = digit.codePointAt(0) ?? 0;
      return String(code - (code < ZEROS[1] ? ZEROS[0] : ZEROS[1]));
    })
    .replaceAll(DASHES, "-")
    .replaceAll(/[\p{Zs}\t_\u00b7\u2022\u00b0]/gu, " ")
    .replaceAll(/^[='"\u2018\u2019\u201c\u201d\s]+|["'\u2019\u201d\s]+$/g, "")
    .replace(DECIMALS, "$1");
}

/** A link such as `tel:06-12-34-56-78;phone-context=+33` as a number. */
function withoutLink(text: string): string {
  const [, rest] = /^(?:tel|callto|sms)\s*:\s*(?:\/\/)?(.*)$/isu.exec(text) ?? [];
  if (rest === undefined) return text;
  const [number = "", ...parameters] = (/%[0-9a-f]{2}/i.test(rest) ? decoded(rest) : rest).split(";");
  const context = parameters.map((one) => /^phone-context=(\+\d+)$/i.exec(one.trim())?.[1]).find(Boolean) ?? "";
  const extra = parameters.filter((one) => !/^\s*(phone-context|isub)=/i.test(one)).join(";");
  return `${number.trim().startsWith("+") ? "" : context}${number}${extra === "" ? "" : `;${extra}`}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** What a word stands for: `label` for a label, `/` between numbers; any other stays, and is no number. */
function meaningOf(word: string, label: string): string {
  const plain = plainWords(word);
  if (FAXES.has(plain)) return `/${FAX}`;
  return LABELS.has(plain) ? label : SEPARATORS.has(plain) ? "/" : plain;
}

/** A number of an owner or a place, such as `06 12 34 56 78 (privé)`: one with its 0 or +, apart from the words. */
const IN_WORDS = /^(?:[^\d+]*\p{L}[^\d+]*[\s.(:])?\s*([+0][\d\s().+,/*[\]-]{7,}\d)(?:[\s.)(,-][^\d+]*)?$/u;

function withoutWords(part: string): string {
  return IN_WORDS.exec(part)?.[1] ?? part;
}

function dialled(text: string): Dialled | null {
  const number = text.replaceAll(":", " ").trim();
  if (!/^[\d\s().+,;/*[\]-]+$/.test(number) || !/\d/.test(number) || number.lastIndexOf("+") > number.search(/\d/))
    return null;
  const digits = number.replaceAll(/\D/g, "");
  const head = /\d+/.exec(number)?.[0] ?? "";
  if (digits.startsWith("00")) return { digits: `+${digits.slice(2)}`, head };
  return { digits: number.includes("+") ? `+${digits}` : digits, head };
}
