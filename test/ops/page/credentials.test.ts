import { expect, it } from "vitest";
import { createAuthentication } from "../../../src/ops/page/credentials.ts";
import { as, OPERATOR, VIEWER } from "./support.ts";

const basic = (text: string) => `Basic ${Buffer.from(text).toString("base64")}`;
const open = (now?: () => number) => createAuthentication({ operator: OPERATOR, viewer: VIEWER }, now);

it("knows two users by their passwords, in any Unicode form", () => {
  const authenticate = createAuthentication({ operator: "Pass:w\u00e9rt-1234", viewer: VIEWER });
  expect(authenticate(basic("operator:Pass:we\u0301rt-1234"), "::1")).toBe("operator");
  expect(authenticate(as("viewer").authorization, "::1")).toBe("viewer");
});

it("takes a password with the spaces around it that the settings are read without, and not without those within", () => {
  const authenticate = createAuthentication({ operator: "violet : h\u00fcbsch 42", viewer: null });
  for (const written of ["violet : h\u00fcbsch 42", " violet : h\u00fcbsch 42 ", "violet : h\u00fcbsch 42\n"])
    expect(authenticate(basic(`operator:${written}`), "::1")).toBe("operator");
  expect(() => authenticate(basic("operator:violet: h\u00fcbsch 42"), "::1")).toThrow(/not the password/);
});

it.each([
  ["nothing", undefined, "password_missing"],
  ["another scheme", `Bearer ${OPERATOR}`, "password_missing"],
  ["no colon", basic(OPERATOR), "password_missing"],
  ["no base64", "Basic ???", "password_missing"],
  ["a wrong password", basic(`operator:${OPERATOR}x`), "password_wrong"],
  ["a password in another case", basic(`operator:${OPERATOR.toUpperCase()}`), "password_wrong"],
  ["an empty password", basic("operator:"), "password_wrong"],
  ["the password of the other user", basic(`viewer:${OPERATOR}`), "password_wrong"],
  ["another user", basic(`admin:${OPERATOR}`), "password_wrong"],
  ["no user", basic(`:${OPERATOR}`), "password_wrong"],
])("refuses %s", (_name, header, code) => {
  expect(() => open()(header, "::1")).toThrow(expect.objectContaining({ code }));
});

it("has no viewer without a password for one", () => {
  const authenticate = createAuthentication({ operator: OPERATOR, viewer: null });
  expect(() => authenticate(basic("viewer:"), "::1")).toThrow(expect.objectContaining({ code: "password_wrong" }));
});

it("looks at one password each six seconds from an address that sent ten wrong ones, and at those of others at once", () => {
  let time = 1_000_000;
  const authenticate = open(() => time);
  const codeOf = (header: string, address: string) => {
    try {
      return authenticate(header, address);
    } catch (error) {
      return error instanceof Error && "code" in error ? error.code : error;
    }
  };
  const wrong = basic("operator:wrong");
  for (let n = 0; n < 10; n += 1) expect(codeOf(wrong, "192.0.2.1")).toBe("password_wrong");
  expect(codeOf(wrong, "192.0.2.1")).toBe("too_many_wrong_passwords");
  expect(codeOf(as("operator").authorization, "192.0.2.1")).toBe("too_many_wrong_passwords");
  expect(codeOf(as("operator").authorization, "192.0.2.2")).toBe("operator");
  time += 6_000;
  expect(codeOf(wrong, "192.0.2.1")).toBe("password_wrong");
  expect(codeOf(wrong, "192.0.2.1")).toBe("too_many_wrong_passwords");
  time += 6_000;
  expect(codeOf(as("operator").authorization, "192.0.2.1")).toBe("operator");
});
