import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { emailKey } from "../../src/platform/email-key.ts";

const SAME: Readonly<Record<string, readonly string[]>> = {
  "noe@example.org": [
    " Noe@Example.org ",
    "\u00a0noe@example.org\u202f",
    "\ufeffnoe@example.org",
    "no\u200be@example.org",
    "noe\u2060@exam\u00adple.org",
    "\u202anoe@example.org\u202c",
    "noe@example.org.",
    "noe@example.org\u3002",
    "ｎｏｅ＠ｅｘａｍｐｌｅ．ｏｒｇ",
    "noe@example\uff0eorg",
    "noe@example.org\r\n",
    "NOE@EXAMPLE.ORG\ufe0f",
    "\u2066noe@example.org\u2069",
  ],
  "lea@xn--bcher-kva.example": [
    "lea@bücher.example",
    "lea@bu\u0308cher.example",
    "Lea@BÜCHER.example.",
    "LEA@XN--BCHER-KVA.EXAMPLE",
    "lea@bücher。example",
  ],
  "lea@xn--bcher-kva.xn--wgv71a": ["lea@bücher.日本", "lea@bu\u0308cher.XN--WGV71A"],
  "léa@example.org": ["LE\u0301A@example.org", "Léa@Example.org"],
  "lea@xn--strae-oqa.example": ["lea@straße.example", "lea@STRAẞE.example"],
};

describe("the comparable form of an e-mail", () => {
  it.each(Object.entries(SAME))("of %s is the same for every spelling of it", (form, spellings) => {
    expect(spellings.map(emailKey)).toEqual(spellings.map(() => form));
    expect(emailKey(form)).toBe(form);
  });

  it("keeps addresses apart that a mailbox provider may or may not treat as one", () => {
    const different = ["jean.dupont@x.org", "jeandupont@x.org", "jean.dupont+a@x.org", "jean-dupont@x.org", "j@x.org"];
    expect(new Set(different.map(emailKey)).size).toBe(different.length);
  });

  it("fits an index however long the text is, and tells long texts apart", () => {
    const [one, two] = [emailKey(`${"é".repeat(500_000)}@x.org`), emailKey(`${"é".repeat(500_001)}@x.org`)];
    expect(one.length).toBeLessThanOrEqual(500);
    expect(one).not.toBe(two);
  });

  it("accepts any text, and the form of a form is itself", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 80 }), fc.domain(), (local, domain) => {
        for (const text of [local, `${local}@${domain}`, `${domain}@${local}`]) {
          expect(emailKey(emailKey(text))).toBe(emailKey(text));
        }
      }),
    );
  });
});
