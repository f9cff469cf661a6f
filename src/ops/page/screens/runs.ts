/** Runs: the last and the coming night on an axis of time, the latest runs, and what is planned. */
import type { Text } from "../../../platform/language.ts";
import { namesOf } from "../../state/describe.ts";
import { readEvening } from "../../state/night.ts";
import { reportRuns, type RunReport } from "../../../sync/runs/report.ts";
import type { PageContext } from "../context.ts";
import { runIdIn } from "../ids.ts";
import { foreign, html, type Fragment } from "../html.ts";
import { durationMs, plannedRuns, type PlannedRun } from "../night.ts";
import type { Route, Visit } from "../route.ts";
import { RUN_KINDS, stageOf, TRIGGERS, type Stage } from "../run-words.ts";
import { scrolled } from "../table.ts";
import { timeline, type Bar } from "./timeline.ts";
import { wordsIn } from "../words.ts";

const LISTED = 30;
/** More of them are not drawn. */
const DRAWN = 250;
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
  resource: { en: "Resource", fr: "Ressource" },
  kind: { en: "Kind", fr: "Type" },
  state: { en: "State", fr: "État" },
  started: { en: "Started", fr: "Début" },
  lasted: { en: "Minutes", fr: "Minutes" },
  rows: { en: "Rows", fr: "Lignes" },
  written: { en: "New, changed, deleted", fr: "Nouvelles, modifiées, supprimées" },
  trigger: { en: "Started by", fr: "Lancée par" },
  due: { en: "Due", fr: "Prévue" },
  requests: { en: "Requests", fr: "Requêtes" },
} as const satisfies Readonly<Record<string, Text>>;

export function runsRoutes({ config, database, state }: PageContext): readonly Route[] {
  const { account, api } = config;
  async function list({ language, times, query }: Visit) {
    const t = wordsIn(TEXTS, language);
    const below = runIdIn(query.get("before"));
    const ids = await database.syncRun.findMany({
      where: { account, ...(below === null ? {} : { id: { lt: below } }) },
      orderBy: { id: "desc" },
      take: LISTED,
      select: { id: true },
    });
    const runs = (
      await reportRuns(
        database,
        ids.map(({ id }) => id),
      )
    ).toReversed();
    const last = runs.length < LISTED ? null : (runs.at(-1)?.run ?? null);
    return {
      title: t("title"),
      refreshes: below === null,
      main: html`
        <p><a href="/ops/sync">${t("now")}</a></p>
        ${below === null && (await night())}
        <h2>${t("latest")}</h2>
        ${runs.length === 0 ? html`<p>${t("none")}</p>` : runsTable(runs, t, { language, times })}
        ${last !== null && html`<p><a href="/ops/runs?before=${last}">${t("older")}</a></p>`}
      `,
    };

    async function night(): Promise<Fragment> {
      const now = new Date();
      const from = await readEvening(database, config.schedules.timezone, now);
      const { syncs } = await state.plan();
      const to = new Date(from.getTime() + 42 * HOUR_MS);
      const planned = plannedRuns(config, syncs, to);
      const drawn = await database.syncRun.findMany({
        where: { account, startedAt: { gte: from } },
        orderBy: { id: "desc" },
        take: DRAWN,
        select: { resource: true, state: true, startedAt: true, finishedAt: true },
      });
      const bars = [
        ...drawn.map((run): Bar => ({
          resource: run.resource,
          stage: stageNamed(run.state),
          from: run.startedAt,
          to: run.finishedAt ?? now,
        })),
        ...planned.map(({ resource, at, requests }): Bar => ({
          resource,
          stage: "planned",
          from: at,
          to: new Date(at.getTime() + durationMs(requests, api.requestsPerMinute)),
        })),
      ];
      return html`
        ${timeline({ from, to, now }, bars, language, times)}
        <details>
          <summary>${t("planned", { to: `${times.day(to)} ${times.clock(to)}` })} (${planned.length})</summary>
          ${planned.length === 0 ? html`<p>${t("nothing")}</p>` : plannedTable(planned, t, { language, times })}
        </details>
      `;
    }
  }

  return [{ method: "GET", path: "/ops/runs", role: "viewer", nav: TEXTS.title, handle: list }];
}

type Words = ReturnType<typeof wordsIn<keyof typeof TEXTS>>;
type Shown = Pick<Visit, "language" | "times">;

function runsTable(runs: readonly RunReport[], t: Words, { language, times }: Shown): Fragment {
  const { number, at } = times;
  const columns = [
    { name: t("run"), isNumber: true },
    ...(["resource", "kind", "state", "started"] as const).map((name) => ({ name: t(name) })),
    ...(["lasted", "rows", "written"] as const).map((name) => ({ name: t(name), isNumber: true })),
    { name: t("trigger") },
  ];
  const rows = runs.map((run) => {
    const { [language]: word, colour } = stageOf(run.state);
    return [
      html`<a href="/ops/runs/${run.run}">${run.run}</a>`,
      foreign(namesOf([run.resource], language)),
      RUN_KINDS[run.kind]?.[language] ?? foreign(run.kind),
      html`<span class="${colour}">${word}</span>`,
      at(new Date(run.startedAt)),
      minutes(run, times),
      number(run.rows),
      [run.inserted, run.updated + run.restored, run.proof?.deleted ?? 0].map(number).join(" · "),
      TRIGGERS[run.trigger]?.[language] ?? foreign(run.trigger),
    ];
  });
  return scrolled(t("latest"), columns, rows);
}

function plannedTable(planned: readonly PlannedRun[], t: Words, { language, times }: Shown): Fragment {
  const columns = [
    ...(["due", "resource", "kind"] as const).map((name) => ({ name: t(name) })),
    { name: t("requests"), isNumber: true },
  ];
  const rows = planned.map(({ at, resource, kind, requests }) => [
    `${times.day(at)} ${times.clock(at)}`,
    namesOf([resource], language),
    RUN_KINDS[kind]?.[language] ?? kind,
    requests === null ? "–" : times.number(requests),
  ]);
  return scrolled(t("due"), columns, rows);
}

function stageNamed(state: string): Stage {
  return STAGE_NAMES.find((name) => name === state) ?? "failed";
}

const STAGE_NAMES = [
  "running",
  "proven",
  "done",
  "unproven",
  "needs_review",
  "failed",
] as const satisfies readonly Stage[];

/** How long a run lasted, in minutes to a tenth; a dash while it runs. */
function minutes({ startedAt, finishedAt }: RunReport, { number }: Visit["times"]): string {
  return finishedAt === null ? "–" : number(Math.round((Date.parse(finishedAt) - Date.parse(startedAt)) / 6_000) / 10);
}
