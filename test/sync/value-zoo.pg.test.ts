import * as fc from "fast-check";
import { expect, it } from "vitest";
import { tableNames } from "../../src/mirror/tables.ts";
import { resources } from "../../src/sync/resources.ts";
import { useDatabase } from "../support/database.ts";
import { openReader } from "../support/list-double.ts";
import { listsOf, ZOO, type ZooResource } from "../support/zoo.ts";

const RUNS = 25;
const PAGE = 50;
const RESOURCES: readonly ZooResource[] = ["campaigns", "applications", "applicants", "managers", "entities"];

const database = useDatabase();
let accounts = 0;

/** Makes a table refuse rows that say so, as a constraint or trigger of somebody's own would. */
async function refuseMarked(resource: ZooResource): Promise<void> {
  const { mark } = ZOO[resource];
  const { name } = resources[resource].table;
  await database().$executeRawUnsafe(`
    create or replace function public.refuse_${name}() returns trigger language plpgsql as $$
    begin raise exception 'refused' using errcode = substr(new.${mark}, 8); end $$`);
  await database().$executeRawUnsafe(`
    create or replace trigger refuse before insert or update on public.${name}
    for each row when (new.${mark} like 'refuse %') execute function public.refuse_${name}()`);
}

/** Every column of every row of a table, as Prisma reads it. */
function rowsOf(resource: ZooResource, account: string): Promise<readonly { readonly id: bigint }[]> {
  const where = { account };
  const readers = {
    campaigns: () => database().campaign.findMany({ where }),
    applications: () => database().application.findMany({ where }),
    applicants: () => database().applicant.findMany({ where }),
    managers: () => database().manager.findMany({ where }),
    entities: () => database().entity.findMany({ where }),
  };
  return readers[resource]();
}

const ids = (rows: readonly { readonly id: number | bigint | null }[]) =>
  rows.flatMap(({ id }) => (id === null ? [] : [Number(id)])).toSorted((a, b) => a - b);

it("one value never stops a list: what is good is mirrored, what is not is accounted for, and nothing is asked for again", async () => {
  for (const resource of RESOURCES) await refuseMarked(resource);
  const lists = fc
    .constantFrom(...RESOURCES)
    .chain((resource) =>
      listsOf(resource).map((rows) => ({ resource, rows, toString: () => `${resource}: ${rows.length} rows` })),
    );
  await fc.assert(
    fc.asyncProperty(lists, async ({ resource, rows }) => {
      const account = `zoo-${(accounts += 1)}`;
      const ends: (() => Promise<void>)[] = [];
      const reader = await openReader(database(), account, { detailsPerRun: 0, onEnd: (end) => void ends.push(end) });
      try {
        reader.source.items = rows.map(({ text }) => text);
        const run = await reader.read(resource);
        const mirrored = rows.filter(({ id, fate }) => id !== null && fate === "mirrored");
        const refused = rows.filter(({ id, fate }) => id !== null && fate === "quarantined");
        expect(run).toMatchObject({ state: "proven", inserted: mirrored.length, updated: 0, unchanged: 0 });

        const pages = Math.ceil(rows.length / PAGE);
        expect(reader.requests.length).toBeLessThanOrEqual(pages + 1);

        const found = await rowsOf(resource, account);
        expect(ids(found)).toEqual(ids(mirrored));
        const marks = new Map(
          found.map((row) => [Number(row.id), Object.entries(row).find(([key]) => key === ZOO[resource].mark)?.[1]]),
        );
        for (const { id } of rows.filter(({ isGood }) => isGood)) expect(marks.get(id ?? 0)).toBe(`good ${id}`);

        const kept = await database().quarantine.findMany({ where: { account, part: null } });
        expect(ids(kept.map(({ rowId }) => ({ id: rowId })))).toEqual(ids(refused));
        const withoutId = kept.filter(({ rowId }) => rowId === null).reduce((sum, { copies }) => sum + copies, 0);
        expect(withoutId).toBe(rows.filter(({ id }) => id === null).length);

        const again = await reader.read(resource);
        expect(again).toMatchObject({ state: "proven", inserted: 0, updated: 0, quarantined: run.quarantined });
      } finally {
        for (const end of ends) await end();
        for (const name of tableNames)
          await database().$executeRawUnsafe(`delete from public.${name} where account = $1`, account);
      }
    }),
    { numRuns: RUNS, endOnFailure: true },
  );
}, 180_000);
