/** Requests that are wrong in some way, and what each is answered; of none is anything stored. */
import { PDF, TOKEN } from "./support.ts";

export interface Malformed {
  readonly name: string;
  /** POST by default. */
  readonly method?: string;
  /** `/imports` by default. */
  readonly path?: string;
  /** Over those of a right request; null leaves one out. */
  readonly headers?: Readonly<Record<string, string | null>>;
  /** By default one right import; null: none. */
  readonly body?: string | Uint8Array<ArrayBuffer> | null;
  readonly status: number;
  readonly code: string;
  /** The field that the one rejected row names. */
  readonly field?: string;
}

export const RIGHT = '{"email":"right@example.org"}';

const row = (fields: string) => `{"email":"secret.person@example.org",${fields}}`;
const invalid = { status: 422, code: "none_accepted" } as const;
const bytes = (...parts: readonly (string | readonly number[])[]) =>
  new Uint8Array(parts.flatMap((part) => (typeof part === "string" ? [...Buffer.from(part)] : part)));

const TOKENS: readonly Malformed[] = [
  { name: "no token", headers: { authorization: null }, status: 401, code: "token_missing" },
  { name: "a wrong token", headers: { authorization: `Bearer ${TOKEN}x` }, status: 401, code: "token_wrong" },
  {
    name: "a token that is cut",
    headers: { authorization: `Bearer ${TOKEN.slice(1)}` },
    status: 401,
    code: "token_wrong",
  },
  { name: "an empty token", headers: { authorization: "Bearer " }, status: 401, code: "token_missing" },
  {
    name: "the token as a password",
    headers: { authorization: `Basic ${btoa(`:${TOKEN}`)}` },
    status: 401,
    code: "token_missing",
  },
  { name: "the token without a scheme", headers: { authorization: TOKEN }, status: 401, code: "token_missing" },
  {
    name: "the token in the query",
    path: `/imports?token=${TOKEN}`,
    headers: { authorization: null },
    status: 401,
    code: "token_missing",
  },
  {
    name: "no token to look at an import",
    method: "GET",
    path: "/imports/1",
    body: null,
    headers: { authorization: null },
    status: 401,
    code: "token_missing",
  },
];

const ROUTES: readonly Malformed[] = [
  { name: "a wrong method", method: "PUT", status: 405, code: "method_not_allowed" },
  { name: "a list, which is not offered", method: "GET", body: null, status: 405, code: "method_not_allowed" },
  {
    name: "the removal of an import",
    method: "DELETE",
    path: "/imports/1",
    body: null,
    status: 405,
    code: "method_not_allowed",
  },
  { name: "an unknown path", path: "/import", status: 404, code: "not_found" },
  {
    name: "a path that climbs",
    method: "GET",
    path: "/imports/%2e%2e%2fhealth",
    body: null,
    status: 404,
    code: "import_unknown",
  },
  { name: "a path that cannot be read", method: "GET", path: "/imports/%zz", body: null, status: 400, code: "bad_url" },
  { name: "an id that is none", method: "GET", path: "/imports/abc", body: null, status: 404, code: "import_unknown" },
  { name: "an id below 1", method: "GET", path: "/imports/-1", body: null, status: 404, code: "import_unknown" },
  {
    name: "an id beyond all numbers",
    method: "GET",
    path: `/imports/${"9".repeat(19)}`,
    body: null,
    status: 404,
    code: "import_unknown",
  },
  {
    name: "an id with SQL",
    method: "GET",
    path: "/imports/1;drop%20table%20applicant_import",
    body: null,
    status: 404,
    code: "import_unknown",
  },
];

const BODIES: readonly Malformed[] = [
  {
    name: "another content type",
    headers: { "content-type": "text/plain" },
    status: 415,
    code: "unsupported_media_type",
  },
  {
    name: "a form",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: "email=a%40example.org",
    status: 415,
    code: "unsupported_media_type",
  },
  { name: "a body in gzip", headers: { "content-encoding": "gzip" }, status: 415, code: "unsupported_encoding" },
  { name: "no body", body: null, status: 400, code: "empty_body" },
  { name: "an empty body", body: "", status: 400, code: "empty_body" },
  { name: "spaces alone", body: "  \n", status: 400, code: "malformed_json" },
  { name: "half an object", body: '{"email":"secret.person@example.org"', status: 400, code: "malformed_json" },
  { name: "CSV", body: "email\nsecret.person@example.org\n", status: 400, code: "malformed_json" },
  { name: "JSON lines", body: `${RIGHT}\n${RIGHT}`, status: 400, code: "malformed_json" },
  { name: "a comma too many", body: `[${RIGHT},]`, status: 400, code: "malformed_json" },
  {
    name: "Latin-1",
    body: bytes('{"email":"a@example.org","first_name":"L', [0xe9], 'a"}'),
    status: 400,
    code: "malformed_json",
  },
  {
    name: "UTF-16",
    body: bytes([0xff, 0xfe], [...Buffer.from(RIGHT, "utf16le")]),
    status: 400,
    code: "malformed_json",
  },
  {
    name: "a NUL byte in a string",
    body: bytes('{"email":"a@example.org","first_name":"L', [0], 'a"}'),
    status: 400,
    code: "malformed_json",
  },
  { name: "JSON null", body: "null", status: 422, code: "not_imports" },
  { name: "a JSON number", body: "42", status: 422, code: "not_imports" },
  { name: "a JSON string", body: '"secret.person@example.org"', status: 422, code: "not_imports" },
  { name: "imports that are text", body: '{"imports":"all"}', status: 422, code: "not_imports" },
  { name: "an empty array", body: "[]", status: 422, code: "no_imports" },
  { name: "an array of arrays", body: `[[${RIGHT}]]`, ...invalid, field: "import" },
  { name: "an array of null", body: "[null]", ...invalid, field: "import" },
  { name: "an empty object", body: "{}", ...invalid, field: "email" },
  { name: "imports beside another field", body: `{"imports":[${RIGHT}],"dry":1}`, ...invalid, field: "email" },
  {
    name: "1,001 imports",
    body: `[${Array.from({ length: 1_001 }, () => RIGHT).join(",")}]`,
    status: 413,
    code: "too_many_imports",
  },
  {
    name: "nested too deep",
    body: row(`"first_name":${"[".repeat(2_000_000)}${"]".repeat(2_000_000)}`),
    status: 422,
    code: "nested_too_deep",
  },
  {
    name: "nested just a little too deep",
    body: `[${row('"first_name":[[[[[[[["x"]]]]]]]]')}]`,
    status: 422,
    code: "nested_too_deep",
  },
  { name: "millions of values", body: `[${"0,".repeat(3_000_000)}0]`, status: 413, code: "too_many_values" },
  {
    name: "21 MB",
    body: `{"email":"a@example.org","first_name":"${"x".repeat(21_000_000)}"}`,
    status: 413,
    code: "body_too_large",
  },
];

const ROWS: readonly Malformed[] = [
  { name: "a NUL in a string", body: row('"first_name":"L\\u0000a"'), ...invalid, field: "first_name" },
  { name: "half a surrogate pair", body: row('"first_name":"\\ud83d"'), ...invalid, field: "first_name" },
  { name: "half a surrogate pair in an address", body: '{"email":"a\\udc00@example.org"}', ...invalid, field: "email" },
  { name: "an unknown field", body: row('"fist_name":"Lea"'), ...invalid, field: "fist_name" },
  {
    name: "a field with the name of a person",
    body: row('"secret.person@example.org":1'),
    ...invalid,
    field: "(unknown)",
  },
  { name: "__proto__", body: row('"__proto__":{"company_id":1}'), ...invalid, field: "__proto__" },
  { name: "constructor", body: row('"constructor":{"prototype":{"x":1}}'), ...invalid, field: "constructor" },
  { name: "a name that is an object", body: row('"last_name":{}'), ...invalid, field: "last_name" },
  {
    name: "a flag that is none",
    body: row('"is_campaign_alert_active":"perhaps"'),
    ...invalid,
    field: "is_campaign_alert_active",
  },
  { name: "a name without end", body: row(`"first_name":"${"x".repeat(300)}"`), ...invalid, field: "first_name" },
  { name: "a formula", body: row('"last_name":"=cmd|calc"'), ...invalid, field: "last_name" },
  { name: "no address", body: '{"first_name":"Lea"}', ...invalid, field: "email" },
  { name: "an address that is none", body: '{"email":"secret person"}', ...invalid, field: "email" },
  { name: "consent in the future", body: row('"consent_at":"2999-01-01"'), ...invalid, field: "consent_at" },
  { name: "a campaign, for a customer", body: row('"campaign_id":3'), ...invalid, field: "campaign_id" },
  { name: "bad base64", body: row('"resume":{"base64":"%%%"}'), ...invalid, field: "resume" },
  {
    name: "base64 without its padding",
    body: row(`"resume":{"base64":"${PDF.replace(/=*$/, "")}A"}`),
    ...invalid,
    field: "resume",
  },
  {
    name: "a data: prefix",
    body: row(`"resume":{"base64":"data:application/pdf;base64,${PDF}"}`),
    ...invalid,
    field: "resume",
  },
  {
    name: "a CV whose signature is wrong",
    body: row(`"resume":{"base64":"${btoa("MZ no PDF at all")}"}`),
    ...invalid,
    field: "resume",
  },
  { name: "an empty CV", body: row('"resume":{"base64":""}'), ...invalid, field: "resume" },
  { name: "a CV as text", body: row(`"resume":"${PDF}"`), ...invalid, field: "resume" },
  {
    name: "a CV with a file name",
    body: row(`"resume":{"base64":"${PDF}","filename":"lea.pdf"}`),
    ...invalid,
    field: "resume",
  },
  { name: "a huge CV", body: row(`"resume":{"base64":"${"JVBE".repeat(500_000)}"}`), ...invalid, field: "resume" },
];

const KEYS: readonly Malformed[] = [
  {
    name: "an Idempotency-Key that is too long",
    headers: { "idempotency-key": "k".repeat(201) },
    status: 400,
    code: "bad_idempotency_key",
  },
  { name: "an empty Idempotency-Key", headers: { "idempotency-key": "" }, status: 400, code: "bad_idempotency_key" },
  {
    name: "an Idempotency-Key with a space",
    headers: { "idempotency-key": "a b" },
    status: 400,
    code: "bad_idempotency_key",
  },
  {
    name: "an Idempotency-Key beyond ASCII",
    headers: { "idempotency-key": "clé" },
    status: 400,
    code: "bad_idempotency_key",
  },
];

export const MALFORMED: readonly Malformed[] = [...TOKENS, ...ROUTES, ...BODIES, ...ROWS, ...KEYS];
