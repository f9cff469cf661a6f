import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rowsOf } from "../../../src/outbox/intake/http/body.ts";

describe("the body of POST /imports", () => {
  it("yields every row as it was written, whatever quotes and brackets its texts hold", () => {
    const text = fc.string({ unit: fc.constantFrom('"', "\\", "[", "{", "]", "}", ",", ":", "é", "a", "\n") });
    const row = fc.dictionary(text, fc.oneof(text, fc.jsonValue({ maxDepth: 4 })), { maxKeys: 5 });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 20 }), fc.boolean(), (rows, spaced) => {
        const body = Buffer.from(JSON.stringify(rows, null, spaced ? 2 : 0));
        expect(rowsOf(body)).toEqual(JSON.parse(body.toString()));
      }),
    );
  });

  it("refuses an unterminated text as malformed", () => {
    expect(() => rowsOf(Buffer.from('[{"email":"a\\"}]'))).toThrow("not JSON");
  });
});
