/** The filters of `imports list`, as people write them. */
import { text as textOf } from "node:stream/consumers";
import type { Command } from "commander";
import { reasonOf } from "../../outbox/import/reasons.ts";
import { LISTED_STATES, type ImportFilter, type ListedState } from "../../outbox/operations/filter.ts";
import { UsageError } from "../../platform/errors.ts";
import { collectIds } from "./arguments.ts";
import { readMoment } from "./moment.ts";
import { wrongValue } from "../usage.ts";

export interface FilterOptions {
  readonly state: readonly ListedState[];
  readonly source: readonly string[];
  readonly reason: readonly string[];
  readonly file: readonly string[];
  readonly key: readonly string[];
  readonly email: readonly string[];
  readonly campaign: readonly bigint[];
  readonly since?: string;
  readonly until?: string;
}

/** Declares the filters. All of them may be combined, and each but a time may be repeated. */
export function declareFilters(command: Command): Command {
  return command
    .option("--state <state>", `one of ${LISTED_STATES.join(", ")}; repeated or with commas`, collectStates, [])
    .option("--source <name>", "the source; repeated for several", collect, [])
    .option("--reason <code>", "a reason code, such as invalid; repeated or with commas", collectReasons, [])
    .option(
      "--file <name>",
      "the file they came from, with or without its directory, or a line of it: FILE:5; repeated for several",
      collect,
      [],
    )
    .option("--key <key>", "the key; repeated for several", collect, [])
    .option("--email <address>", "the person; repeated for several. - reads addresses from standard input", collect, [])
    .option("--campaign <id>", "the campaign; repeated for several", collectIds, [])
    .option("--since <time>", "submitted since: 2h, 3d, 2026-11-24, or 2026-11-24 14:30, in TIMEZONE")
    .option("--until <time>", "submitted until then; a day is included");
}

/** Throws `UsageError` `bad_time`, `no_address`. `now` is the clock of the durations. */
export async function filterOf(options: FilterOptions, timezone: string, now = new Date()): Promise<ImportFilter> {
  const { state, source, reason, file, key, email, campaign, since, until } = options;
  const time = (name: string, written: string | undefined, edge: "from" | "to") => {
    if (written === undefined) return null;
    const moment = readMoment(written, { timezone, now, edge });
    if (moment !== null) return moment;
    throw new UsageError("bad_time", {
      en: `--${name} must be a duration such as 90m, 2h or 3d, a day such as 2026-11-24, or a day and a time such as 2026-11-24 14:30.`,
      fr: `--${name} doit être une durée telle que 90m, 2h ou 3d, un jour tel que 2026-11-24, ou un jour et une heure tels que 2026-11-24 14:30.`,
    });
  };
  return {
    states: state,
    sources: source,
    reasons: reason,
    files: file.map((name) => name.replace(/^.*[/\\]/, "")),
    keys: key,
    emails: await addressesOf(email),
    campaigns: campaign,
    since: time("since", since, "from"),
    until: time("until", until, "to"),
  };
}

/** What stands in the arguments of a process is seen by other users of the machine, and kept by the shell. */
export async function readLines(): Promise<readonly string[]> {
  const lines = (await textOf(process.stdin)).split(/\r?\n/).map((line) => line.trim());
  return lines.filter((line) => line !== "");
}

async function addressesOf(emails: readonly string[]): Promise<readonly string[]> {
  if (!emails.includes("-")) return emails;
  const read = await readLines();
  if (read.length > 0) return [...emails.filter((email) => email !== "-"), ...read];
  throw new UsageError("no_address", {
    en: "--email - reads addresses from standard input, one on each line; there is none.",
    fr: "--email - lit des adresses sur l'entrée standard, une par ligne ; il n'y en a aucune.",
  });
}

function collect(text: string, before: readonly string[]): readonly string[] {
  if (text.trim() === "") throw wrongValue({ en: "It must not be empty.", fr: "Elle ne doit pas être vide." });
  return [...before, text];
}

function collectStates(text: string, before: readonly ListedState[]): readonly ListedState[] {
  const states = text.split(",").map((one) => LISTED_STATES.find((state) => state === one.trim().toLowerCase()));
  if (states.includes(undefined)) {
    const names = LISTED_STATES.join(", ");
    throw wrongValue({ en: `A state is one of ${names}.`, fr: `Un état est l'un de : ${names}.` });
  }
  return [...before, ...states.filter((state) => state !== undefined)];
}

function collectReasons(text: string, before: readonly string[]): readonly string[] {
  const codes = text.split(",").map((code) => code.trim());
  if (codes.every((code) => reasonOf(code) !== null)) return [...before, ...codes];
  throw wrongValue({
    en: "A reason is a code as imports list shows it; docs/reasons.md has all of them.",
    fr: "Un motif est un code tel qu'imports list le montre ; docs/reasons.md les contient tous.",
  });
}
