import { expect, it } from "vitest";
import { inTransaction } from "../../src/database/client.ts";
import { lockImport } from "../../src/outbox/import/row.ts";
import { useDatabase } from "../support/database.ts";

const database = useDatabase();
const AT = new Date("2026-02-28T23:59:59.123Z");
const REQUIRED = { account: "test", source: "été", intake: "http", person: Buffer.of(0, 255) };

it.each([
  [
    "a value in each kind of column",
    {
      companyId: 2n ** 62n,
      consent_at: AT,
      is_partner_newsletter_active: false,
      existsThere: true,
      lookupPage: 70_000,
      resends: 1,
      waived: ["a,b", 'c"d', "{}"],
    },
  ],
  ["no value where none is needed", {}],
])("a row with %s is locked as the row that Prisma reads", async (email, more) => {
  const { id } = await database().applicantImport.create({ data: { ...REQUIRED, email, ...more } });
  const read = await database().applicantImport.findUniqueOrThrow({ where: { id } });
  expect(await inTransaction(database(), (tx) => lockImport(tx, "test", id))).toStrictEqual(read);
  expect(await inTransaction(database(), (tx) => lockImport(tx, "another", id))).toBeNull();
});
