import { expect, it } from "vitest";
import { callingCode } from "../../src/outbox/import/calling-code.ts";

it("reads the calling code of a country as people write it", () => {
  const france =
    "33|+33|0033|(+33)|+ 33|+33.0|+33 (0)|France (+33)|+33 France|France|FR|FRA (+33)|33 (France)|🇫🇷 +33|France 0033";
  for (const written of france.split("|")) expect([written, callingCode(written)]).toEqual([written, "33"]);
  expect(callingCode("Belgique (+32)")).toBe("32");
  expect(callingCode("Royaume-Uni")).toBe("44");
  expect(callingCode("NC +687")).toBe("687");
  expect(callingCode("+1-684")).toBe("1684");
  expect(callingCode("Samoa américaines (1684)")).toBe("1684");
});

it.each(["Belgique (+33)", "NC", "Lyon", "+33 / +32", "0", "+", "33612345678", "France +33 6 12"])(
  "reads none where it may be another, or none: %s",
  (written) => {
    expect(callingCode(written)).toBeNull();
  },
);
