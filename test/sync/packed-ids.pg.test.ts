import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { packIds } from "../../src/sync/reading/page-rows.ts";
import { useDatabase } from "../support/database.ts";

const database = useDatabase();
const ids = fc.array(fc.oneof(fc.bigInt(1n, 300n), fc.bigInt(1n, 2n ** 63n - 1n)), { maxLength: 50 });

async function unpacked(packed: Uint8Array<ArrayBuffer>): Promise<readonly bigint[]> {
  const rows = await database().$queryRaw<{ id: bigint }[]>`
    select id from public.unpack_ids(${packed}) with ordinality as ids (id, ordinal) order by ordinal`;
  return rows.map(({ id }) => id);
}

describe("the ids of a page", () => {
  it("come back from the database as they were packed, whatever they are and in their order", async () => {
    await fc.assert(
      fc.asyncProperty(ids, async (some) => {
        expect(await unpacked(packIds(some.map(String)))).toEqual(some);
      }),
    );
  });

  it("that are neighbours need a byte each, but for the first", () => {
    const page = Array.from({ length: 50 }, (_, i) => String(1_000_000 - 3 * i));
    expect(packIds(page).length).toBe(3 + 49);
  });
});
