import * as fc from "fast-check";
import type { ResourceName } from "../../src/sync/resources.ts";

/** A value as JSON text; `deep`: nested further than any row may be. */
interface ZooValue {
  readonly text: string;
  readonly deep?: true;
}

/** A row of a list: `id` null where it has none that can be read. */
export interface ZooRow {
  readonly id: number | null;
  readonly text: string;
  /** What is to become of one with an id. */
  readonly fate: "mirrored" | "quarantined";
  readonly isGood: boolean;
}

/** The column of each resource that tells good rows apart, the fields that odd values are put into, and its links. */
export const ZOO = {
  campaigns: {
    mark: "name",
    links: [],
    fields: ["status", "salary_min", "created_at", "address", "tags", "entity", "stages", "is_draft"],
  },
  applications: {
    mark: "source",
    links: ["applicant", "campaign"],
    fields: [
      "status",
      "status_changed_at",
      "current_stage",
      "is_complete",
      "applicant",
      "campaign",
      "tags",
      "comments",
      "campaign_id",
    ],
  },
  applicants: {
    mark: "first_name",
    links: [],
    fields: ["email", "phone_number", "created_at", "address", "pools", "locale", "company"],
  },
  managers: {
    mark: "first_name",
    links: [],
    fields: ["email", "credentials", "created_at", "company_id", "phone_code"],
  },
  entities: { mark: "name", links: [], fields: ["reference", "color", "created_at", "company_id"] },
} as const satisfies Partial<
  Record<ResourceName, { mark: string; links: readonly string[]; fields: readonly string[] }>
>;

export type ZooResource = keyof typeof ZOO;

const ODD_KEYS = [
  "__proto__",
  "constructor",
  "toJSON",
  "toString",
  "valueOf",
  "hasOwnProperty",
  "then",
  "length",
  "",
  "\0",
  "\ud800",
  "x\udc00y",
  "completed",
  "hash",
  "raw",
  "account",
];
const DATES = [
  "0000-01-01T00:00:00+01:00",
  "0000-00-00",
  "0001-01-01",
  "0001-01-01T00:00:00+15:59",
  "-000044-03-15T00:00:00Z",
  "9999-12-31T23:59:59-05:00",
  "9999-12-31T24:00:00Z",
  "10000-01-01",
  "+275760-09-13T00:00:00Z",
  "2026-12-31T23:59:60Z",
  "2026-02-30",
  "2026-06-01T12:00:00-15:59",
  "2026-06-01 12:00 UTC",
  "infinity",
  "-infinity",
  "now",
  "epoch",
  "294276-12-31",
  "4713-01-01 BC",
];
const NUMBERS = [
  "1e400",
  "-1e400",
  "-0",
  "1e-400",
  "5e-324",
  "1.7976931348623157e308",
  "9223372036854775807",
  "9223372036854775808",
  "-9223372036854775809",
  "18446744073709551616",
  "2147483648",
  "32768",
  "0.1e1",
  "123456789012345678901234567890.5",
];
const SCALARS = [
  "null",
  "true",
  "false",
  "{}",
  "[]",
  '{"id":{}}',
  '{"id":"x"}',
  '{"id":5}',
  "[[],{}]",
  '{"name":null}',
  '[null,"\\u0000",{"value":[]}]',
];
const PIECES = [
  "a",
  "é",
  "你",
  "😀",
  '"',
  "\\",
  "\0",
  "\u0007",
  "\u001b",
  "\u202e",
  "\ufeff",
  "\ud800",
  "\udfff",
  "\u2028",
  "'",
  "$1",
];

const quoted = (text: string): string => JSON.stringify(text);
const nested = (depth: number, open: string, close: string): ZooValue => ({
  text: open.repeat(depth) + close.repeat(depth),
  deep: true,
});
const texts = fc
  .record({
    pieces: fc.array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 6 }),
    size: fc.constantFrom(0, 1, 40, 2_700, 10_000, 60_000),
  })
  .map(({ pieces, size }) => pieces.join("").repeat(Math.ceil(size / pieces.length)));

const values: fc.Arbitrary<ZooValue> = fc.oneof(
  { weight: 30, arbitrary: fc.constantFrom(...DATES).map((date) => ({ text: quoted(date) })) },
  { weight: 20, arbitrary: fc.constantFrom(...NUMBERS).map((text) => ({ text })) },
  { weight: 10, arbitrary: fc.constantFrom(...NUMBERS).map((text) => ({ text: quoted(text) })) },
  { weight: 15, arbitrary: fc.constantFrom(...SCALARS).map((text) => ({ text })) },
  { weight: 20, arbitrary: texts.map((text) => ({ text: quoted(text) })) },
  { weight: 10, arbitrary: fc.json({ maxDepth: 6 }).map((text) => ({ text })) },
  { weight: 3, arbitrary: fc.constantFrom(501, 3_000, 20_000).map((depth) => nested(depth, "[", "]")) },
  { weight: 2, arbitrary: fc.constantFrom(501, 20_000).map((depth) => nested(depth, '{"a":[', "]}")) },
  {
    weight: 3,
    arbitrary: fc.constantFrom<ZooValue>(
      { text: quoted("9".repeat(200_000)) },
      { text: quoted(`0.${"1".repeat(20_000)}`) },
      { text: `[${Array.from({ length: 20_000 }, (_, i) => i).join(",")}]` },
      { text: `{${Array.from({ length: 10_000 }, (_, i) => `"key ${i}":${i}`).join(",")}}` },
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<ZooValue>({ text: quoted("x\0".repeat(500_000)) }, nested(1_000_000, "[", "]")),
  },
);

const UNREADABLE_IDS = [
  "null",
  '""',
  '"x"',
  "-1",
  "1.5",
  "1e400",
  "9223372036854775808",
  '"9223372036854775808"',
  "[7]",
  '{"$oid":"5f"}',
  '"7 8"',
  '"\\u00007"',
];

type Kind =
  | { readonly kind: "good" }
  | { readonly kind: "odd"; readonly pairs: readonly (readonly [string, ZooValue])[] }
  | { readonly kind: "refused"; readonly state: string }
  | { readonly kind: "no object"; readonly value: ZooValue }
  | { readonly kind: "no id"; readonly value: string };

function kindsOf(resource: ZooResource) {
  const keys = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom<string>(...ZOO[resource].fields) },
    { weight: 1, arbitrary: fc.constantFrom(...ODD_KEYS) },
  );
  const odd = fc.array(fc.tuple(keys, values), { minLength: 1, maxLength: 4 });
  const states = fc.constantFrom("22003", "54000", "23514", "XX000", "P0001");
  const withId: fc.Arbitrary<Kind> = fc.oneof(
    { weight: 12, arbitrary: fc.constant({ kind: "good" } as const) },
    { weight: 6, arbitrary: odd.map((pairs) => ({ kind: "odd", pairs }) as const) },
    { weight: 1, arbitrary: states.map((state) => ({ kind: "refused", state }) as const) },
  );
  const withoutId: fc.Arbitrary<Kind> = fc.oneof(
    values.map((value) => ({ kind: "no object", value }) as const),
    fc.constantFrom(...UNREADABLE_IDS).map((value) => ({ kind: "no id", value }) as const),
  );
  return { withId, all: fc.oneof({ weight: 19, arbitrary: withId }, { weight: 2, arbitrary: withoutId }) };
}

function rowOf(resource: ZooResource, id: number, row: Kind): ZooRow {
  const { mark, links } = ZOO[resource];
  const named = (name: string) => `{"id":${id},${quoted(mark)}:${quoted(name)}`;
  switch (row.kind) {
    case "good":
      return { id, text: `${named(`good ${id}`)}}`, fate: "mirrored", isGood: true };
    case "refused":
      return { id, text: `${named(`refuse ${row.state}`)}}`, fate: "quarantined", isGood: false };
    case "no object":
      return { id: null, text: `[${row.value.text}]`, fate: "quarantined", isGood: false };
    case "no id":
      return { id: null, text: `{"id":${row.value}}`, fate: "quarantined", isGood: false };
    case "odd": {
      const pairs = row.pairs.map(([key, { text }]) => `,${quoted(key)}:${text}`).join("");
      // Of a key that stands twice, the last one counts; embedded objects that are links are not kept.
      const isDeep = [...new Map(row.pairs)].some(
        ([key, { deep }]) => deep === true && !links.some((link) => link === key),
      );
      const fate = isDeep ? "quarantined" : "mirrored";
      return { id, text: `${named(`odd ${id}`)}${pairs}}`, fate, isGood: false };
    }
    default:
      return row satisfies never;
  }
}

/**
 * A list of a resource, and the same rows as they are later. A row whose mark begins with `refuse` is one that the test's
 * table refuses.
 */
export function listsOf(resource: ZooResource) {
  const { all, withId } = kindsOf(resource);
  return fc.array(fc.tuple(all, withId), { minLength: 1, maxLength: 130 }).map((pairs) => {
    const first = pairs.map(([kind], i) => rowOf(resource, pairs.length - i, kind));
    const later = pairs.map(([, kind], i) => {
      const before = first[i];
      return before === undefined || before.id === null ? before : rowOf(resource, before.id, kind);
    });
    return { first, later: later.flatMap((row) => row ?? []) };
  });
}
