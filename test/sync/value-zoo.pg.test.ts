import * as fc from "fast-check";
import { expect, it } from "vitest";
import { tableNames } from "../../src/mirror/tables.ts";
import { resources } from "../../src/sync/resources.ts";
import { useDatabase } from "../support/database.ts";
import { withEnds } from "../support/ends.ts";
import { openReader } from "../support/list-double.ts";
import { listsOf, ZOO, type ZooResource } from "../support/zoo.ts";

const RUNS = 20;
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
function rowsOf(
  resource: ZooResource,
  account: string,
): Promise<readonly ({ readonly id: bigint } & Readonly<Record<string, unknown>>)[]> {
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

const lists = fc.constantFrom(...RESOURCES).chain((resource) =>
  listsOf(resource).map(({ first, later }) => {
    // Without it, a failure would print megabytes.
    const toString = () => `${resource}: ${first.length} rows`;
    return { resource, first, later, toString };
  }),
);

it("one value never stops a list: what is good is mirrored, what is not is accounted for, and nothing is asked for again", async () => {
  for (const resource of RESOURCES) await refuseMarked(resource);
  await fc.assert(
    fc.asyncProperty(lists, ({ resource, first, later }) =>
      withEnds(async (onEnd) => {
        const account = `zoo-${(accounts += 1)}`;
        const reader = await openReader(database(), account, { detailsPerRun: 0, onEnd });
        onEnd(async () => {
          for (const name of tableNames)
            await database().$executeRawUnsafe(`delete from public.${name} where account = $1`, account);
        });
        const known = new Set<number>();
        for (const rows of [first, later, later]) {
          const before = reader.requests.length;
          reader.source.items = rows.map(({ text }) => text);
          const run = await reader.read(resource);
          expect(run).toMatchObject({ state: "proven", proof: { candidates: 0 } });
          expect(reader.requests.length - before).toBeLessThanOrEqual(Math.ceil(rows.length / PAGE) + 1);

          for (const { id, fate } of rows) if (id !== null && fate === "mirrored") known.add(id);
          const found = await rowsOf(resource, account);
          expect(ids(found)).toEqual([...known].toSorted((a, b) => a - b));
          const marks = new Map(found.map((row) => [Number(row.id), { ...row }[ZOO[resource].mark]]));
          for (const { id } of rows.filter(({ isGood }) => isGood)) expect(marks.get(id ?? 0)).toBe(`good ${id}`);

          const kept = await database().quarantine.findMany({ where: { account, part: null, resolvedAt: null } });
          const refused = rows.filter(({ fate }) => fate === "quarantined");
          expect(ids(kept.map(({ rowId }) => ({ id: rowId })))).toEqual(ids(refused));
          const withoutId = kept.filter(({ rowId }) => rowId === null).reduce((sum, { copies }) => sum + copies, 0);
          expect(withoutId).toBe(rows.filter(({ id }) => id === null).length);
        }
      }),
    ),
    { numRuns: RUNS, endOnFailure: true },
  );
}, 180_000);
