/** Splits phone numbers into calling code and national number, as the API wants them. */
import {
  parsePhoneNumberFromString,
  validatePhoneNumberLength,
  type CountryCode,
  type PhoneNumber,
} from "libphonenumber-js/max";
import { isSupportedCountry, parsePhoneNumberFromString as parseLoosely } from "libphonenumber-js/min";
import { fault, type InputFault } from "./faults.ts";
import { isShortened, readPhoneText } from "./phone-text.ts";

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
    if (code !== null) return fault("phone_number", "phone_number_missing");
    return { phone_code: null, phone_number: null, notes: [] };
  }
  if (code === null) return read("phone_number", number, [country, home]);
  const digits = code
    .normalize("NFKC")
    .replace(/[.,]0+$/, "")
    .replaceAll(/[\s()+\p{Cf}]/gu, "")
    .replace(/^00/, "");
  if (!/^[1-9]\d{0,3}$/.test(digits)) return fault("phone_code", "phone_code");
  return read("phone_number", number, [], digits);
}

type Homes = readonly (string | null)[];

function read(field: string, text: string, homes: Homes, code: string | null = null): ReadPhone | InputFault {
  if (isShortened(text)) return fault(field, "number_shortened");
  const written = readPhoneText(text);
  if (written === null) return fault(field, "phone");
  const { whole, parts, hasExtension } = written;
  const one = (dialled: string) =>
    code === null ? readOne(field, dialled, homes) : readWithCode(field, dialled, code);
  const several = parts.length < 2 ? [] : parts.map(one).filter((found) => "phone_code" in found);
  const [first] = several;
  const found = several.length > 1 && first !== undefined ? first : one(whole ?? parts[0] ?? "");
  if ("reason" in found) return found;
  return {
    ...found,
    notes: [
      ...(several.length > 1 ? [fault(field, "first_of_several")] : []),
      ...(hasExtension ? [fault(field, "extension_left_out")] : []),
      ...found.notes,
    ],
  };
}

function readWithCode(field: string, dialled: string, code: string): ReadPhone | InputFault {
  if (dialled.startsWith("+")) return international(field, dialled);
  const found = international(field, `+${code}${dialled}`);
  const again = "reason" in found && dialled.startsWith(code) ? international(field, `+${dialled}`) : found;
  return "reason" in again ? found : again;
}

function readOne(field: string, dialled: string, homes: Homes): ReadPhone | InputFault {
  if (dialled.startsWith("+")) return international(field, dialled);
  const [own = null] = homes;
  const tried = homes.flatMap((home) => (home !== null && isSupportedCountry(home) ? [home] : []));
  // All ten digits of France are its numbers, and ranges are opened faster than our list of them is renewed.
  const found =
    firstRead(tried, (home) => parseIn(home, dialled)) ??
    firstRead(tried.filter(isFrench), () => parseLoosely(withOverseas(dialled), "FR"));
  if (found !== null) {
    const { home, parts } = found;
    return { ...parts, notes: home === own ? [] : [fault(field, "phone_read_in", { country: home })] };
  }
  // A spreadsheet drops the + of what it takes for a number.
  const plus = /^[1-9]\d{10,}$/.test(dialled) ? partsOf(parse(`+${dialled}`)) : null;
  if (plus !== null) return { ...plus, notes: [] };
  return whyNot(field, dialled, tried[0] ?? null);
}

function firstRead(homes: readonly CountryCode[], parsedIn: (home: CountryCode) => PhoneNumber | undefined) {
  for (const home of homes) {
    const parts = partsOf(parsedIn(home));
    if (parts !== null) return { home, parts };
  }
  return null;
}

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
  const found = partsOf(parse(number)) ?? partsOf(parseLoosely(number));
  return found === null ? fault(field, "phone") : { ...found, notes: [] };
}

function parse(dialled: string, home?: CountryCode): PhoneNumber | undefined {
  return parsePhoneNumberFromString(dialled, {
    extract: false,
    ...(home === undefined ? {} : { defaultCountry: home }),
  });
}

function partsOf(parsed: PhoneNumber | undefined): ApiPhone | null {
  if (parsed?.isValid() !== true) return null;
  return { phone_code: parsed.countryCallingCode, phone_number: parsed.nationalNumber };
}

function parseIn(home: CountryCode, dialled: string): PhoneNumber | undefined {
  return isFrench(home) ? parse(withOverseas(dialled), "FR") : parse(dialled, home);
}

/** Countries whose people dial ten digits of one plan: those of the overseas have calling codes of their own behind it. */
const FRENCH: ReadonlySet<string> = new Set(["FR", "GP", "MQ", "GF", "RE", "YT", "BL", "MF", "PM"]);
const isFrench = (country: string) => FRENCH.has(country);
/** 0639 98 is for films. */
const OVERSEAS: readonly (readonly [code: string, national: RegExp])[] = [
  ["590", /^(?:590|69[01])\d{6}$/],
  ["262", /^(?:26[239]|639(?!98)|69[23])\d{6}$/],
  ["594", /^[56]94\d{6}$/],
  ["596", /^(?:596|69[67])\d{6}$/],
  ["508", /^(?=508[45]\d{5}$)/],
];

/** `0690 12 34 56`, as one dials it in France, is +590 690 12 34 56. Any other number stays as it is. */
function withOverseas(dialled: string): string {
  const national = dialled.replace(/^(?:\+33)?0?(?=[2-9]\d{8}$)/, "");
  const found = OVERSEAS.find(([, pattern]) => pattern.test(national));
  if (found === undefined) return dialled;
  return `+${found[0]}${found[0] === "508" ? national.slice(3) : national}`;
}
