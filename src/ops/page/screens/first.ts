/** The first screen: the state in at most eight sentences, worst first, and the counts behind them. */
import type { Text } from "../../../platform/language.ts";
import { namesOf } from "../../state/describe.ts";
import type { SentenceCode } from "../../state/condition-row.ts";
import { sentencesOf, type Sentence } from "../../state/sentences.ts";
import type { ResourceState, State, Word } from "../../state/types.ts";
import type { PageContext } from "../context.ts";
import { foreign, html, type Fragment } from "../html.ts";
import type { Route, Screen, Visit } from "../route.ts";
import { scrolled } from "../table.ts";
import { wordsIn } from "../words.ts";

const TEXTS = {
  nav: { en: "Overview", fr: "Vue d'ensemble" },
  well: { en: "All is well", fr: "Tout va bien" },
  later: { en: "Nothing is urgent", fr: "Rien d'urgent" },
  act: { en: "Somebody must act", fr: "Quelqu'un doit agir" },
  red: { en: "Act", fr: "À faire" },
  amber: { en: "Can wait", fr: "Peut attendre" },
  green: { en: "Fine", fr: "Bien" },
  since: { en: "since", fr: "depuis" },
  more: { en: "See more", fr: "Voir le détail" },
  resources: { en: "Resources", fr: "Ressources" },
  resource: { en: "Resource", fr: "Ressource" },
  state: { en: "State", fr: "État" },
  fresh: { en: "As fresh as", fr: "À jour du" },
  proven: { en: "Proven as of", fr: "Prouvée au" },
  next: { en: "Next due", fr: "Prochaine" },
  quarantined: { en: "In quarantine", fr: "En quarantaine" },
  pending: { en: "Details pending", fr: "Détails en attente" },
  read: { en: "Read {ago}, at {time}.", fr: "Lu {ago}, à {time}." },
} as const satisfies Readonly<Record<string, Text>>;

/** Amber is red where a condition says that somebody must act. */
const WORDS: Readonly<Record<Word, Text & { readonly colour: string }>> = {
  on_time: { en: "on time", fr: "à l'heure", colour: "green" },
  running: { en: "running", fr: "en cours", colour: "blue" },
  late: { en: "late", fr: "en retard", colour: "amber" },
  overdue: { en: "overdue", fr: "très en retard", colour: "red" },
  never_synced: { en: "never synced", fr: "jamais synchronisée", colour: "amber" },
  unproven: { en: "unproven", fr: "non prouvée", colour: "amber" },
  off: { en: "off", fr: "désactivée", colour: "soft" },
};

/** Where a sentence is explained on the page; null: nowhere. */
const LINKS: Readonly<Record<SentenceCode, string | null>> = {
  fresh: "/ops/runs",
  proven: "/ops/runs",
  night: "/ops/runs",
  deletions: "/ops/deletions",
  imports: "/ops/imports",
  quota: "/ops/sync",
  workers: "#resources",
  notices: null,
};

export function firstRoutes({ state }: PageContext): readonly Route[] {
  async function show({ language, times }: Visit): Promise<Screen> {
    const t = wordsIn(TEXTS, language);
    const now = await state.read();
    const sentences = sentencesOf(now, language);
    const worst = sentences[0]?.colour ?? "green";
    const title = { red: TEXTS.act, amber: TEXTS.later, green: TEXTS.well }[worst];
    return {
      title: title[language],
      refreshes: true,
      main: html`
        <ul class="sentences">
          ${sentences.map((one) => sentence(one, { now, language, times }))}
        </ul>
        <h2 id="resources">${t("resources")}</h2>
        ${resources(now, { language, times })}
        <p class="soft">${t("read", { ago: times.ago(now.at, new Date()), time: times.second(now.at) })}</p>
      `,
    };
  }
  return [{ method: "GET", path: "/", role: "viewer", nav: TEXTS.nav, handle: show }];
}

type Shown = Pick<Visit, "language" | "times">;

function sentence(
  { code, colour, text, since, next }: Sentence,
  { now, language, times }: Shown & { readonly now: State },
): Fragment {
  const ago =
    since === null
      ? null
      : html`<span class="soft"> ${TEXTS.since[language]} ${times.at(since)} (${times.ago(since, now.at)})</span>`;
  const link = LINKS[code];
  return html`<li class="${colour}">
    <p><strong class="${colour}">${TEXTS[colour][language]}</strong> ${foreign(text)}${ago}</p>
    ${next !== null && html`<p class="soft">${foreign(next)}</p>`}
    ${link !== null && html`<p><a href="${link}" aria-label="${TEXTS.more[language]}: ${text}">${TEXTS.more[language]}</a></p>`}
  </li>`;
}

function resources({ resources: all, conditions }: State, { language, times }: Shown): Fragment {
  const t = wordsIn(TEXTS, language);
  const columns = [
    ...(["resource", "state", "fresh", "proven", "next"] as const).map((name) => ({ name: t(name) })),
    ...(["pending", "quarantined"] as const).map((name) => ({ name: t(name), isNumber: true })),
  ];
  const rows = all.map((one) => {
    const { [language]: word, colour } = WORDS[one.word];
    const isRed = conditions.some((wrong) => wrong.subject === one.resource && wrong.colour === "red");
    return [
      namesOf([one.resource], language),
      html`<span class="${isRed && colour === "amber" ? "red" : colour}">${word}</span>`,
      times.at(one.freshAsOf),
      times.at(one.provenAsOf),
      times.at(nextDue(one)),
      times.number(one.pendingDetails),
      times.number(one.quarantined),
    ];
  });
  return scrolled(t("resources"), columns, rows);
}

function nextDue({ full, incremental }: ResourceState): Date | null {
  const due = [full.nextDue, incremental?.nextDue ?? null].filter((time) => time !== null);
  return due.toSorted((a, b) => a.getTime() - b.getTime())[0] ?? null;
}
