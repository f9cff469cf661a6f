/** Splits phone numbers into calling code and national number, as the API wants them. */
import {
  parsePhoneNumberFromString,
  validatePhoneNumberLength,
  type CountryCode,
  type PhoneNumber,
} from "libphonenumber-js/max";
import { isSupportedCountry, parsePhoneNumberFromString as parseLoosely } from "libphonenumber-js/min";
import { callingCode } from "./calling-code.ts";
import { fault, type InputFault } from "./faults.ts";
import { isFrench, commonNumber, withOverseas } from "./french-phone.ts";
import { isShortened, readPhoneText, type Dialled } from "./phone-text.ts";

interface SubmittedPhone {
  /** The whole number as people write it. */
  readonly phone: string | null;
  readonly code: string | null;
  readonly number: string | null;
  /** ISO 3166: the country of the person. */
  readonly country: string | null;
  /** ISO 3166: where a national number is read if it is none of the person's country. */
  readonly home: string | null;
}

interface ApiPhone {
  readonly phone_code: string | null;
  readonly phone_number: string | null;
}

interface ReadPhone extends ApiPhone {
  /** What a person should know about how it was read. */
  readonly notes: readonly InputFault[];
}

/**
 * Splits a phone number as the example in the API reference does (section 9.4): the calling code without `+`, and the national number
 * without its leading 0. Returns a fault if the number cannot exist, or if its country is not known.
 */
export function nationalNumber({ phone, code, number, country, home }: SubmittedPhone): ReadPhone | InputFault {
  if (phone !== null) {
    if (code !== null || number !== null) return fault("phone", "phone_twice");
    return read("phone", phone, [country, home]);
  }
  if (number === null) {
    // A form may fill in the code of its own country.
    const notes = code === null ? [] : [fault("phone_code", "no_number_beside")];
    return { phone_code: null, phone_number: null, notes };
  }
  if (code === null) return read("phone_number", number, [country, home]);
  const digits = callingCode(code);
  return digits === null ? fault("phone_code", "phone_code") : read("phone_number", number, [], digits);
}

type Homes = readonly (string | null)[];

function read(field: string, text: string, homes: Homes, code: string | null = null): ReadPhone | InputFault {
  const common = code === null ? readCommon(field, text, homes) : null;
  if (common !== null) return common;
  if (isShortened(text)) return fault(field, "number_shortened");
  const written = readPhoneText(text);
  if (written === null) return fault(field, "phone");
  const { whole, parts, hasExtension } = written;
  const one = (dialled: Dialled | null): ReadPhone | InputFault => {
    if (dialled === null) return fault(field, "phone");
    return code === null ? readOne(field, dialled, homes) : readWithCode(field, dialled, code);
  };
  const several = parts.length < 2 ? [] : parts.map(one);
  const isRead = (found: ReadPhone | InputFault | undefined) => found !== undefined && "phone_code" in found;
  const [first] = several;
  const isFirst = isRead(first) && several.filter(isRead).length > 1;
  const alone = one(whole);
  // A later number is not taken for the first one, which may be the right one but for a typing error.
  const found = first !== undefined && (isFirst || (isRead(first) && !isRead(alone))) ? first : alone;
  if ("reason" in found) return several.some(isRead) ? fault(field, "phone_first") : found;
  return {
    ...found,
    notes: [
      ...(found === first ? [fault(field, "first_of_several")] : []),
      ...(hasExtension ? [fault(field, "extension_left_out")] : []),
      ...found.notes,
    ],
  };
}

/** What reading any number finds, for those that need no parsing. Null: it is none of them. */
function readCommon(field: string, text: string, homes: Homes): ReadPhone | null {
  const common = commonNumber(text);
  if (common === null) return null;
  const { national, isInternational } = common;
  const number = { phone_code: "33", phone_number: national };
  if (isInternational) return { ...number, notes: [] };
  if (!homes.includes("FR") || homes.some((home) => home !== null && home !== "FR")) return null;
  return { ...number, notes: homes[0] === "FR" ? [] : [fault(field, "phone_read_in", { country: "FR" })] };
}

function readWithCode(field: string, { digits }: Dialled, code: string): ReadPhone | InputFault {
  if (digits.startsWith("+")) return international(field, digits);
  const withCode = digits.startsWith(code) ? `+${digits}` : null;
  const [natural, repeated] = [`+${code}${digits}`, withCode].map((one) => (one === null ? null : valid(parse(one))));
  if (natural != null && repeated != null) return likelier(field, natural, repeated);
  const found = international(field, `+${code}${digits}`);
  const again = "reason" in found || repeated != null ? international(field, withCode ?? digits) : found;
  return "reason" in again ? found : again;
}

function readOne(field: string, { digits, head }: Dialled, homes: Homes): ReadPhone | InputFault {
  if (digits.startsWith("+")) return international(field, digits);
  const [own = null] = homes;
  const tried = homes.flatMap((home) => (home !== null && isSupportedCountry(home) ? [home] : []));
  // All ten digits of France are its numbers, and ranges are opened faster than our list of them is renewed.
  const readings = readingsIn(tried, (home) => parseIn(home, digits));
  const [found, other] =
    readings.length > 0 ? readings : readingsIn(tried.filter(isFrench), () => parseLoosely(withOverseas(digits), "FR"));
  const withPlus = withoutItsPlus(digits, head, homes);
  if (found === undefined)
    return withPlus === null ? whyNot(field, digits, tried[0] ?? null) : withNote(field, withPlus, homes);
  const { home, number } = found;
  if (withPlus !== null && withPlus.number !== number.number) return likelier(field, number, withPlus);
  const both = other === undefined ? [] : [fault(field, "phone_of_both", { country: home, other: other.home })];
  const assumed = home === own ? [] : [fault(field, "phone_read_in", { country: home })];
  return { ...partsOf(number), notes: [...assumed, ...both] };
}

/** The different numbers that the same digits are in these countries. */
function readingsIn(homes: readonly CountryCode[], parsedIn: (home: CountryCode) => PhoneNumber | undefined) {
  const readings = homes.flatMap((home) => {
    const number = valid(parsedIn(home));
    return number === null ? [] : [{ home, number }];
  });
  return readings.filter(({ number }, n) => readings.findIndex((one) => one.number.number === number.number) === n);
}

/**
 * A spreadsheet drops the + of what it takes for a number. The first of several groups must be a calling code, or begin with that of a
 * home.
 */
function withoutItsPlus(digits: string, head: string, homes: Homes): PhoneNumber | null {
  if (!/^[1-9]\d{10,}$/.test(digits)) return null;
  const number = valid(parse(withOverseas(`+${digits}`)));
  const code = number?.countryCallingCode ?? "";
  const isHome = number !== null && homes.includes(countryOf(number));
  const isGroup = code.length > 1 && (head === code || (isHome && head.startsWith(code)));
  return head === digits || isGroup ? number : null;
}

/** Of a reading in the country that is known, and one in which the digits begin with a calling code: the only mobile, else neither. */
function likelier(field: string, natural: PhoneNumber, withPlus: PhoneNumber): ReadPhone | InputFault {
  const [isNaturalMobile, isMobile] = [natural, withPlus].map((number) => number.getType() === "MOBILE");
  const countries = { country: countryOf(withPlus), other: countryOf(natural) };
  if (isNaturalMobile === isMobile) return fault(field, "phone_of_two", countries);
  if (isMobile === true) return { ...partsOf(withPlus), notes: [fault(field, "phone_without_plus", countries)] };
  return { ...partsOf(natural), notes: [] };
}

function withNote(field: string, number: PhoneNumber, homes: Homes): ReadPhone {
  const country = countryOf(number);
  const notes = homes.includes(country) ? [] : [fault(field, "phone_without_plus", { country })];
  return { ...partsOf(number), notes };
}

const countryOf = (number: PhoneNumber) => number.country ?? `+${number.countryCallingCode}`;

function whyNot(field: string, dialled: string, home: CountryCode | null): InputFault {
  if (home === null) return fault(field, "phone_country");
  const counted = isFrench(home) ? dialled.replace(/^0/, "") : dialled;
  const length = validatePhoneNumberLength(counted, isFrench(home) ? "FR" : home);
  if (length === "TOO_SHORT") return fault(field, "phone_too_short", { country: home });
  if (length === "TOO_LONG") return fault(field, "phone_too_long", { country: home });
  return fault(field, "phone_not_there", { country: home });
}

/** A number after its `+`. Ranges that are newer than our list of them are accepted. */
function international(field: string, dialled: string): ReadPhone | InputFault {
  const number = withOverseas(dialled);
  const found = valid(parse(number)) ?? valid(parseLoosely(number));
  return found === null ? fault(field, "phone") : { ...partsOf(found), notes: [] };
}

function parse(dialled: string, home?: CountryCode): PhoneNumber | undefined {
  return parsePhoneNumberFromString(dialled, {
    extract: false,
    ...(home === undefined ? {} : { defaultCountry: home }),
  });
}

function valid(parsed: PhoneNumber | undefined): PhoneNumber | null {
  return parsed?.isValid() === true ? parsed : null;
}

function partsOf(number: PhoneNumber): ApiPhone {
  return { phone_code: number.countryCallingCode, phone_number: number.nationalNumber };
}

function parseIn(home: CountryCode, dialled: string): PhoneNumber | undefined {
  return isFrench(home) ? parse(withOverseas(dialled), "FR") : parse(dialled, home);
}
