import { describe, expect, test } from "vitest";
import { explanationOf, explanationIn } from "../../src/api/answer/explanation.ts";

test.each([
  ["message", '{"message":"Resource not found."}', "Resource not found."],
  ["error", '{"error":"forbidden"}', "forbidden"],
  ["an error with a message", '{"error":{"message":"forbidden","code":7}}', "forbidden, code: 7"],
  ["errors as a text", '{"errors":"wrong page"}', "wrong page"],
  ["errors as an array", '{"errors":["wrong page","wrong order"]}', "wrong page, wrong order"],
  ["errors as an array of objects", '{"errors":[{"detail":"wrong page"}]}', "wrong page"],
  [
    "errors as a map",
    '{"errors":{"email":["is taken","is long"],"page":"is wrong"}}',
    "email: is taken, is long, page: is wrong",
  ],
  ["detail", '{"detail":"slow down"}', "slow down"],
  ["several of them", '{"message":"Invalid","errors":{"page":["is wrong"]}}', "Invalid; page: is wrong"],
  ["an array", '["wrong page"]', "wrong page"],
  ["a JSON string", '"wrong page"', "wrong page"],
  ["a text", "Rate limit exceeded", "Rate limit exceeded"],
  ["JSON that explains nothing", '{"code":7,"status":"ko"}', "no explanation, fields code, status"],
  ["cut JSON", '{"message', '{"message'],
  ["an empty body", "  ", "no explanation"],
  ["HTML with a title", "<!DOCTYPE html><html><head><title>502 Bad Gateway</title>", "an HTML page, 502 Bad Gateway"],
  ["HTML without a title", "<html><body>hello ann@example.com</body></html>", "an HTML page"],
])("reads %s", (_, body, expected) => {
  expect(explanationIn(body)).toBe(expected);
});

test.each([
  ["an e-mail", "the e-mail ann.lee+jobs@mail.example.com is taken", "the e-mail [e-mail] is taken"],
  ["an encoded e-mail", "no /applicants/ann%40example.com", "no [e-mail]"],
  ["a phone number", "phone +33 6 42 42 42 42 is wrong", "phone [number] is wrong"],
  ["a quoted value", `name "Ann Lee" or 'Bo Lee' or « Cy Lee » is taken`, 'name "…" or "…" or "…" is taken'],
  ["a token", "bad token eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJ4In0.c2lnbmF0dXJl", "bad token [token]"],
  [
    "a key",
    "unknown 123ab456-1a12-123a-a123-12a34b5c6789 and abcDEfgH123abCDef12345ABcd",
    "unknown [redacted] and [redacted]",
  ],
])("cuts %s out", (_, body, expected) => {
  expect(explanationIn(JSON.stringify({ message: body }))).toBe(expected);
});

test.each([
  ["a text", "cannot read applicant Jean-Noël Kervran", "cannot read applicant …"],
  ["JSON", '{"error":"Zaneta Krol has no application","status":500}', "… has no application"],
  ["names of fields", '{"zaneta":["is wrong"]}', "…: is wrong"],
  ["a page", "<html><title>500 Zaneta Krol</title>", "an HTML page, 500 …"],
  [
    "a statement",
    "SQL: insert into applicants (last_name) values (krol, 06123)",
    "SQL: insert into applicants (last_name) values (…)",
  ],
])("cuts names out of %s that repeats nothing which was submitted", (_, body, expected) => {
  expect(explanationIn(body)).toBe(expected);
});

test("tells a refused creation in the words of the API, without those that were submitted", () => {
  expect(explanationIn("Krol ya está en uso", '{"last_name":"Krol"}')).toBe("… ya está en uso");
});

test("leaves French and the names of fields alone", () => {
  const text = "L'adresse n'est pas d'accord: is_legals_accepted_by_manager, administrative_area_level_1";
  expect(explanationIn(text)).toBe(text);
});

test("is at most 300 characters long", () => {
  expect(explanationIn("a b ".repeat(1000))).toHaveLength(300);
});

test("accepts very deep and very large bodies", () => {
  expect(explanationIn(`{"errors":${"[".repeat(2000)}${"]".repeat(2000)}}`)).toBe("no explanation, fields errors");
  expect(explanationIn(`{"errors":"${"x1".repeat(500_000)}"}`)).toBe("[redacted]");
});

describe("the explanation of an answer", () => {
  test.each([
    ['{"email":["has already been taken"]}', {}, "email: has already been taken"],
    [
      '{"status":422,"error":"Unprocessable Entity","email":["n\'est pas disponible"]}',
      {},
      "Unprocessable Entity; email: n'est pas disponible",
    ],
    ['{"status":404,"error":"Not Found"}', {}, "Not Found"],
    ['{"email":"lea@example.org","first_name":"Lea"}', {}, "no explanation, fields email, first_name"],
    [
      "",
      { "www-authenticate": 'Bearer realm="api", error="invalid_token", error_description="The token expired"' },
      "invalid_token: The token expired",
    ],
    ["", { "www-authenticate": "Bearer error=insufficient_scope" }, "insufficient_scope"],
    [
      "",
      { "www-authenticate": 'Bearer error="x", error_description="lea@example.org is unknown"' },
      "x: [e-mail] is unknown",
    ],
    ["", { "www-authenticate": "Bearer" }, "Bearer"],
    ["", {}, "no explanation"],
    ["Forbidden", { "www-authenticate": 'Bearer error="invalid_token"' }, "Forbidden"],
  ])("of %s with %j is %s", (text, headers, expected) => {
    expect(explanationOf({ text, headers })).toBe(expected);
  });
});
