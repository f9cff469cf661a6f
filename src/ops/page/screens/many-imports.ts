/** Holds and releases many imports at once: those of a source, or those that the API refused for a campaign. */
import { holdSource, releaseOffer, releaseSource } from "../../../outbox/operations/hold.ts";
import { conditionOf, type ImportFilter } from "../../../outbox/operations/filter.ts";
import { countImports } from "../../../outbox/operations/list.ts";
import { codesWith } from "../../../outbox/import/reasons.ts";
import type { PageContext } from "../context.ts";
import { decisionForm, refusedScreen, storeOf } from "../forms.ts";
import { foreign, html } from "../html.ts";
import { WORDS } from "../import-words.ts";
import { MANY_DECISIONS, PATHS, TEXTS, type ManyDecision } from "../many-imports-words.ts";
import type { Redirect, Route, Screen, Visit } from "../route.ts";
import { facts } from "../table.ts";
import { wordsIn } from "../words.ts";
import { idIn, shortIn } from "../ids.ts";
import { IMPORTS_PATH } from "./imports.ts";

export const manyImportsRoutes: readonly Route[] = MANY_DECISIONS.flatMap((decision): readonly Route[] => {
  const path = PATHS[decision];
  return [
    { method: "GET", path, role: "operator", handle: (context, visit) => confirm(context, visit, decision) },
    { method: "POST", path, role: "operator", handle: (context, visit) => decide(context, visit, decision) },
  ];
});

async function confirm(context: PageContext, visit: Visit, decision: ManyDecision): Promise<Screen> {
  const { language, times } = visit;
  const [t, words] = [wordsIn(TEXTS, language), wordsIn(WORDS, language)];
  const subject = shortIn(visit.query.get("subject"));
  const count = await countOf(context, decision, subject);
  const isReaching = decision !== "holdSource";
  const notice = isReaching && context.config.environment === "production" ? `${words("production")} ` : "";
  const form = decisionForm({
    action: PATHS[decision],
    language,
    button: t(decision),
    isDanger: isReaching,
    shown: { subject, count },
  });
  return {
    title: t(decision),
    main: html`${facts([
        [words(decision === "releaseCampaign" ? "campaign" : "source"), foreign(subject)],
        [t("count"), times.number(count)],
      ])}
      <p>${t(`${decision}Means`)}</p>
      ${isReaching && html`<p class="notice"><strong>${notice}</strong>${words("reaches")}</p>`}
      ${count === 0 ? html`<p>${t("none")}</p>` : form}
      <p><a href="${listOf(decision, subject)}">${words("cancel")}</a></p>`,
  };
}

async function decide(context: PageContext, visit: Visit, decision: ManyDecision): Promise<Screen | Redirect> {
  const { language, form } = visit;
  const t = wordsIn(TEXTS, language);
  const subject = shortIn(form.get("subject"));
  const count = await countOf(context, decision, subject);
  if (count === 0 || form.get("count") !== String(count)) {
    const back = `${PATHS[decision]}?subject=${encodeURIComponent(subject)}`;
    return refusedScreen(language, t(count === 0 ? "none" : "stale"), back);
  }
  const store = storeOf(context, visit);
  if (decision === "holdSource") await holdSource(store, subject);
  else if (decision === "releaseSource") await releaseSource(store, subject);
  else await releaseOffer(store, idIn(subject) ?? 0n);
  return { location: listOf(decision, subject) };
}

/** How many imports a decision is about. */
async function countOf({ database, config }: PageContext, decision: ManyDecision, subject: string): Promise<number> {
  const asked: ImportFilter =
    decision === "releaseCampaign"
      ? { campaigns: [idIn(subject) ?? 0n], reasons: codesWith(({ bulk }) => bulk === "campaign") }
      : { sources: [subject] };
  const states = [decision === "holdSource" ? "ready" : "held"] as const;
  return countImports(database, await conditionOf(database, config.account, { ...asked, states }));
}

function listOf(decision: ManyDecision, subject: string): string {
  const name = decision === "releaseCampaign" ? "campaign" : "source";
  return `${IMPORTS_PATH}?${name}=${encodeURIComponent(subject)}`;
}
