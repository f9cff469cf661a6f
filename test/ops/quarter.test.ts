import { expect, test } from "vitest";
import { BEGIN, END, EVENTS, NIGHTS, QUARTER } from "./quarter.ts";

const night = (number: number) => QUARTER.find((one) => one.night === number);

test("the quarter has 90 nights, each event in its own, and weekends without managers", () => {
  expect(QUARTER).toHaveLength(NIGHTS);
  for (const { name, nights } of EVENTS) {
    expect(QUARTER.filter(({ event }) => event === name).map((one) => one.night)).toEqual(
      Array.from({ length: nights[1] - nights[0] + 1 }, (_, n) => nights[0] + n),
    );
  }
  expect(night(5)?.runs.map(({ resource }) => resource)).toEqual(["campaigns", "applications"]);
});

test("a night is due at two in Paris, in winter and in summer, and not at all when summer time begins", () => {
  expect(night(61)?.runs[0]?.dueAt.toISOString()).toBe("2027-03-27T01:00:00.000Z");
  expect(night(62)).toMatchObject({ date: "2027-03-28", runs: [] });
  expect(night(63)?.runs[0]?.dueAt.toISOString()).toBe("2027-03-29T00:00:00.000Z");
});

test("every run ends within the quarter, after it began", () => {
  const runs = QUARTER.flatMap(({ runs: some }) => some);
  expect(runs.filter(({ startedAt, finishedAt }) => startedAt >= finishedAt)).toEqual([]);
  expect(runs.filter(({ startedAt, finishedAt }) => startedAt < BEGIN || finishedAt > END)).toEqual([]);
});
