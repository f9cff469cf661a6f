/** Times as people write them on a command line. Pure. */
import { unitMs } from "../../platform/text.ts";
import { timeOfWall } from "../../platform/time-zone.ts";

interface Reading {
  /** IANA name. */
  readonly timezone: string;
  readonly now: Date;
  /** What a day without a time stands for: its beginning, or its end. */
  readonly edge: "from" | "to";
}

const DAY_MS = 86_400_000;
/** Postgres reads no year before the first as JavaScript writes it. */
const EARLIEST = Date.parse("0001-01-03T00:00:00Z");

/**
 * Reads a duration before now (`90m`, `2h`, `3d`, `1w`), a day (`2026-11-24`, `24/11/2026`), or a day and a time (`2026-11-24 14:30`), with
 * or without an offset from UTC. Returns null for anything else, and for what no calendar has.
 */
export function readMoment(text: string, reading: Reading): Date | null {
  const at = readTime(text, reading);
  return at !== null && at.getTime() >= EARLIEST ? at : null;
}

/** What it reads may be no time at all, such as that of an offset of 99 hours. */
function readTime(text: string, { timezone, now, edge }: Reading): Date | null {
  const written = text.trim();
  const [, count, unit] = /^(\d{1,6})\s?([mhdw])$/.exec(written) ?? [];
  if (count !== undefined) return new Date(now.getTime() - Number(count) * unitMs(unit));
  const iso = written.replace(/^(\d\d?)[/.](\d\d?)[/.](\d{4})/, (_, day: string, month: string, year: string) =>
    [year, month.padStart(2, "0"), day.padStart(2, "0")].join("-"),
  );
  const [, day, time, offset] =
    /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?)(Z|[+-]\d\d:?\d\d)?)?$/i.exec(iso) ?? [];
  if (day === undefined) return null;
  const wall = new Date(`${day}T${time ?? "00:00"}Z`);
  // JavaScript reads 31 February as 3 March.
  if (Number.isNaN(wall.getTime()) || !wall.toISOString().startsWith(day)) return null;
  if (offset !== undefined) return new Date(`${day}T${time}${offset.toUpperCase().replace(/(\d\d)(\d\d)$/, "$1:$2")}`);
  const shown = time === undefined && edge === "to" ? wall.getTime() + DAY_MS : wall.getTime();
  return new Date(timeOfWall(shown, timezone));
}
