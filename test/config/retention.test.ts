import { describe, expect, test } from "vitest";
import { loadConfig } from "../../src/config/config.ts";

const read = (text: string) =>
  loadConfig({ RETENTION: text }, { keys: false }, { directory: "/srv/sync", terminal: false }).retention;

const FRANCE = {
  refused: "3 months",
  pool: "2 years",
  deleted: "1 month",
  history: "2 years",
  raw: "3 months",
  quarantine: "1 month",
  requests: "30 days",
};

describe("RETENTION", () => {
  test.each([
    ["refused=3 months, pool=2 years", { refused: "3 months", pool: "2 years" }, 30],
    ["refused=90 days", { refused: "90 days" }, 30],
    [
      "refused=1 day,pool=1 week,raw=1 month,history=1 year",
      { refused: "1 day", pool: "1 week", raw: "1 month", history: "1 year" },
      30,
    ],
    ["refused=1 days, pool=2 year", { refused: "1 day", pool: "2 years" }, 30],
    [
      "refused=3 mois, pool=2 ans, raw=6 semaines, requests=30 jours",
      { refused: "3 months", pool: "2 years", raw: "6 weeks", requests: "30 days" },
      30,
    ],
    [
      "pool=1 an, history=1 année, raw=2 ANNÉES, deleted=1 jour",
      { pool: "1 year", history: "1 year", raw: "2 years", deleted: "1 day" },
      30,
    ],
    ["  Refused =  3   Months ,POOL=2Years ", { refused: "3 months", pool: "2 years" }, 30],
    ["france", FRANCE, 30],
    ["FRANCE, refused=6 months, raw=off", { ...FRANCE, refused: "6 months", raw: undefined }, 30],
    ["france, notice=45 days", FRANCE, 45],
    ["refused=3 months, notice=1 jour", { refused: "3 months" }, 1],
    ["requests=1 week", { requests: "1 week" }, 30],
  ])("%o is read", (text, periods, noticeDays) => {
    expect(read(text)).toEqual({ periods: expect.objectContaining(JSON.parse(JSON.stringify(periods))), noticeDays });
    expect(Object.keys(read(text)?.periods ?? {}).toSorted()).toEqual(
      Object.entries(periods)
        .flatMap(([clock, period]) => (period === undefined ? [] : [clock]))
        .toSorted(),
    );
  });

  test.each(["off", "OFF", " off "])("%o keeps everything", (text) => {
    expect(read(text)).toBeNull();
  });

  const PERIOD = "as one period such as 30 days, 6 weeks, 3 months or 2 years, or off";
  const FORM = 'off, france, or periods such as "refused=3 months, pool=2 years", also after france; the clocks are';

  test.each([
    ["refused=0 days", `refused ${PERIOD}`],
    ["refused=-3 months", `refused ${PERIOD}`],
    ["refused=+3 months", `refused ${PERIOD}`],
    ["refused=1.5 years", `refused ${PERIOD}`],
    ["refused=1,5 ans", FORM],
    ["refused=3", `refused ${PERIOD}`],
    ["refused=months", `refused ${PERIOD}`],
    ["refused=", `refused ${PERIOD}`],
    ["refused=three months", `refused ${PERIOD}`],
    ["refused=3m", `refused ${PERIOD}`],
    ["refused=3 min", `refused ${PERIOD}`],
    ["refused=24 hours", `refused ${PERIOD}`],
    ["refused=3 monate", `refused ${PERIOD}`],
    ["refused=P3M", `refused ${PERIOD}`],
    ["refused=1 year 6 months", `refused ${PERIOD}`],
    ["refused=1 year and 6 months", `refused ${PERIOD}`],
    ["refused=12345 days", `refused ${PERIOD}`],
    ["refused=3 months; pool=2 years", `refused ${PERIOD}`],
    ["refused=never", `refused ${PERIOD}`],
    ["refused=3 months, pool=forever, raw=x", `pool ${PERIOD}; raw ${PERIOD}`],
    ["refused=3 months, refused=4 months", "refused once"],
    ["notice=1 month", "notice in days, at least one"],
    ["notice=0 days", "notice in days, at least one"],
    ["france, notice=off", "notice in days, at least one"],
    ["requests=6 days", "requests of at least 7 days"],
    ["refuse=3 months", `(refuse is none)`],
    ["refusé=3 mois", `(refusé is none)`],
    ["france, candidates=3 months", `(candidates is none)`],
    ["refused: 3 months", FORM],
    ["3 months", FORM],
    ["=3 months", FORM],
    ["germany", FORM],
    ["off, refused=3 months", FORM],
    ["refused=3 months, france", FORM],
    ["france,", FORM],
    ["france france", FORM],
  ])("%o is refused with the clock and what to write", (text, expected) => {
    expect(() => read(text)).toThrow(expected);
  });
});
