import { decodeJwt, decodeProtectedHeader, jwtVerify } from "jose";
import { expect, test } from "vitest";
import { expiryOf, readToken, signToken } from "../../src/api/request/jwt.ts";
import { PRIVATE_KEY, SECRET_KEY } from "./support/client.ts";

const now = Date.parse("2026-03-01T10:00:00Z");
const credentials = { privateKey: PRIVATE_KEY, secretKey: SECRET_KEY, audience: "https://sandbox.example.com" };

test("a signed token is HS256 over the secret key as it is written", async () => {
  const { value } = await signToken(credentials, now);
  const key = new TextEncoder().encode(SECRET_KEY);
  await expect(jwtVerify(value, key, { currentDate: new Date(now), algorithms: ["HS256"] })).resolves.toBeDefined();
  expect(decodeProtectedHeader(value)).toEqual({ alg: "HS256", typ: "JWT" });
});

test("a signed token names issuer and audience, is dated back a little and lives four hours", async () => {
  const { value, expiresAt } = await signToken(credentials, now);
  const iat = now / 1000 - 5;
  expect(decodeJwt(value)).toEqual({ iss: PRIVATE_KEY, aud: "https://sandbox.example.com", iat, exp: iat + 14_400 });
  expect(expiresAt).toBe((iat + 14_400) * 1000);
});

const token = "aaaa.bbbb.cc-_cc";
test.each([
  ["a text", token],
  ["a text with Bearer", `Bearer ${token}\n`],
  ["a JSON string", JSON.stringify(token)],
  ["jwt", JSON.stringify({ jwt: token })],
  ["token", JSON.stringify({ token, expires_in: 14_400 })],
  ["access_token", JSON.stringify({ token_type: "bearer", access_token: token })],
  ["authorization with Bearer", JSON.stringify({ authorization: `Bearer ${token}` })],
  ["jwt under data", JSON.stringify({ data: { jwt: token } })],
  ["token under data", JSON.stringify({ data: { token } })],
  ["access_token under data", JSON.stringify({ data: { access_token: token } })],
  ["authorization under data", JSON.stringify({ data: { authorization: `bearer ${token}` } })],
  ["data alone", JSON.stringify({ data: token })],
])("finds the token in %s", (_, body) => {
  expect(readToken(body)).toEqual({ token });
});

test("names the fields received where none is a token of three parts", () => {
  const body = JSON.stringify({ jwt: "opaque", data: { token: "a.b", user: "ann@example.com" } });
  expect(readToken(body)).toEqual({ fields: ["jwt", "data", "data.token", "data.user"] });
  expect(readToken("no")).toEqual({ fields: [] });
});

const withClaims = (claims: object): string => `e30.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.c2ln`;
test.each([
  ["by its life, since the server's clock may differ", withClaims({ iat: 1000, exp: 1600 }), now + 600_000],
  ["at its exp where it has no iat", withClaims({ exp: now / 1000 + 600 }), now + 600_000],
  ["after four hours where it says nothing", withClaims({}), now + 4 * 3_600_000],
  ["after four hours where it cannot be read", "a.b.c", now + 4 * 3_600_000],
])("a received token ends %s", (_, received, expected) => {
  expect(expiryOf(received, now)).toBe(expected);
});
