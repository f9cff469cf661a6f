import { parsePhoneNumberFromString } from "libphonenumber-js/max";
import { expect, test } from "vitest";
import { commonNumber, withOverseas } from "../../src/outbox/import/french-phone.ts";

const FIRST_DIGITS = Array.from({ length: 10_000 }, (_, n) => `0${String(n).padStart(4, "0")}`);

/** Whether libphonenumber knows a number as one of metropolitan France. */
function isFrench(digits: string): boolean {
  const found = parsePhoneNumberFromString(digits, { defaultCountry: "FR", extract: false });
  return found?.isValid() === true && found.number === `+33${digits.slice(1)}` && withOverseas(digits) === digits;
}

test("the French numbers that are not parsed are of ranges that libphonenumber knows from their first to their last number", () => {
  const common = FIRST_DIGITS.filter((first) => commonNumber(`${first}00000`) !== null);
  const unknown = common.filter((first) => !isFrench(`${first}00000`) || !isFrench(`${first}99999`));
  expect(unknown).toEqual([]);
  expect(common.length).toBeGreaterThan(5_000);
});

test.each([
  ["06 12 34 56 78", "612345678", false],
  ["0612345678", "612345678", false],
  ["01.42.34-56 78", "142345678", false],
  ["06\u202f12\u202f34\u202f56\u202f78", "612345678", false],
  ["+33 6 12 34 56 78", "612345678", true],
  ["+33612345678", "612345678", true],
])("%s is read without parsing", (written, national, isInternational) => {
  expect(commonNumber(written)).toEqual({ national, isInternational });
});

test.each([
  "0690 12 34 56",
  "0639 98 12 34",
  "0262 12 34 56",
  "0508 41 23 45",
  "0801 23 45 67",
  "06 12 34 56 7",
  "6 12 34 56 78",
])("%s is left to the parser", (written) => {
  expect(commonNumber(written)).toBeNull();
});
