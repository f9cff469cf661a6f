import { isSupportedCountry, parsePhoneNumberFromString } from "libphonenumber-js/min";
import { fault, type InputFault } from "./faults.ts";

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

/**
 * Splits a phone number as the example in the API reference does (section 9.4): the calling code without `+`, and the national number
 * without its leading 0. Returns a fault if the number cannot exist, or if its country is not known.
 */
export function nationalNumber({ phone, code, number, country }: SubmittedPhone): ApiPhone | InputFault {
  if (phone !== null) {
    if (code !== null || number !== null) {
      return fault("phone", "phone_twice");
    }
    return parse("phone", phone, country);
  }
  if (number === null) {
    return code === null ? { phone_code: null, phone_number: null } : fault("phone_number", "phone_number_missing");
  }
  if (code === null) return parse("phone_number", number, country);
  const digits = code.replace(/^(\+|00)/, "");
  if (!/^[1-9]\d{0,3}$/.test(digits)) return fault("phone_code", "phone_code");
  return parse("phone_number", `+${digits}${number.replace(/^[\s(]*0/, "").replace(/\D/g, "")}`, country, number);
}

function parse(field: string, text: string, country: string | null, written = text): ApiPhone | InputFault {
  if (!/^[\d\s().+/-]+$/.test(written)) return fault(field, "phone");
  const home = country !== null && isSupportedCountry(country) ? country : undefined;
  const parsed = parsePhoneNumberFromString(text.replace(/^\s*00/, "+"), {
    ...(home === undefined ? {} : { defaultCountry: home }),
    extract: false,
  });
  if (parsed?.isPossible()) return { phone_code: parsed.countryCallingCode, phone_number: parsed.nationalNumber };
  if (home === undefined && !/^\s*(\+|00)/.test(text)) {
    return fault(field, "phone_country");
  }
  return fault(field, "phone");
}
