import { isSupportedCountry, parsePhoneNumberFromString } from "libphonenumber-js/min";
import type { InputFault } from "./fields.ts";

interface SubmittedPhone {
  /** The whole number as people write it. */
  readonly phone: string | null;
  readonly code: string | null;
  readonly number: string | null;
  /** ISO 3166: the country of a national number without a calling code. */
  readonly country: string | null;
}

interface ApiPhone {
  readonly phone_code: string | null;
  readonly phone_number: string | null;
}

const WRITTEN = "must be a phone number that exists, such as +33 6 42 42 42 42";

/**
 * Splits a phone number as the example in the API reference does (section 9.4): the calling code without `+`, and the national number
 * without its leading 0. Returns a fault if the number cannot exist, or if its country is not known.
 */
export function nationalNumber({ phone, code, number, country }: SubmittedPhone): ApiPhone | InputFault {
  if (phone !== null) {
    if (code !== null || number !== null) {
      return { field: "phone", reason: "cannot stand beside phone_code and phone_number" };
    }
    return parse("phone", phone, country);
  }
  if (number === null) {
    return code === null
      ? { phone_code: null, phone_number: null }
      : { field: "phone_number", reason: "is needed beside phone_code" };
  }
  if (code === null) return parse("phone_number", number, country);
  const digits = code.replace(/^(\+|00)/, "");
  if (!/^[1-9]\d{0,3}$/.test(digits)) return { field: "phone_code", reason: "must be a country's code such as 33" };
  return parse("phone_number", `+${digits}${number.replace(/^[\s(]*0/, "").replace(/\D/g, "")}`, country, number);
}

function parse(field: string, text: string, country: string | null, written = text): ApiPhone | InputFault {
  if (!/^[\d\s().+/-]+$/.test(written)) return { field, reason: WRITTEN };
  const home = country !== null && isSupportedCountry(country) ? country : undefined;
  const parsed = parsePhoneNumberFromString(text.replace(/^\s*00/, "+"), {
    ...(home === undefined ? {} : { defaultCountry: home }),
    extract: false,
  });
  if (parsed?.isPossible()) return { phone_code: parsed.countryCallingCode, phone_number: parsed.nationalNumber };
  if (home === undefined && !/^\s*(\+|00)/.test(text)) {
    return { field, reason: "needs its country: write +33…, or give phone_code or iso_country" };
  }
  return { field, reason: WRITTEN };
}
