import { describeName, asciiOf } from "./generate-people.ts";
import type { Dice } from "./random.ts";
import type { SandboxEntity, SandboxManager, SandboxUnit } from "./rows.ts";
import { ENTITY_NAMES, UNIT_NAMES } from "./vocabulary.ts";

const DAY_MS = 86_400_000;
const MANAGERS = 6;
const FIRST_MANAGER_ID = 101;
const FIRST_UNIT_ID = 11;

export interface Organisation {
  readonly entities: readonly SandboxEntity[];
  readonly units: readonly SandboxUnit[];
  readonly managers: readonly SandboxManager[];
}

/** The short lists beside the campaigns, ids consecutive and in order of creation: four entities, three units each, six managers. */
export function generateOrganisation(dice: Dice, start: number): Organisation {
  const before = start - 100 * DAY_MS;
  const entities = ENTITY_NAMES.map((name, index) => ({
    id: 1 + index,
    name,
    reference: `ENT-${index + 1}`,
    color: "#515A53",
    created_at: before + index * DAY_MS,
  }));
  const units = entities.flatMap((entity, position) =>
    UNIT_NAMES.map((name, index) => ({
      id: FIRST_UNIT_ID + position * UNIT_NAMES.length + index,
      entity_id: entity.id,
      name: `${name} ${entity.name}`,
      reference: `UNI-${entity.id}-${index + 1}`,
      created_at: entity.created_at + (index + 1) * 3_600_000,
    })),
  );
  const managers = Array.from({ length: MANAGERS }, (_, index) => {
    const id = FIRST_MANAGER_ID + index;
    const { first, last } = describeName(dice, id);
    return {
      id,
      email: `${asciiOf(first)}.${asciiOf(last)}.manager${index + 1}@example.org`,
      first_name: first,
      last_name: last,
      locale: "fr",
      credentials: 1 + (index % 4),
      unit_ids: units.filter((unit) => unit.id % MANAGERS === index).map((unit) => unit.id),
      created_at: before + index * DAY_MS,
    };
  });
  return { entities, units, managers };
}
