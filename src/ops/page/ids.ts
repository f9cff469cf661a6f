/** Ids and names as they stand in paths, queries and forms. A null id: the text is none, so nothing has it. */

const MOST_BIGINT = 2n ** 63n - 1n;
const MOST_INTEGER = 2n ** 31n - 1n;
const LONGEST_NAME = 200;

/** The id of an import, or of something in the account. */
export function idIn(text: string | null | undefined, most = MOST_BIGINT): bigint | null {
  const id = /^[1-9]\d{0,18}$/.test(text?.trim() ?? "") ? BigInt(text?.trim() ?? "") : null;
  return id === null || id > most ? null : id;
}

/** The number of a run. */
export function runIdIn(text: string | null | undefined): number | null {
  const id = idIn(text, MOST_INTEGER);
  return id === null ? null : Number(id);
}

/** A name such as a source or a file, of whole characters: half of one can stand in no address. */
export function shortIn(text: string | null): string {
  return (text ?? "")
    .trim()
    .slice(0, LONGEST_NAME)
    .replace(/[\ud800-\udbff]$/, "");
}
