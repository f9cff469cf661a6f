import { expect, it } from "vitest";
import { unmappedStatuses } from "../../src/ops/state/decided.ts";
import { useDatabase } from "../support/database.ts";

const database = useDatabase();

it("statuses that reports do not know count since the first was seen, until somebody has decided about each", async () => {
  const account = `ops_${crypto.randomUUID().slice(0, 8)}`;
  const at = (day: number) => new Date(`2026-11-0${day}T08:00:00Z`);
  const seen = (status: string, day: number, more: object = {}) => ({
    account,
    status,
    firstSeenAt: at(day),
    ...more,
  });
  const rows = [
    seen("Entretien", 1, { category: "interview" }),
    seen("Pool", 2, { isGuessed: false }),
    seen("Vivier", 4),
    seen("Hors cible", 3),
    { ...seen("Vivier", 1), account: `${account}_b` },
  ];
  await database().statusCategory.createMany({ data: rows });
  expect(await unmappedStatuses(database(), account)).toEqual({ count: 2, since: at(3) });
  await database().statusCategory.updateMany({ where: { account }, data: { isGuessed: false } });
  expect(await unmappedStatuses(database(), account)).toEqual({ count: 0, since: null });
});
