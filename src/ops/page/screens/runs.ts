/** Runs: the last and the coming night on an axis of time, the latest runs, and what is planned. */
import type { Text } from "../../../platform/language.ts";
import { namesOf } from "../../state/describe.ts";
import { readEvening } from "../../state/night.ts";
import { comingRuns } from "../../state/tonight.ts";
import { reportRuns, type RunReport } from "../../../sync/runs/report.ts";
import type { PageContext } from "../context.ts";
import { runIdIn } from "../ids.ts";
import { foreign, html, type Fragment } from "../html.ts";
import type { Route, Screen, Visit } from "../route.ts";
import { RUN_KINDS, isStage, stageMark, TRIGGERS } from "../run-words.ts";
import { scrolled } from "../table.ts";
import { timeline, type Bar } from "./timeline.ts";
import { wordsIn } from "../words.ts";

const LISTED = 30;
/** More of them are not drawn, nor listed. */
const DRAWN = 250;
const MOST_PLANNED = 80;
const HOUR_MS = 3_600_000;

const TEXTS = {
  title: { en: "Runs", fr: "Synchronisations" },
  latest: { en: "Latest runs", fr: "Dernières synchronisations" },
  older: { en: "Older runs", fr: "Plus anciennes" },
  planned: { en: "Planned until {to}", fr: "Prévues jusqu'au {to}" },
  none: { en: "There is no run yet.", fr: "Aucune synchronisation pour l'instant." },
  nothing: { en: "Nothing is planned.", fr: "Rien n'est prévu." },
  now: { en: "Sync now", fr: "Synchroniser maintenant" },
  run: { en: "Run", fr: "N°" },
  lasted: { en: "Minutes", fr: "Minutes" },
  written: { en: "New, changed, deleted", fr: "Nouvelles, modifiées, supprimées" },
  due: { en: "Due", fr: "Prévue" },
} as const satisfies Readonly<Record<string, Text>>;

export const runsRoutes: readonly Route[] = [
  { method: "GET", path: "/ops/runs", role: "viewer", nav: TEXTS.title, handle: list },
];

async function list(context: PageContext, visit: Visit): Promise<Screen> {
  const { database, config } = context;
  const t = wordsIn(TEXTS, visit.language);
  const below = runIdIn(visit.query.get("before"));
  const found = await database.syncRun.findMany({
    where: { account: config.account, ...(below === null ? {} : { id: { lt: below } }) },
    orderBy: { id: "desc" },
    take: LISTED,
    select: { id: true },
  });
  const ids = found.map(({ id }) => id);
  const runs = (await reportRuns(database, ids)).toReversed();
  const last = runs.length < LISTED ? undefined : runs.at(-1);
  return {
    title: t("title"),
    refreshes: below === null,
    main: html`
      <p><a href="/ops/sync">${t("now")}</a></p>
      ${below === null && (await night(context, visit))}
      <h2>${t("latest")}</h2>
      ${runs.length === 0 ? html`<p>${t("none")}</p>` : runsTable(runs, visit)}
      ${last !== undefined && html`<p><a href="/ops/runs?before=${last.run}">${t("older")}</a></p>`}
    `,
  };
}

async function night({ database, config, state }: PageContext, { language, times }: Visit): Promise<Fragment> {
  const t = wordsIn(TEXTS, language);
  const now = new Date();
  const from = await readEvening(database, config.schedules.timezone, now);
  const to = new Date(from.getTime() + 42 * HOUR_MS);
  const planned = comingRuns(config, await state.plan(), now, to).slice(0, MOST_PLANNED);
  const drawn = await database.syncRun.findMany({
    where: { account: config.account, startedAt: { gte: from } },
    orderBy: { id: "desc" },
    take: DRAWN,
    select: { resource: true, state: true, startedAt: true, finishedAt: true },
  });
  const durationMs = (requests: number) => (requests / config.api.requestsPerMinute) * 60_000;
  const bars = [
    ...drawn.map((run): Bar => ({
      resource: run.resource,
      stage: isStage(run.state) ? run.state : "failed",
      from: run.startedAt,
      to: run.finishedAt ?? now,
    })),
    ...planned.map(({ resource, at, requests }): Bar => ({
      resource,
      stage: "planned",
      from: at,
      to: new Date(at.getTime() + durationMs(requests ?? 0)),
    })),
  ];
  const table = scrolled(t("due"), planned, [
    [t("due"), ({ at }) => `${times.day(at)} ${times.clock(at)}`],
    [t("resource"), ({ resource }) => namesOf([resource], language)],
    [t("kind"), ({ kind }) => RUN_KINDS[kind]?.[language] ?? kind],
    [t("requests"), ({ requests }) => (requests === null ? "–" : times.number(requests)), "number"],
  ]);
  return html`
    ${timeline({ from, to, now }, bars, language, times)}
    <details>
      <summary>${t("planned", { to: `${times.day(to)} ${times.clock(to)}` })} (${planned.length})</summary>
      ${planned.length === 0 ? html`<p>${t("nothing")}</p>` : table}
    </details>
  `;
}

function runsTable(runs: readonly RunReport[], { language, times }: Visit): Fragment {
  const t = wordsIn(TEXTS, language);
  const { number, at } = times;
  return scrolled(t("latest"), runs, [
    [t("run"), ({ run }) => html`<a href="/ops/runs/${run}">${run}</a>`, "number"],
    [t("resource"), ({ resource }) => foreign(namesOf([resource], language))],
    [t("kind"), ({ kind }) => RUN_KINDS[kind]?.[language] ?? foreign(kind)],
    [t("state"), ({ state }) => stageMark(state, language)],
    [t("started"), ({ startedAt }) => at(new Date(startedAt))],
    [t("lasted"), (run) => minutes(run, times), "number"],
    [t("rows"), ({ rows }) => number(rows), "number"],
    [
      t("written"),
      (run) => [run.inserted, run.updated + run.restored, run.proof?.deleted ?? 0].map(number).join(" · "),
      "number",
    ],
    [t("trigger"), ({ trigger }) => TRIGGERS[trigger]?.[language] ?? foreign(trigger)],
  ]);
}

/** How long a run lasted, in minutes to a tenth; a dash while it runs. */
function minutes({ startedAt, finishedAt }: RunReport, { number }: Visit["times"]): string {
  return finishedAt === null ? "–" : number(Math.round((Date.parse(finishedAt) - Date.parse(startedAt)) / 6_000) / 10);
}
