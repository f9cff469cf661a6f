import { expect, it } from "vitest";
import { addressIn } from "../../src/outbox/import/values.ts";
import { emailKey } from "../../src/platform/email-key.ts";

const KEY = "lea@xn--bcher-kva.example";

it("whoever asks about a person is understood in every spelling of one address, with what mail programs put around it", () => {
  const spellings = [
    "lea@bücher.example",
    "  LEA@BU\u0308CHER.example. ",
    "Léa Martin <lea@bücher.example>",
    "Martin, Léa <lea@xn--bcher-kva.example>;",
    "<lea@bücher.example>",
    '"lea@bücher.example"',
    "mailto:lea@bücher.example",
    "lea@bücher.example <lea@bücher.example>",
    "E-mail : lea@bücher.example",
    "ｌｅａ＠bücher.example",
    "\u200elea@bü\u00adcher.example\u200b",
    "lea\u200b@bücher\u3002example",
  ];
  expect(spellings.map((one) => emailKey(addressIn(one) ?? ""))).toEqual(spellings.map(() => KEY));
  // The mirror may have addresses to which no mail can be sent.
  expect(addressIn("léa@localhost")).toBe("léa@localhost");
  expect(addressIn("o'neil+jobs@example.org")).toBe("o'neil+jobs@example.org");
});

it("a text with more or less than one address means nobody, rather than an address that nobody has", () => {
  const others = [
    "",
    "lea",
    "Léa Martin lea@example.org",
    "lea@example.org, noe@example.org",
    "lea@@example.org",
    "a b@c.org",
    "@",
    "lea@",
  ];
  expect(others.map(addressIn)).toEqual(others.map(() => null));
});
