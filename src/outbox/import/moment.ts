/** Dates and times as spreadsheets, people and programs write them. */
import { plainWords } from "../../platform/comparable.ts";
import { timeOfWall } from "../../platform/time-zone.ts";

/** The first letters of the months in their order, in French and English; `jui` is two of them. */
const MONTHS = ["jan", "f[ev]", "mar", "a[vp]r", "ma[iy]", "jui?n", "jui?l", "aou|aug", "sep", "oct", "nov", "dec"].map(
  (letters) => new RegExp(`^(?:${letters})`),
);

const SEPARATOR = String.raw`\s*[/.\s-]\s*`;
const DAY_FIRST = new RegExp(
  String.raw`^(?<day>\d{1,2})(?:er)?${SEPARATOR}(?<month>\d{1,2}|\p{L}{3,9})\.?${SEPARATOR}(?<year>\d{4}|\d{2})(?!\d)`,
  "u",
);
const YEAR_FIRST = /^(?<year>\d{4})[/.-](?<month>\d{1,2})[/.-](?<day>\d{1,2})(?!\d)/;
const TIME =
  /^(?<hour>\d{1,2})\s*[:h]\s*(?<minute>\d{2})?(?:\s*[:m]\s*(?<second>\d{2})(?:[.,](?<fraction>\d{1,9}))?\s*s?)?\s*(?<half>[ap]m)?$/i;
/** Postgres writes an offset of whole hours without minutes. */
const ZONE = /\s*(?<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2}|(?<=:\d{2}(?:[.,]\d+)?)[+-]\d{2})$/i;
const WEEKDAY = /^(?:le\s+)?(?:(?:lun|mar|mer|jeu|ven|sam|dim|mon|tue|wed|thu|fri|sat|sun)\p{L}*\.?,?\s+)?/iu;
/** `Nov 24, 2025`, as English programs write it. */
const MONTH_FIRST = /^(?<month>\p{L}{3,9})\.?\s(?<day>\d{1,2}),?\s(?<year>\d{4})(?!\d)/u;

/** `20251124` of SAP, `20251124T103211` of ISO 8601, `24112025` of French payrolls: no month is 20. */
const DIGITS = /^(?:(20\d{2})(0[1-9]|1[0-2])(\d{2})|(\d{2})(\d{2})(20\d{2}))(?:[T ]?(\d{2})(\d{2})(\d{2})?)?(?!\d)/;

function apart(text: string): string {
  const [all, ...parts] = DIGITS.exec(text) ?? [];
  if (all === undefined) return text;
  const [year, month, day] = parts[0] === undefined ? [parts[5], parts[4], parts[3]] : parts;
  const time = parts.slice(6).filter((part) => part !== undefined);
  return `${year}-${month}-${day} ${time.join(":")}${text.slice(all.length)}`;
}

/** Whether a spreadsheet wrote a date as the number of its day, such as 45985. Which day that is depends on the spreadsheet. */
export function isDayNumber(text: string): boolean {
  return /^\s*\d{5}(?:[.,]\d+)?\s*$/.test(text);
}

/** Whether a date may have its day first or its year, such as `25-11-24`. */
export function isTwoDates(text: string): boolean {
  const [, first, last] = /^\s*(\d{2})-\d{1,2}-(\d{2})(?!\d)/.exec(text) ?? [];
  return first !== last && Number(first) <= 31 && Number(last) <= 31;
}

/**
 * The same moment in ISO 8601: of `24/11/2025 10:32:11`, `24.11.25`, `24.11.2025 à 10h32`, `24 nov. 2025`, `2025/11/24 10:32`, `20251124`.
 * The day comes first; years of two digits are of this century; without an offset the time is that of `timezone`, without a time it is
 * midnight. Any other text is returned as it is.
 */
export function isoMoment(written: string, timezone: string): string {
  const plain = written
    .normalize("NFKC")
    .replaceAll(/[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu, "")
    .replaceAll(/\s+/g, " ")
    .trim();
  const text = apart(plain);
  const dated = MONTH_FIRST.test(text) ? text : text.replace(WEEKDAY, "");
  const found = YEAR_FIRST.exec(dated) ?? DAY_FIRST.exec(dated) ?? MONTH_FIRST.exec(dated);
  if (found?.groups === undefined) return written;
  const { year = "", month = "", day = "" } = found.groups;
  const after = dated.slice(found[0].length);
  // `24/11/2025 -05:00` is five o'clock or an offset.
  if (isTwoDates(text) || /^\s*-\d{2}:?\d{2}$/.test(after)) return written;
  const rest = after.replace(/^\s*(?:T|à|a|at|,|-)?\s*/iu, "");
  const zone = ZONE.exec(rest);
  const time = timeOf(rest.replace(ZONE, "").trim());
  const number = monthOf(month);
  if (time === null || number === null) return written;
  // With am or pm the month may stand first.
  const isAmerican = time.half && /^\d+$/.test(month) && Number(day) <= 12 && day !== month && !YEAR_FIRST.test(dated);
  if (isAmerican) return written;
  const local = `${year.padStart(4, "20")}-${pad(number)}-${pad(Number(day))}T${time.text}`;
  return `${local}${zone === null ? offsetAt(local, timezone) : isoZone(zone.groups?.["zone"] ?? "Z")}`;
}

function timeOf(text: string): { readonly text: string; readonly half: boolean } | null {
  if (text === "") return { text: "00:00:00", half: false };
  const found = TIME.exec(text)?.groups;
  if (found === undefined) return null;
  const { hour = "", minute = "00", second = "00", fraction = "", half = "" } = found;
  if (half !== "" && (Number(hour) < 1 || Number(hour) > 12)) return null;
  const hours = half === "" ? Number(hour) : (Number(hour) % 12) + (half.toLowerCase() === "pm" ? 12 : 0);
  return { text: `${pad(hours)}:${minute}:${second}${fraction === "" ? "" : `.${fraction}`}`, half: half !== "" };
}

function monthOf(text: string): number | null {
  if (/^\d+$/.test(text)) return Number(text);
  const word = plainWords(text);
  const month = MONTHS.findIndex((pattern) => pattern.test(word)) + 1;
  return month === 0 ? null : month;
}

function isoZone(zone: string): string {
  return /^[+-]/.test(zone) ? `${zone.slice(0, 3)}:${zone.slice(3).replace(":", "") || "00"}` : "Z";
}

const pad = (number: number) => String(number).padStart(2, "0");

/** The offset of a local time from UTC, such as `+01:00`. */
function offsetAt(local: string, timezone: string): string {
  const time = Date.parse(`${local}Z`);
  if (Number.isNaN(time) || time < 0) return "Z";
  const minutes = Math.round((time - timeOfWall(time, timezone)) / 60_000);
  const size = Math.abs(minutes);
  return `${minutes < 0 ? "-" : "+"}${pad(Math.floor(size / 60))}:${pad(size % 60)}`;
}
