import { expect, test } from "vitest";
import { refuseFacts } from "../src/database/fitness.ts";
import { faultsOf } from "../src/queue/redis-health.ts";

/** What a Postgres of this version reports that is right otherwise. */
function postgres(version: number) {
  const right = { encoding: "UTF8", standby: false, replica: false, mayCreate: true, mayReport: true, ours: false };
  return { ...right, version, role: "app", database: "ats" };
}

test.each([90_624, 130_011, 140_099])("a Postgres of version %i is refused with the one that is needed", (version) => {
  expect(() => refuseFacts(postgres(version))).toThrow(/is version (9|13|14): 15 or newer is needed/);
});

test.each([150_000, 170_002, 180_000])("a Postgres of version %i is used", (version) => {
  expect(() => refuseFacts(postgres(version))).not.toThrow();
});

const redis = (version: string | null) =>
  faultsOf({ version, role: "master", policy: "noeviction", maxMemory: 0, usedMemory: 1, isPersistent: true });

test("a Redis older than 5 is refused, one that tells no version is used", () => {
  for (const old of ["2.8.24", "3.2.13", "4.0.14"]) {
    const message = `has version ${old}: the queue needs 5 or newer`;
    expect(redis(old)).toEqual([{ code: "redis_version", isFatal: true, message }]);
  }
  for (const good of ["5.0.0", "6.2.14", "7.4.1", "10.0.0", null]) expect(redis(good)).toEqual([]);
});
