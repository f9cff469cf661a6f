/** The calling code of a country as people write it. */
import { getCountryCallingCode, isSupportedCountry } from "libphonenumber-js/min";
import { countryCode, isShortForm } from "../../platform/countries.ts";

/**
 * The digits of `+33`, `0033`, `+1-684`, `+44 (0)`, `France (+33)`, or the code of a country alone, such as `France`. Null: none, or a
 * country and the code of another.
 */
export function callingCode(written: string): string | null {
  const text = written
    .normalize("NFKC")
    .replace(/[.,]0+$/, "")
    .replace(/\(0\)\s*$/, "");
  const digits = text.replaceAll(/\D/g, "").replace(/^00/, "");
  const name = text.replaceAll(/[\d+()\s\p{Cf}-]+/gu, " ").trim();
  if (name === "") return /^[1-9]\d{0,3}$/.test(digits) ? digits : null;
  const country = countryCode(name);
  if (country === null || !isSupportedCountry(country)) return null;
  const own = getCountryCallingCode(country);
  if (digits === "") return isShortForm(name) ? null : own;
  return digits.startsWith(own) && digits.length <= 4 ? digits : null;
}
