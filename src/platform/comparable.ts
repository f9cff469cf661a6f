/** Text that two systems may write differently, in one form. */

/** Characters that show nothing: marks of direction, zero-width spaces, soft hyphens. Joiners stay: some scripts need them. */
const INVISIBLE = /(?![\u200c\u200d])[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;

/** What most texts are: words of ASCII and of the letters of Latin-1, which NFC leaves as they are, with one space between them. */
const TIDY = /^[\x21-\x7e\u00c0-\u00ff]+(?: [\x21-\x7e\u00c0-\u00ff]+)*$/;

/** One line as people see it: composed (NFC), without invisible characters, each run of white space as one space. */
export function tidy(text: string): string {
  if (TIDY.test(text)) return text;
  return text.normalize("NFC").replaceAll(INVISIBLE, "").replaceAll(/\s+/g, " ").trim();
}

/** By which labels and names of files are compared: compatible characters, case and white space do not matter; accents do. */
export function comparable(text: string): string {
  return tidy(text.normalize("NFKC")).toLowerCase().normalize("NFC");
}

const LETTERS: Readonly<Record<string, string>> = { œ: "oe", æ: "ae", ø: "o", ł: "l", đ: "d", ß: "ss", ı: "i" };

/** The words of a name without accents, case and signs, such as `cote d ivoire`. By which names of a table are found. */
export function plainWords(text: string): string {
  return text
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll(/[\p{M}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu, "")
    .replaceAll(/[œæøłđßı]/g, (letter) => LETTERS[letter] ?? letter)
    .replaceAll(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}
