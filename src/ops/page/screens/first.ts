/** The first screen: the state in at most eight sentences, worst first, and the counts behind them. */
import type { Text } from "../../../platform/language.ts";
import { namesOf } from "../../state/describe.ts";
import type { SentenceCode } from "../../state/condition-row.ts";
import { sentencesOf, type Sentence } from "../../state/sentences.ts";
import { nextDueOf } from "../../state/deadlines.ts";
import type { State } from "../../state/account-state.ts";
import type { Word } from "../../state/types.ts";
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
  fresh: { en: "As fresh as", fr: "À jour du" },
  proven: { en: "Proven as of", fr: "Prouvée au" },
  next: { en: "Next due", fr: "Prochaine" },
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

export const firstRoutes: readonly Route[] = [
  { method: "GET", path: "/", role: "viewer", nav: TEXTS.nav, handle: show },
];

async function show({ state }: PageContext, { language, times }: Visit): Promise<Screen> {
  const t = wordsIn(TEXTS, language);
  const now = await state.read();
  const sentences = sentencesOf(now, language);
  const title = { red: TEXTS.act, amber: TEXTS.later, green: TEXTS.well }[sentences[0]?.colour ?? "green"];
  return {
    title: title[language],
    refreshes: true,
    main: html`
      <ul class="sentences">
        ${sentences.map((one) => sentence(one, now.at, { language, times }))}
      </ul>
      <h2 id="resources">${t("resources")}</h2>
      ${resources(now, { language, times })}
      <p class="soft">${t("read", { ago: times.ago(now.at, new Date()), time: times.second(now.at) })}</p>
    `,
  };
}

type Shown = Pick<Visit, "language" | "times">;

function sentence({ code, colour, text, since, next }: Sentence, now: Date, { language, times }: Shown): Fragment {
  const ago =
    since !== null &&
    html`<span class="soft"> ${TEXTS.since[language]} ${times.at(since)} (${times.ago(since, now)})</span>`;
  const link = LINKS[code];
  return html`<li class="${colour}">
    <p><strong class="${colour}">${TEXTS[colour][language]}</strong> ${foreign(text)}${ago}</p>
    ${next !== null && html`<p class="soft">${foreign(next)}</p>`}
    ${link !== null && html`<p><a href="${link}" aria-label="${TEXTS.more[language]}: ${text}">${TEXTS.more[language]}</a></p>`}
  </li>`;
}

function resources({ resources: all, conditions }: State, { language, times }: Shown): Fragment {
  const t = wordsIn(TEXTS, language);
  return scrolled(t("resources"), all, [
    [t("resource"), ({ resource }) => namesOf([resource], language)],
    [
      t("state"),
      ({ resource, word }) => {
        const isRed = conditions.some((wrong) => wrong.subject === resource && wrong.colour === "red");
        const { [language]: name, colour } = WORDS[word];
        return html`<span class="${isRed && colour === "amber" ? "red" : colour}">${name}</span>`;
      },
    ],
    [t("fresh"), ({ freshAsOf }) => times.at(freshAsOf)],
    [t("proven"), ({ provenAsOf }) => times.at(provenAsOf)],
    [t("next"), (one) => times.at(nextDueOf(one))],
    [t("pending"), ({ pendingDetails }) => times.number(pendingDetails), "number"],
    [t("quarantined"), ({ quarantined }) => times.number(quarantined), "number"],
  ]);
}
