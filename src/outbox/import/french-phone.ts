/** The numbering plan of France and of its overseas, as far as it differs from that of other countries. */

/** Countries whose people dial ten digits of one plan: those of the overseas have calling codes of their own behind it. */
const FRENCH: ReadonlySet<string> = new Set(["FR", "GP", "MQ", "GF", "RE", "YT", "BL", "MF", "PM"]);
export const isFrench = (country: string) => FRENCH.has(country);
/** 0639 98 is for films. */
const OVERSEAS: readonly (readonly [code: string, national: RegExp])[] = [
  ["590", /^(?:590|69[01])\d{6}$/],
  ["262", /^(?:26[239]|639(?!98)|69[23])\d{6}$/],
  ["594", /^[56]94\d{6}$/],
  ["596", /^(?:596|69[67])\d{6}$/],
  ["508", /^(?=508[45]\d{5}$)/],
];

/** `0690 12 34 56`, as one dials it in France, is +590 690 12 34 56. Any other number stays as it is. */
export function withOverseas(dialled: string): string {
  const national = dialled.replace(/^(?:\+33)?0?(?=[2-9]\d{8}$)/, "");
  const found = OVERSEAS.find(([, pattern]) => pattern.test(national));
  if (found === undefined) return dialled;
  return `+${found[0]}${found[0] === "508" ? national.slice(3) : national}`;
}

/** Ranges that are in use as a whole, all of them in metropolitan France; a test compares them with those of libphonenumber. */
const COMMON =
  /^(?:(\+33)[ .\u00a0\u202f]?|0)((?=[13]|2\D?[0-57-9]|4\D?[1-9]|5\D?[1-8]|6\D?[0-24-8]|7\D?[3-9])[1-7](?:[ .\u00a0\u202f-]?\d\d){4})$/;

/**
 * The nine digits of a number as nearly all French files write it, such as `06 12 34 56 78`, and whether its country stands in front of
 * it. Null: it is to be parsed, at twenty times the cost.
 */
export function commonNumber(text: string): { readonly national: string; readonly isInternational: boolean } | null {
  const [, code, digits] = COMMON.exec(text) ?? [];
  if (digits === undefined) return null;
  return { national: digits.replaceAll(/\D/g, ""), isInternational: code !== undefined };
}
