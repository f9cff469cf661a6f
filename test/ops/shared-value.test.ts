import { expect, it } from "vitest";
import { createShared } from "../../src/ops/state/shared-value.ts";

/** Values 1, 2, 3… by a clock that stands where it is set. */
function numbers() {
  let [read, at] = [0, 0];
  const hanging = new Set<number>();
  const shared = createShared(
    () => {
      read += 1;
      return hanging.has(read) ? new Promise<number>(() => {}) : Promise.resolve(read);
    },
    { keptMs: 10_000, staleMs: 0, now: () => at },
  );
  return { shared, hanging, reads: () => read, set: (ms: number) => (at = ms) };
}

it("is read once for all who ask within ten seconds", async () => {
  const { shared, set } = numbers();
  expect(await Promise.all([shared.get(), shared.get()])).toEqual([1, 1]);
  set(9_999);
  expect(await shared.get()).toBe(1);
  set(10_000);
  expect(await shared.get()).toBe(2);
});

it("was read beforehand, and is read anew for the first who asks", async () => {
  const { shared, set } = numbers();
  await shared.renew();
  expect(await shared.get()).toBe(2);
  set(9_999);
  expect(await shared.get()).toBe(2);
  await shared.renew();
  expect(await shared.get()).toBe(4);
});

it("is shown as it was read beforehand where reading it anew takes long", async () => {
  const { shared, hanging, set, reads } = numbers();
  await shared.renew();
  hanging.add(2);
  set(9_000);
  expect(await shared.get()).toBe(1);
  expect(await shared.get()).toBe(1);
  expect(reads()).toBe(2);
});
