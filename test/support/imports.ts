import { addImports, type AddedImport } from "../../src/outbox/intake/add.ts";
import { checkImport } from "../../src/outbox/import/check.ts";
import type { World } from "./world.ts";
import { loadConfig } from "../../src/config/config.ts";
import { outboxOptionsOf } from "../../src/outbox/context.ts";

/** A person that a test imports: what it does not name is left out. */
export type Person = Readonly<Record<string, unknown>>;

/** Puts people into the outbox of a world as an intake does; each must be accepted. */
export async function importPeople(
  world: Pick<World, "database" | "env">,
  people: readonly Person[],
  bulk = false,
): Promise<readonly AddedImport[]> {
  const options = outboxOptionsOf(loadConfig(world.env, { keys: false }));
  const rows = people.map((person) => {
    const checked = checkImport(person, options);
    if (!checked.ok) throw new Error(`A person of the test cannot be accepted: ${JSON.stringify(checked.faults)}`);
    return { input: checked.input, resume: null };
  });
  const added = await addImports(world.database, options, { intake: "http", bulk }, rows);
  return added.map((one) => {
    if ("fault" in one) throw new Error(`A person of the test cannot be accepted: ${JSON.stringify(one.fault)}`);
    return one;
  });
}

/** Ten people, each named four times: by two keys for one campaign, by one for another, and by none. Returns how many imports. */
export async function importSamePeople(world: Pick<World, "database" | "env" | "sandbox">): Promise<number> {
  const [first, second] = world.sandbox.data.campaigns.all().filter(({ status }) => status === "online");
  const wanted = { company_id: first?.company_id, campaign_id: first?.id };
  const people = Array.from({ length: 10 }, (_, n) => `person-${n}@example.org`).flatMap((email): Person[] => [
    { email, ...wanted, key: `${email} 1` },
    { email, ...wanted, key: `${email} 2` },
    { email, ...wanted, campaign_id: second?.id, key: `${email} 3` },
    { email: email.toUpperCase(), ...wanted },
  ]);
  await importPeople(world, people);
  return people.length;
}
